/** Which CAA records of others keep the certificate from being given (RFC 8659, RFC 8657). */
import { listed } from "../../values/sentence.ts";
import { forbidsEveryone, forbidsIssuer } from "./caa.ts";
import type { Harm, SharedSet } from "./foreign.ts";
import { warning, type UnmanagedSet, type ZoneSight } from "./foreign.ts";
import type { RuleFacts } from "./zoneView.ts";
import { ancestry } from "./zoneView.ts";

/**
 * What is known where a CAA set is judged: the certificate has only the names that the set counts for, which are those
 * with no other CAA records nearer above them (RFC 8659 3). A wildcard is looked for from the name behind its asterisk.
 *
 * @param caaNames names that hold CAA records.
 */
export function factsAt<Facts extends RuleFacts>(
  at: string,
  facts: Facts,
  caaNames: ReadonlySet<string>,
): Facts {
  const certificateNames = facts.certificateNames?.filter(
    (name) => ancestry(name.replace(/^\*\./, "")).find((above) => above === at || caaNames.has(above)) === at,
  );
  return { ...facts, ...(certificateNames && { certificateNames }) };
}

/** What a CAA set keeps from being given; undefined where it lets the whole certificate pass. */
export function forbiddenByCaa(
  values: readonly string[],
  { issuer, certificateNames = [] }: RuleFacts,
): string | undefined {
  if (issuer === undefined) return undefined;
  const names = values.some(forbidsEveryone)
    ? certificateNames
    : certificateNames.filter((name) => forbidsIssuer(values, issuer, name.startsWith("*.")));
  const how = issuer.method === undefined ? "" : ` by ${issuer.method}`;
  return names.length === 0
    ? undefined
    : `${issuer.domain} may not give the certificate for ${listed(names)}${how}`;
}

/**
 * Values of others that break a declared CAA set. CAs add up under one tag, so only a value of another tag does:
 * `issuewild`, which counts for wildcards in the place of `issue`, `issue` beside none, or one critical and unknown.
 */
export function harmfulCaa({ desired, foreign, facts }: SharedSet): readonly Harm[] {
  if (desired.type !== "CAA") return [];
  const declared = desired.values;
  const found = forbiddenByCaa([...declared, ...foreign], facts);
  if (found === undefined || forbiddenByCaa(declared, facts) !== undefined) return [];
  const values = foreign.filter((value) => forbiddenByCaa([...declared, value], facts) !== undefined);
  return values.length === 0 ? [] : [{ values, reason: `${listed(values)} stands in the way: ${found}` }];
}

/** What a CAA set that nobody declared keeps from being given. */
export function unmanagedCaa({ name, type, records }: UnmanagedSet, { caaNames, zone }: ZoneSight) {
  if (type !== "CAA") return undefined;
  const values = records.map(({ value }) => value);
  const reason = forbiddenByCaa(values, factsAt(name, zone.facts, caaNames));
  return reason === undefined ? undefined : warning(reason);
}
