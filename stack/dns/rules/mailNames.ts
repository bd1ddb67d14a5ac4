/** Rules about names that other mail servers ask of their own accord: what stands there counts, whoever put it there. */
import ipaddr from "ipaddr.js";
import { hostName } from "../../services/names.ts";
import type { DesiredSet } from "../../model/desiredSet.ts";
import { isMtaSts, isSpf } from "../policies/kinds.ts";
import { warning } from "./foreign.ts";
import type { Rule } from "./rule.ts";
import { readSpf, workedThrough, type SpfTerm } from "../policies/spfTerms.ts";
import { catchesByWildcard } from "./wildcards.ts";

/** Where senders ask: below the host of the MX, and what it is an alias of (RFC 7672 2.2.2 asks at both). */
function daneNames(domain: string, aliasesAt: (name: string) => readonly string[]): readonly string[] {
  const mx = hostName("mx", domain);
  return [mx, ...aliasesAt(mx)].map((host) => `_25._tcp.${host}`);
}

/** What a TLSA does at one of these names, whoever put it there. */
const DELIVERS_BY_DANE = "deliver only where it matches the certificate, which changes without it";

/** An alias at the very name was made for it; one of a wildcard was not, and leads to no TLSA. */
const dane: Rule = {
  name: "dane-at-mail-host",
  grade: "best-practice",
  severity: "warning",
  title:
    "There is no TLSA record for the mail host: with one, a sender delivers only where the certificate matches.",
  source: "RFC 7672 2.2",
  judge: ({ record: { name, type, owners }, zone }) => {
    if (type !== "TLSA" || owners !== true) return undefined;
    const asked = daneNames(zone.facts.domain, (host) =>
      zone.at(host).flatMap((one) => (one.type === "CNAME" ? [one.value] : [])),
    );
    if (!asked.includes(name)) return undefined;
    return { message: `senders that heed DANE ${DELIVERS_BY_DANE}`, fix: "leave the record out" };
  },
  unmanaged: ({ name, type }, { desiredAt, zone }) => {
    if (type !== "TLSA" && type !== "CNAME") return undefined;
    const asked = daneNames(zone.facts.domain, (host) =>
      (desiredAt.get(host) ?? []).flatMap((set) => (set.type === "CNAME" ? set.values : [])),
    );
    const hit = asked.find(
      (one) => one === name || (type === "TLSA" && catchesByWildcard(name, one, zone.names)),
    );
    if (hit === undefined) return undefined;
    return warning(`senders that heed DANE take it for ${hit} and ${DELIVERS_BY_DANE}`);
  },
};

const undeclaredMtaSts: Rule = {
  name: "mta-sts-of-others",
  grade: "rfc",
  severity: "warning",
  title: "Where MTA-STS is not declared, nobody announces a policy: a sender that sees one asks for it.",
  source: "RFC 8461 3.1",
  unmanaged: ({ name, type, records }, { zone }) => {
    const { domain } = zone.facts;
    const announces = type === "TXT" && records.some(({ value }) => isMtaSts(value));
    if (name !== `_mta-sts.${domain}` || (!announces && type !== "CNAME")) return undefined;
    return warning(
      `MTA-STS is not declared, and a policy that senders find at mta-sts.${domain} keeps them to its hosts`,
    );
  },
};

/** Addresses of declared hosts, and whether that is all of them: before the first `up` they are not known. */
function gatherAddresses(hosts: readonly DesiredSet[]): {
  readonly known: readonly (ipaddr.IPv4 | ipaddr.IPv6)[];
  readonly all: boolean;
} {
  const values = hosts.flatMap((host) => host.values);
  const known = values.filter((value) => ipaddr.isValid(value));
  const unknown = hosts.some(({ valuesUnknown }) => valuesUnknown === true);
  return {
    known: known.map((value) => ipaddr.parse(value)),
    all: !unknown && known.length === values.length,
  };
}

/** Whether a term may match one of the server's addresses; where a look-up would tell, it may. */
function mayMatch({ name, text }: SpfTerm, hosts: readonly DesiredSet[]): boolean {
  if (name !== "ip4" && name !== "ip6") return true;
  const { known, all } = gatherAddresses(hosts);
  if (!all) return true;
  const network = text.slice(text.indexOf(":") + 1);
  const block = ipaddr.parseCIDR(network.includes("/") ? network : `${network}/${name === "ip4" ? 32 : 128}`);
  return known.some((address) => address.kind() === block[0].kind() && address.match(block));
}

/** Whether a policy turns the server away: it ends in `-all`, and nothing before that may let it in. */
function turnsAway(policy: string, hosts: readonly DesiredSet[]): boolean {
  const terms = readSpf(policy) ?? [];
  if (terms.some(({ fault }) => fault !== undefined)) return true;
  const closed = terms.some(({ name, sign }) => name === "all" && sign === "-");
  return closed && !workedThrough(terms).some((term) => term.sign !== "-" && mayMatch(term, hosts));
}

const greeting: Rule = {
  name: "greeting-refused",
  grade: "rfc",
  severity: "warning",
  title: "The SPF policy of the name that the server greets with lets the server in.",
  source: "RFC 7208 2.3",
  unmanaged: ({ name, type, records }, { desiredAt, zone }) => {
    if (type !== "TXT" || name !== hostName("mx", zone.facts.domain)) return undefined;
    const policies = records.map(({ value }) => value).filter(isSpf);
    const hosts = (desiredAt.get(name) ?? []).filter((set) => set.type === "A" || set.type === "AAAA");
    if (policies.length < 2 && !policies.some((policy) => turnsAway(policy, hosts))) return undefined;
    return warning(
      `the server greets as ${name}, and receivers that check the greeting refuse it by this SPF policy`,
    );
  },
};

export const MAIL_NAME_RULES: readonly Rule[] = [dane, undeclaredMtaSts, greeting];
