/** What an audit tells the shell. */
import type { Audit } from "./observation.ts";

/** Exit codes of `mailstead audit`. */
export const AUDIT_EXIT = { clean: 0, couldNotTell: 1, drift: 2, propagating: 3 } as const;

const DRIFT = new Set(["changed", "missing", "conflict"]);

/**
 * The exit code: 2 for drift or a conflict, else 1 when something could not be told, else 3 when something is only
 * propagating, else 0.
 *
 * A bad check counts as drift when it does something to mail; strays and `info` checks leave the audit clean.
 */
export function auditExitCode({ rows, checks }: Pick<Audit, "rows" | "checks">): 0 | 1 | 2 | 3 {
  const bad = checks.some(({ state, severity }) => state === "bad" && severity !== "info");
  if (bad || rows.some(({ verdict }) => DRIFT.has(verdict))) return AUDIT_EXIT.drift;
  const unsure = checks.some(({ state }) => state === "unknown");
  if (unsure || rows.some(({ verdict }) => verdict === "unreachable")) return AUDIT_EXIT.couldNotTell;
  const onItsWay = checks.some(({ state }) => state === "propagating");
  if (onItsWay || rows.some(({ verdict }) => verdict === "propagating")) return AUDIT_EXIT.propagating;
  return AUDIT_EXIT.clean;
}
