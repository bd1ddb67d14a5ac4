/** What an audit tells the shell. */
import type { Audit } from "../model/observation.ts";

/** Exit codes of `mailstead audit`. */
export const AUDIT_EXIT = { clean: 0, couldNotTell: 1, drift: 2, propagating: 3 } as const;

const DRIFT = new Set(["changed", "missing", "conflict"]);

/**
 * The exit code: 2 for drift or a conflict, else 1 when something could not be told, else 3 when something is only
 * propagating, else 0.
 *
 * Checks count when they do something to mail; unmanaged records that harm nothing, `info` checks and advice leave the audit clean, such as a public
 * resolver that is out of reach from here, or an ignore rule that matches nothing.
 */
export function auditExitCode({ rows, checks }: Pick<Audit, "rows" | "checks">): 0 | 1 | 2 | 3 {
  const counting = checks.filter(({ severity, advice }) => severity !== "info" && advice !== true);
  const bad = counting.some(({ state }) => state === "bad");
  // An unmanaged record that is a warning is lost with the next write of its set, which the engine calls drift too.
  const isDrift = ({ verdict, severity }: (typeof rows)[number]): boolean =>
    DRIFT.has(verdict) || (verdict === "unmanaged" && severity !== "info");
  if (bad || rows.some(isDrift)) return AUDIT_EXIT.drift;
  const unsure = counting.some(({ state }) => state === "unknown");
  if (unsure || rows.some(({ verdict }) => verdict === "unreachable")) return AUDIT_EXIT.couldNotTell;
  const onItsWay = checks.some(({ state }) => state === "propagating");
  if (onItsWay || rows.some(({ verdict }) => verdict === "propagating")) return AUDIT_EXIT.propagating;
  return AUDIT_EXIT.clean;
}
