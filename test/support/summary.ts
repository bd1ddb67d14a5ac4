/** What a run of the engine says of itself. */

/**
 * What it counts below `Resources:`, such as `{ updated: 1, unchanged: 73 }`; of a preview `{ create: 2 }`.
 *
 * @returns nothing where it printed no such list.
 */
export function counts(printed: string): Record<string, number> {
  const list = /\nResources:\n((?: {4}.*\n?)+)/.exec(printed)?.[1] ?? "";
  const found = list.matchAll(/(\d+) (?:to )?([a-z]+)/g);
  return Object.fromEntries(
    [...found]
      .map(([, number, what]) => [what ?? "", Number(number)] as const)
      .filter(([what]) => what !== "change" && what !== "changes"),
  );
}

/** The same as one line, to be printed. */
export function countsLine(printed: string): string {
  return Object.entries(counts(printed))
    .map(([what, number]) => `${number} ${what}`)
    .join(", ");
}

/** Warnings of a preview that what stands in the zone is not what is declared, or that nobody could look. */
export function zoneWarnings(printed: string): string[] {
  return printed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^warning: (DNS: |The zone \S+ could not be compared)/.test(line));
}

/** Every warning that the run printed, whoever it is from. A plain run of what is right has none. */
export function warnings(printed: string): string[] {
  return printed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("warning:"));
}
