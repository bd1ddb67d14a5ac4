/** The rule about sets that a provider keeps as one: what writes ours writes all of it. */
import { isEcho, type Harm, type SharedSet } from "./foreign.ts";
import { limitedText } from "./fewOfAKind.ts";
import type { Rule } from "./rule.ts";
import { listed } from "../../values/sentence.ts";
import { keepsSets } from "../../vendors/recordResources.ts";
import { DNS_PROVIDERS } from "../../vendors/registry.ts";
import { oldestCheck, listSources } from "../../vendors/sourced.ts";

/** Name of the rule. */
export const WRITTEN_WHOLE = "set-written-whole";

/** Characters that two texts begin with alike, whatever their case. */
function alike(one: string, other: string): number {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

/** A text of no kind is taken for a changed one where it begins like it. */
function beginsLike(missing: string, foreign: string): boolean {
  return alike(missing, foreign) >= Math.min(4, Math.max(1, missing.length - 1));
}

/** Whether a value of others stands where a declared one should: of the same kind, or of a type of which each does. */
function standsFor(missing: string, foreign: string, { name, type }: SharedSet["desired"]): boolean {
  if (type === "CAA") return missing.split(" ")[1] === foreign.split(" ")[1];
  if (type !== "TXT") return true;
  const kind = limitedText(name, missing);
  if (limitedText(name, foreign) !== kind) return false;
  return kind !== undefined || beginsLike(missing, foreign);
}

/** Values that stand in the place of declared ones that are not there: their change, and no bystander. */
export function findReplaced({
  desired,
  missing,
  foreign,
}: Pick<SharedSet, "desired" | "missing" | "foreign">): readonly string[] {
  return foreign.filter((value) => missing.some((one) => standsFor(one, value, desired)));
}

/** Values of others that the next write of the set drops; those in the place of ours, and those that lead where ours do, may go. */
function listDropped(set: SharedSet): readonly Harm[] {
  const { provider } = set.facts;
  if (!keepsSets(provider)) return [];
  const replaced = findReplaced(set);
  const values = set.foreign.filter((value) => !isEcho(value, set.desired) && !replaced.includes(value));
  if (values.length === 0) return [];
  const reason = `${listed(values)} ${values.length === 1 ? "is" : "are"} not declared, and ${DNS_PROVIDERS[provider].title} keeps one set of a name and type: \`pulumi up --refresh\`, and each change of ours in it, writes the set without`;
  return [{ values, reason }];
}

/** Providers that keep sets. */
const KEEP_SETS = Object.values(DNS_PROVIDERS).flatMap(({ title, sets }) =>
  sets === undefined ? [] : [{ title, ...sets }],
);

const writtenWhole: Rule = {
  name: WRITTEN_WHOLE,
  grade: "provider-limit",
  severity: "warning",
  title: `At ${KEEP_SETS.map(({ title }) => title).join(", ")}, values of others in a set of ours are declared too: a name has one set of a type, and each write of it drops what is not declared.`,
  source: listSources(KEEP_SETS),
  verified: oldestCheck(KEEP_SETS),
  drops: listDropped,
};

export const WHOLE_SET_RULES: readonly Rule[] = [writtenWhole];
