/** What the owner does not want to hear of. */
import { relativeName } from "../../../stack/dns/canonical.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import type { IgnoreRule } from "../../model/auditInput.ts";
import { compileGlob } from "./glob.ts";
import type { AuditCheck, DesiredSet } from "../../model/observation.ts";

/** Always on: certificate orders come and go. Matching nothing is no fault of these. */
export const DEFAULT_IGNORE: readonly IgnoreRule[] = [
  { name: "_acme-challenge*", reason: "certificate orders come and go" },
];

/** One rule, ready to be asked. */
export interface CompiledRule {
  readonly rule: IgnoreRule;
  readonly isDefault: boolean;
  readonly matches: (record: Pick<ZoneRecord, "name" | "type" | "value">) => boolean;
}

/** A rule in one line, as reports name it: `blog* A,AAAA → 192.0.2.*`. */
export function describeRule({ name, types, target }: IgnoreRule): string {
  return [name, ...(types ? [types.join(",")] : []), ...(target === undefined ? [] : [`→ ${target}`])].join(
    " ",
  );
}

/** Prepares the owner's rules and the default ones after them. */
export function compileRules(rules: readonly IgnoreRule[], zone: string): CompiledRule[] {
  const ready = (rule: IgnoreRule, isDefault: boolean): CompiledRule => {
    const name = compileGlob(rule.name);
    const target = compileGlob(rule.target ?? "*");
    return {
      rule,
      isDefault,
      matches: (record) =>
        rule.types?.includes(record.type) !== false &&
        (name(record.name) || name(relativeName(record.name, zone))) &&
        target(record.value),
    };
  };
  return [...rules.map((rule) => ready(rule, false)), ...DEFAULT_IGNORE.map((rule) => ready(rule, true))];
}

/** The rules that hide an undeclared set, each once; undefined where a record of it is matched by none. */
export function findRulesForSet(
  records: readonly ZoneRecord[],
  rules: readonly CompiledRule[],
  isConflict: boolean,
): readonly IgnoreRule[] | undefined {
  const may = isConflict ? rules.filter(({ rule }) => rule.types !== undefined) : rules;
  const found = records.map((record) => may.find(({ matches }) => matches(record))?.rule);
  return found.every((rule) => rule !== undefined) ? [...new Set(found)] : undefined;
}

/** The rule that hides a foreign value in a declared set: one with a target. */
export function findRuleForValue(
  record: Pick<ZoneRecord, "name" | "type" | "value">,
  rules: readonly CompiledRule[],
): IgnoreRule | undefined {
  return rules.find(({ rule, matches }) => rule.target !== undefined && matches(record))?.rule;
}

/** Whether a rule would hide something declared. */
function hidesDeclared({ rule, matches }: CompiledRule, { name, type, values }: DesiredSet): boolean {
  // A rule without target takes in every value of the set, known or not.
  return (rule.target === undefined ? [""] : values).some((value) => matches({ name, type, value }));
}

function adviseOn(rule: IgnoreRule, seen: string, fix: string): AuditCheck {
  const subject = describeRule(rule);
  return { check: "ignore-rule", subject, state: "bad", severity: "warning", seen, fix, advice: true };
}

/**
 * Faults of the owner's rules: one that names a declared set hides nothing of it, one that matches nothing is stale.
 *
 * @param records the zone as the provider lists it; without it nobody can say that a rule matches nothing.
 */
export function checkIgnoreRules(
  rules: readonly CompiledRule[],
  desired: readonly DesiredSet[],
  records: readonly ZoneRecord[] | undefined,
): AuditCheck[] {
  return rules.flatMap((ready) => {
    if (ready.isDefault) return [];
    const declared = desired.find((set) => hidesDeclared(ready, set));
    if (declared !== undefined) {
      const seen = `names the declared set ${declared.type} ${declared.name}, which cannot be ignored`;
      const fix =
        "take the rule out of mailstead:dns.ignore, or give it a target that matches foreign values alone";
      return [adviseOn(ready.rule, seen, fix)];
    }
    if (records === undefined || records.some(ready.matches)) return [];
    return [adviseOn(ready.rule, "matches nothing in the zone", "take the rule out of mailstead:dns.ignore")];
  });
}
