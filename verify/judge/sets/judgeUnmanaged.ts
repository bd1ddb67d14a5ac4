/** The verdict on sets that nobody declared, by the rule book. */
import type { UnmanagedSet, ZoneSight } from "../../../stack/dns/rules/foreign.ts";
import { findBreak } from "../../../stack/dns/rules/judgeForeign.ts";
import type { Judgement } from "../../model/auditInput.ts";
import { writeIgnoreLine, writeTakeAway } from "../fixes/fixes.ts";

/** The verdict on a set that is not declared. */
export function judgeUnmanaged(unmanaged: UnmanagedSet, sight: ZoneSight): Judgement {
  const { facts } = sight;
  const found = findBreak(unmanaged, sight);
  if (found !== undefined) {
    const { rule, reason, severity } = found;
    return {
      verdict: "conflict",
      severity,
      reason,
      fix: writeTakeAway(unmanaged.records, facts),
      rules: [rule],
    };
  }
  if (unmanaged.records.every(({ providerOwned }) => providerOwned === true)) {
    return { verdict: "provider-owned", severity: "info", reason: "the provider made it and keeps it" };
  }
  const fix = writeIgnoreLine(unmanaged.records.slice(0, 1), facts, false);
  return { verdict: "unmanaged", severity: "info", reason: "not declared, and it harms nothing", fix };
}
