/** How faults are said: the engine's program and the command print the same lines. */
import type { Issue } from "./issue.ts";
import { pluralize } from "../values/sentence.ts";

/** What a line is made from: an issue, or what was found elsewhere than in the configuration. */
type Told = Pick<Issue, "path" | "message"> & Partial<Pick<Issue, "fix" | "source">>;

/**
 * One line: where, what, who says so, what to do: `mailstead:dns.mxHost: … (RFC 5321 5.1) → …`. What to do is last, as it
 * may be a line to paste.
 */
export function describeIssue({ path, message, source, fix }: Told): string {
  const because = source === undefined ? "" : ` (${source})`;
  return `${path}: ${message}${because}${fix === undefined ? "" : ` → ${fix}`}`;
}

/** All faults at once, a line each below a head. @param what has them, as a sentence begins. */
export function describeFaults(what: string, faults: readonly Told[]): string {
  const lines = faults.map((fault) => `  ${describeIssue(fault)}`);
  return [`${what} has ${pluralize(faults.length, "fault")}; nothing was changed.`, ...lines].join("\n");
}

/** What stopped a run, and what to do about it, each on a line of its own. */
export function describeStop(what: string, nextStep: string): string {
  return `${what}\nNext step: ${nextStep}`;
}
