/** What wildcards answer for (RFC 4592), and the rule about names that they must not. */
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import type { ZoneView } from "./zoneView.ts";
import { ancestry } from "./zoneView.ts";

/** Nearest name above that exists (RFC 4592 3.3.1). */
function closestEncloser(name: string, names: ReadonlySet<string>): string | undefined {
  return ancestry(name)
    .slice(1)
    .find((above) => names.has(above));
}

/**
 * Whether the zone answers a name from this wildcard.
 *
 * @param wildcard name of the wildcard record: `*.example.com`.
 * @param names names that exist in the zone, with those above them (see `ZoneView.names`); a name that exists is never
 *   caught, whatever types it has.
 */
export function catchesByWildcard(wildcard: string, name: string, names: ReadonlySet<string>): boolean {
  if (!wildcard.startsWith("*.") || names.has(name)) return false;
  return closestEncloser(name, names) === wildcard.slice(2);
}

/** Records that a name is answered with from a wildcard; none where it exists. */
export function synthesised(name: string, zone: Pick<ZoneView, "names" | "at">): readonly JudgedRecord[] {
  const encloser = zone.names.has(name) ? undefined : closestEncloser(name, zone.names);
  return encloser === undefined ? [] : zone.at(`*.${encloser}`);
}

/** Names below the mail domain whose TXT means something by its very being there. */
export const POLICY_NAMES = ["_dmarc", "_mta-sts", "_smtp._tls", "any._domainkey"];

const wildcardCatches: Rule = {
  name: "wildcard-catches",
  grade: "best-practice",
  severity: "warning",
  title: "No wildcard answers for _dmarc, _mta-sts, _smtp._tls, DKIM selectors, or mta-sts in use.",
  source: "RFC 4592 2.2.1, RFC 8461 3.1, RFC 9989",
  judge: ({ record, zone }) => {
    const { domain } = zone.facts;
    const policies = ["TXT", "CNAME"].includes(record.type) ? POLICY_NAMES : [];
    const inUse = zone.names.has(`_mta-sts.${domain}`) && ["A", "AAAA", "CNAME"].includes(record.type);
    const caught = [...policies, ...(inUse ? ["mta-sts"] : [])]
      .map((name) => `${name}.${domain}`)
      .find((name) => catchesByWildcard(record.name, name, zone.names));
    if (caught === undefined) return undefined;
    const name = caught.replace(/^any\._domainkey/, "every other DKIM selector, such as any._domainkey");
    const message = `${name} is answered from the wildcard ${record.name}`;
    return { key: "name", message, fix: "name the hosts that you want one by one" };
  },
};

export const WILDCARD_RULES: readonly Rule[] = [wildcardCatches];
