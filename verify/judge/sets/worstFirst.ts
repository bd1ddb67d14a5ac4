/** Order of rows. */
import type { AuditRow, Verdict } from "../../model/observation.ts";
import { SEVERITIES } from "../../../stack/dns/rules/severity.ts";

/** Worst first. */
export const VERDICTS = [
  "conflict",
  "missing",
  "changed",
  "unreachable",
  "propagating",
  "unmanaged",
  "ignored",
  "provider-owned",
  "ok",
] as const satisfies readonly Verdict[];

function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** By severity, then verdict, then name and type; the same in every locale. */
export function worstFirst(one: AuditRow, other: AuditRow): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict) ||
    byText(one.name, other.name) ||
    byText(one.type, other.type)
  );
}
