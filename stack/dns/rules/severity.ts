/** How bad a finding is: by what it does to mail. */
import type { DesiredSet } from "../../model/desiredSet.ts";

/** What it does to mail: it stops or is refused; it suffers; nothing. */
export type Severity = "critical" | "warning" | "info";

/** Worst first. */
export const SEVERITIES = ["critical", "warning", "info"] as const satisfies readonly Severity[];

/** What it does to mail when a set of this level does not say what it should. */
export function deriveSeverity({ level }: Pick<DesiredSet, "level">): Severity {
  if (level === "required") return "critical";
  return level === "recommended" ? "warning" : "info";
}

/** The worst of some; `info` of none. */
export function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? "info";
}

/** At most a warning: for what does not last or is not known. */
export function atMostWarning(severity: Severity): Severity {
  return severity === "critical" ? "warning" : severity;
}
