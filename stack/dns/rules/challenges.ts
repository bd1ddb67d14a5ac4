/** Rules about the names that certificate orders write to. */
import { CLASH } from "./delegations.ts";
import { warning } from "./foreign.ts";
import type { Rule } from "./rule.ts";
import type { RuleFacts } from "./zoneView.ts";

/**
 * Names at which values of a certificate order stand, written by us or given by hand; none where the order is proved in
 * another way, or there is none (RFC 8555 8.4).
 */
function challengeNames({ certificateNames = [], ordersByDns }: RuleFacts): readonly string[] {
  if (ordersByDns !== true) return [];
  return [...new Set(certificateNames.map((name) => `_acme-challenge.${name.replace(/^\*\./, "")}`))];
}

/** Records by which a name is answered from elsewhere. */
const WAYS_ELSEWHERE: Readonly<Record<string, string>> = {
  CNAME: "an alias",
  NS: "a delegation to other name servers",
};

const challengeAlias: Rule = {
  ...CLASH,
  name: "challenge-alias",
  grade: "best-practice",
  title: "The name that a certificate order writes to is no alias, and in no other zone.",
  source: "RFC 8555 8.4",
  judge: ({ record, zone }) => {
    const what = WAYS_ELSEWHERE[record.type];
    if (what === undefined || !challengeNames(zone.facts).includes(record.name)) return undefined;
    return {
      message: `${what} here stops the certificate order from writing its values`,
      fix: "remove the record",
    };
  },
  unmanaged: ({ name, type, records }, { zone }) => {
    if (!challengeNames(zone.facts).includes(name)) return undefined;
    const [first] = records;
    const place = first?.value ?? "";
    if (type === "CNAME")
      return warning(
        `the certificate order writes its values here, and an alias (to ${place}) stops it: there is no certificate, or it runs out`,
      );
    if (type !== "NS") return undefined;
    return warning(
      `the certificate order writes its values here, and they are asked of ${place}: there is no certificate, or it runs out`,
    );
  },
};

export const challenges: readonly Rule[] = [challengeAlias];
