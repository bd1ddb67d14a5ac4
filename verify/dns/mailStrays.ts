/** Strays at names that other mail servers ask of their own accord: what stands there counts, whoever put it there. */
import ipaddr from "ipaddr.js";
import { readSpf, workedThrough, type SpfTerm } from "../../stack/dns/checks/spfTerms.ts";
import { isMtaSts } from "../../stack/dns/checks/transport.ts";
import { catchesByWildcard } from "../../stack/dns/checks/wildcards.ts";
import { isSpf } from "../../stack/dns/spf.ts";
import { serviceNames } from "../../stack/mail/serviceNames.ts";
import type { DesiredSet } from "./observation.ts";
import type { Break, StrayRule, ZoneSight } from "./strayRule.ts";

function warning(reason: string): Break {
  return { reason, severity: "warning" };
}

/** The host of the MX, and what it is an alias of (RFC 7672 2.2.2 asks at both). */
function mailHosts({ desiredAt, context }: ZoneSight): readonly string[] {
  const { mx } = serviceNames(context.domain);
  const alias = (desiredAt.get(mx) ?? []).find(({ type }) => type === "CNAME");
  return [mx, ...(alias?.values ?? [])];
}

/**
 * RFC 7672 2.2: with a TLSA record a sender delivers only where the certificate matches. None is ever declared. An alias
 * at the very name was made for it; one of a wildcard was not, and leads to no TLSA.
 */
const dane: StrayRule = ({ name, type }, sight) => {
  if (type !== "TLSA" && type !== "CNAME") return undefined;
  const asked = mailHosts(sight).map((host) => `_25._tcp.${host}`);
  const hit = asked.find(
    (one) => one === name || (type === "TLSA" && catchesByWildcard(name, one, sight.names)),
  );
  if (hit === undefined) return undefined;
  return warning(
    `senders that heed DANE take it for ${hit} and deliver only where it matches the certificate, which changes without it`,
  );
};

/** RFC 8461 3.1: a sender that sees the record asks for the policy. */
const mtaSts: StrayRule = ({ name, type, records }, { context: { domain } }) => {
  const announces = type === "TXT" && records.some(({ value }) => isMtaSts(value));
  if (name !== `_mta-sts.${domain}` || (!announces && type !== "CNAME")) return undefined;
  return warning(
    `MTA-STS is not declared, and a policy that senders find at mta-sts.${domain} keeps them to its hosts`,
  );
};

/** Whether a term may match one of the server's addresses; where a look-up would tell, it may. */
function mayMatch({ name, text }: SpfTerm, hosts: readonly DesiredSet[]): boolean {
  if (name !== "ip4" && name !== "ip6") return true;
  const network = text.slice(text.indexOf(":") + 1);
  const block = ipaddr.parseCIDR(network.includes("/") ? network : `${network}/${name === "ip4" ? 32 : 128}`);
  const addresses = hosts.flatMap(({ values }) => values.map((value) => ipaddr.parse(value)));
  return (
    hosts.some(({ valuesUnknown }) => valuesUnknown === true) ||
    addresses.some((address) => address.kind() === block[0].kind() && address.match(block))
  );
}

/** Whether a policy turns the server away: it ends in `-all`, and nothing before that may let it in. */
function turnsAway(policy: string, hosts: readonly DesiredSet[]): boolean {
  const terms = readSpf(policy) ?? [];
  if (terms.some(({ fault }) => fault !== undefined)) return true;
  const closed = terms.some(({ name, sign }) => name === "all" && sign === "-");
  return closed && !workedThrough(terms).some((term) => term.sign !== "-" && mayMatch(term, hosts));
}

/** RFC 7208 2.3: the policy of the name that the server greets with. */
const greeting: StrayRule = ({ name, type, records }, { desiredAt, context }) => {
  if (type !== "TXT" || name !== serviceNames(context.domain).mx) return undefined;
  const policies = records.map(({ value }) => value).filter(isSpf);
  const hosts = (desiredAt.get(name) ?? []).filter((set) => set.type === "A" || set.type === "AAAA");
  if (policies.length < 2 && !policies.some((policy) => turnsAway(policy, hosts))) return undefined;
  return warning(
    `the server greets as ${name}, and receivers that check the greeting refuse it by this SPF policy`,
  );
};

export const MAIL_RULES: readonly StrayRule[] = [dane, mtaSts, greeting];
