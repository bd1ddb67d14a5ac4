/**
 * What is remembered of the last recovery bundle: enough to see that keys or secrets have changed since, and nothing of
 * them.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Issue } from "../model/issue.ts";
import { COMMAND } from "../values/command.ts";

/** Name of the file in `.mailstead/STACK/`. */
export const BUNDLE_MARK = "bundle.json";

/** What a bundle holds that the configuration does not give back, in the words in which a change is told. */
export const BUNDLE_PARTS = {
  keys: "keys and secrets of the stack",
  settings: "secret values of the configuration",
  things: "what is protected",
} as const;

export type BundlePart = keyof typeof BUNDLE_PARTS;

const PARTS = Object.keys(BUNDLE_PARTS) as BundlePart[];

const markSchema = z.object({
  /** ISO 8601, UTC. */
  created: z.string(),
  /** Where the bundle was written. */
  file: z.string(),
  /** Whom it is locked for; none where a passphrase locks it, absent where that is not known. */
  recipients: z.array(z.string()).optional(),
  salt: z.string(),
  /** A part is absent where it was not known. */
  digests: z.partialRecord(z.enum(PARTS), z.string()),
});

export type BundleMark = z.infer<typeof markSchema>;

/** A part of what a bundle holds: texts by name. */
export type PartValues = Readonly<Record<string, string>>;

/**
 * One digest over all of a part's values: a short secret among long ones cannot be guessed by it.
 *
 * @param salt of the mark.
 */
export function digestPart(salt: string, values: PartValues): string {
  const entries = Object.entries(values).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([salt, entries]))
    .digest("hex");
}

/** Of the values behind the plan's slots, those that count: a token is given anew with each run. */
export function keyValues(slots: PartValues): PartValues {
  return Object.fromEntries(Object.entries(slots).filter(([name]) => name !== "dnsApiToken"));
}

/** Reads a mark; undefined for what is none. */
export function readBundleMark(text: string): BundleMark | undefined {
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Parts that are not as the bundle has them.
 *
 * @param now values of the parts that are known; of the others nothing is said.
 */
export function changedParts(
  mark: BundleMark,
  now: Readonly<Partial<Record<BundlePart, PartValues>>>,
): BundlePart[] {
  return PARTS.filter((part) => {
    const values = now[part];
    const digest = mark.digests[part];
    return values !== undefined && digest !== undefined && digestPart(mark.salt, values) !== digest;
  });
}

/** Says so; undefined where nothing changed. */
export function bundleIssue(mark: BundleMark, changed: readonly BundlePart[]): Issue | undefined {
  if (changed.length === 0) return undefined;
  return {
    path: "recovery bundle",
    rule: "bundle-holds-all",
    severity: "warning",
    message: `${changed.map((part) => BUNDLE_PARTS[part]).join(", ")} changed after the bundle of ${mark.created} (${mark.file})`,
    fix: `${COMMAND} bundle create FILE`,
  };
}
