/** Records of others at names that mail servers ask of their own accord, where nothing is declared. */
import { added, atHost, foreign, isAt, strangerPolicies, type Kind } from "./goodZone.ts";

const DIGEST = "ab".repeat(32);

/** RFC 7672: senders look below the MX's host, and below what that is an alias of; nobody looks below another. */
const dane: Kind = (good, choose) => {
  const host = `mx.${good.domain}`;
  const isAlias = atHost(host, good).some(({ type }) => type === "CNAME");
  const [type, value] = choose<readonly [string, string]>(
    ["TLSA", `3 1 1 ${DIGEST}`],
    ["CNAME", "tlsa.example.net"],
  );
  const [name, verdict] = choose<readonly [string, string]>(
    [`_25._tcp.${host}`, "conflict"],
    [`*._tcp.${host}`, type === "TLSA" ? "conflict" : "unmanaged"],
    [`_25._tcp.${good.domain}`, isAlias ? "conflict" : "unmanaged"],
    [`_443._tcp.${host}`, "unmanaged"],
    [`_25._tcp.www.${good.zone}`, "unmanaged"],
  );
  // DigitalOcean has no TLSA.
  if (type === "TLSA" && good.provider === "digitalocean") return undefined;
  return added(foreign(name, type, value, choose), verdict, good);
};

/** RFC 8461 3.1: a text that begins with the version is a policy's notice, any other is none. */
const mtaStsNotice: Kind = (good, choose) => {
  const name = `_mta-sts.${good.domain}`;
  if (isAt(name, good.declared)) return undefined;
  const [type, value, verdict] = choose<readonly [string, string, string]>(
    ["TXT", "v=STSv1; id=20260101;", "conflict"],
    ["TXT", "v=STSv1;id=1", "conflict"],
    ["CNAME", "_mta-sts.example.net", "conflict"],
    ["TXT", "V=STSV1; id=1;", "unmanaged"],
    ["TXT", "note", "unmanaged"],
  );
  return added(foreign(name, type, value, choose), verdict, good);
};

/** RFC 7208 2.3, at the name that the server greets with: one that lets its addresses in, or cannot tell, is no harm. */
const greetingSpf: Kind = (good, choose) => {
  const name = `mx.${good.domain}`;
  const here = atHost(name, good);
  const address = here.find(({ type }) => type === "A")?.value;
  if (address === undefined || here.some(({ type }) => type === "TXT")) return undefined;
  const [value, verdict] = choose<readonly [string, string]>(
    ["v=spf1 -all", "conflict"],
    ["V=SPF1 -ALL", "conflict"],
    ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8:ffff::/48 -all", "conflict"],
    ["v=spf1 ip4:192.0.2.1 -a -all", "conflict"],
    ["v=spf1 ip4:nowhere a -all", "conflict"],
    ["v=spf1 a -all", "unmanaged"],
    [`v=spf1 ip4:${address} -all`, "unmanaged"],
    [`v=spf1 ip4:${address}/24 -all`, "unmanaged"],
    ["v=spf1 include:spf.example.net -all", "unmanaged"],
    ["v=spf1 redirect=spf.example.net", "unmanaged"],
    ["v=spf1 ~all", "unmanaged"],
    ["spf1 -all", "unmanaged"],
  );
  return added(foreign(name, "TXT", value, choose), verdict, good);
};

/** RFC 4592: what it catches is answered by somebody else, which matters where a text is a policy. */
const wildcardAlias: Kind = (good, choose) => {
  const name = `*.${choose(good.domain, `shop.${good.zone}`, `_domainkey.${good.domain}`)}`;
  if (good.foreign.some((record) => record.name === name)) return undefined;
  const record = foreign(name, "CNAME", "web.example.net", choose);
  const caught = strangerPolicies(record, [...good.declared, ...good.foreign], good.domain);
  return added(record, caught ? "conflict" : "unmanaged", good);
};

export const MAIL_NAMES = { mtaStsNotice, dane, greetingSpf, wildcardAlias };
