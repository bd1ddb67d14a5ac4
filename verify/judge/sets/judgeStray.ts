/** The verdict on sets that nobody declared, by the rule book. */
import type { StraySet, ZoneSight } from "../../../stack/dns/rules/foreign.ts";
import { breakOf } from "../../../stack/dns/rules/judgeForeign.ts";
import type { Judgement } from "../../model/auditInput.ts";
import { ignoreLine, takeAway } from "../fixes/fixes.ts";

/** The verdict on a set that is not declared. */
export function judgeStray(stray: StraySet, sight: ZoneSight): Judgement {
  const { facts } = sight;
  const found = breakOf(stray, sight);
  if (found !== undefined) {
    const { rule, reason, severity } = found;
    return { verdict: "conflict", severity, reason, fix: takeAway(stray.records, facts), rules: [rule] };
  }
  if (stray.records.every(({ providerOwned }) => providerOwned === true)) {
    return { verdict: "provider-owned", severity: "info", reason: "the provider made it and keeps it" };
  }
  const fix = ignoreLine(stray.records.slice(0, 1), facts, false);
  return { verdict: "stray", severity: "info", reason: "not declared, and it harms nothing", fix };
}
