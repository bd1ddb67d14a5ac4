/** The stack of a drill: what it is called, and how a program knows that it is one. */

const SUFFIX = "-drill";

/** Stack that a drill of a stack is made in, for as long as it takes. */
export function drillStack(of: string): string {
  return `${of}${SUFFIX}`;
}

/** Whether a stack's name is kept for drills. */
export function isDrillName(stack: string): boolean {
  return stack.endsWith(SUFFIX);
}

/**
 * Keys of a drill's configuration, in a namespace of their own: `mailstead drill` alone sets them, in a file that it takes
 * away again.
 */
export const DRILL_KEYS = { of: "mailstead-drill:of", snapshot: "mailstead-drill:snapshot" } as const;

/** What a drill is of. */
export interface DrillOf {
  /** The stack whose server lives on beside it. */
  readonly stack: string;
  /** Snapshot to restore: its id, or `newest`. */
  readonly snapshot: string;
}

/**
 * Reads the mark of a drill. In another stack than the drill's own it is a fault: that one's server may hold mail.
 *
 * @param all every configuration value of the stack.
 * @param stack its name.
 * @returns undefined for a stack that is no drill.
 */
export function readDrill(
  all: Readonly<Record<string, string>>,
  stack: string,
): { readonly drill: DrillOf; readonly fault?: undefined } | { readonly fault: string } | undefined {
  const of = all[DRILL_KEYS.of];
  if (of === undefined) return undefined;
  if (stack !== drillStack(of))
    return { fault: `${DRILL_KEYS.of} marks a drill of ${of}, and this stack is ${stack}` };
  return { drill: { stack: of, snapshot: all[DRILL_KEYS.snapshot] ?? "newest" } };
}
