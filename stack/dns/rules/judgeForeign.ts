/** Runs the rules on what others have in a zone beside what is declared. */
import { SEVERITIES } from "./severity.ts";
import type { Break, Harm, SharedSet, UnmanagedSet, ZoneSight } from "./foreign.ts";
import { RULES } from "./rules.ts";

/** Names the rule that found it. */
export interface OfRule {
  readonly rule: string;
}

const IN_SET = RULES.filter(({ inSet }) => inSet !== undefined);
const DROPS = RULES.filter(({ drops }) => drops !== undefined);
const UNMANAGED = RULES.filter(({ unmanaged }) => unmanaged !== undefined);

/** Every harm that values of others do to a declared set, in the order of the rules. */
export function harmsInSet(set: SharedSet): readonly (Harm & OfRule)[] {
  if (set.foreign.length === 0) return [];
  return IN_SET.flatMap(({ name, inSet }) => inSet?.(set).map((one) => ({ ...one, rule: name })) ?? []);
}

/** Values of others that no harm is found in, and that are lost with the next write of the set. */
export function dropsInSet(set: SharedSet): readonly (Harm & OfRule)[] {
  if (set.foreign.length === 0) return [];
  const harmful = new Set(harmsInSet(set).flatMap(({ values }) => values));
  const foreign = set.foreign.filter((value) => !harmful.has(value));
  return DROPS.flatMap(
    ({ name, drops }) => drops?.({ ...set, foreign }).map((one) => ({ ...one, rule: name })) ?? [],
  );
}

/** The worst that a set which nobody declared does; of several alike that of the first rule. Undefined where it harms nothing. */
export function findBreak(unmanaged: UnmanagedSet, sight: ZoneSight): (Break & OfRule) | undefined {
  const found = UNMANAGED.flatMap(({ name, unmanaged: judge }) => {
    const one = judge?.(unmanaged, sight);
    return one === undefined ? [] : [{ ...one, rule: name }];
  });
  return found.toSorted(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  )[0];
}
