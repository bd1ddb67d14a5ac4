/**
 * Ways in which a zone goes wrong, one at a time, each with what an audit must say of it.
 *
 * What must be said is worked out here from the RFCs and the mutation itself, without the audit's own code.
 */
import type { DnsProviderName } from "../../../stack/dns/providers/dnsForm.ts";
import type { ZoneRecord } from "../../../stack/dns/zoneRecord.ts";
import type { Choose } from "../../support/zoneRows.ts";

/** A zone as it should be, with records of others that harm nothing. */
export interface GoodZone {
  readonly provider: DnsProviderName;
  /** Apex of the zone, and the mail domain in it. */
  readonly zone: string;
  readonly domain: string;
  readonly declared: readonly ZoneRecord[];
  readonly foreign: readonly ZoneRecord[];
}

/** A record that its provider answers for with its own addresses. */
export interface MutatedRecord extends ZoneRecord {
  readonly proxied?: true;
}

/** The zone after one mutation. */
export interface Mutation {
  readonly records: readonly MutatedRecord[];
  /** Verdicts by set (`MX example.com`) that differ from those before. */
  readonly told: Readonly<Record<string, string>>;
}

/** One kind of mutation; undefined where the zone has nothing for it. */
export type Kind = (good: GoodZone, choose: Choose) => Mutation | undefined;

function setOf({ name, type }: Pick<ZoneRecord, "name" | "type">): string {
  return `${type} ${name}`;
}

function all({ declared, foreign }: GoodZone): ZoneRecord[] {
  return [...declared, ...foreign];
}

function pick<T>(items: readonly T[], choose: Choose): T | undefined {
  return items.length === 0 ? undefined : choose(...items);
}

function isAt(name: string, records: readonly ZoneRecord[]): boolean {
  return records.some((record) => record.name === name || record.name.endsWith(`.${name}`));
}

/** RFC 4592: a wildcard answers for what does not exist, from the nearest name above that does. */
function caughtBy(name: string, records: readonly ZoneRecord[]): readonly ZoneRecord[] {
  if (isAt(name, records)) return [];
  let above = name;
  do above = above.slice(above.indexOf(".") + 1);
  while (!isAt(above, records));
  return records.filter((record) => record.name === `*.${above}`);
}

/** Takes a declared record out. Where its name is gone with it, a wildcard of its type now answers for it. */
function without(gone: ZoneRecord, good: GoodZone): Mutation {
  const records = all(good).filter((record) => record !== gone);
  const caught = caughtBy(gone.name, records).filter(({ type }) => type === gone.type || type === "CNAME");
  const told = Object.fromEntries(caught.map((record) => [setOf(record), "conflict"] as const));
  return { records, told: { ...told, [setOf(gone)]: "missing" } };
}

function replaced(old: ZoneRecord, record: MutatedRecord, verdict: string, good: GoodZone): Mutation {
  return { records: all(good).map((one) => (one === old ? record : one)), told: { [setOf(old)]: verdict } };
}

/** At Hetzner a set has one time to live, so a record that joins one takes its. */
function joining(record: ZoneRecord, { provider, declared, foreign }: GoodZone): ZoneRecord {
  const other = [...declared, ...foreign].find((one) => setOf(one) === setOf(record));
  return provider === "hetzner" && other ? { ...record, ttlSeconds: other.ttlSeconds } : record;
}

function added(record: ZoneRecord, verdict: string, good: GoodZone): Mutation {
  return { records: [...all(good), joining(record, good)], told: { [setOf(record)]: verdict } };
}

function foreign(name: string, type: string, value: string, choose: Choose): ZoneRecord {
  return { name, type, value, ttlSeconds: choose(60, 300, 7200) };
}

/** Another value that means something else, of the same kind. */
function otherValue({ type, value }: ZoneRecord, choose: Choose): string {
  const words = value.split(" ");
  const target = words.at(-1) ?? "";
  const moved = [...words.slice(0, -1), choose("elsewhere.example.net", `x${target === "." ? "" : target}`)];
  switch (type) {
    case "A":
      return choose("192.0.2.77", "198.51.100.8");
    case "AAAA":
      return choose("2001:db8:dead::1", "2001:db8::2");
    case "MX":
    case "SRV":
      return choose(moved.join(" "), [String((Number(words[0]) + 1) % 65536), ...words.slice(1)].join(" "));
    case "CAA":
      return `${words[0] ?? "0"} ${words[1] ?? "issue"} ${words[1] === "iodef" ? "mailto:x@example.net" : "other.example.net"}`;
    case "TXT":
      return choose(`${value}x`, value.slice(0, -1), `${value} `);
    default:
      return moved.join(" ");
  }
}

/** Texts by which a record is known for what it is; a change that leaves them leaves its kind. */
const MARKS = ["v=spf1 ", "v=DMARC1;", "v=STSv1;", "v=TLSRPTv1;", "forward-email-site-verification="];

function isKey({ name, type }: ZoneRecord): boolean {
  return type === "TXT" && name.includes("._domainkey.");
}

function markOf({ type, value }: ZoneRecord): string | undefined {
  return type === "TXT" ? MARKS.find((mark) => value.startsWith(mark)) : undefined;
}

const dropped: Kind = (good, choose) => without(choose(...good.declared), good);

const changed: Kind = (good, choose) => {
  const old = choose(...good.declared);
  const value = otherValue(old, choose);
  const taken = good.declared.some((one) => setOf(one) === setOf(old) && one.value === value);
  return taken || value === "" ? undefined : replaced(old, { ...old, value }, "changed", good);
};

/** A policy whose place is taken by a text that is none. */
const forgotten: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter((record) => markOf(record) !== undefined),
    choose,
  );
  return old && replaced(old, { ...old, value: choose("hello", "spf1 a -all") }, "missing", good);
};

const lifetime: Kind = (good, choose) => {
  const old = choose(...good.declared);
  const ttlSeconds = choose(61, 301, 3601, 43_200);
  const whole = good.provider === "hetzner";
  const is = (record: ZoneRecord) => (whole ? setOf(record) === setOf(old) : record === old);
  const records = all(good).map((record) => (is(record) ? { ...record, ttlSeconds } : record));
  return { records, told: { [setOf(old)]: "changed" } };
};

/** What a lone record of the type says of the names of declared ones: an alias stands alone, a host has its families. */
function verdictBeside({ name, type }: ZoneRecord, { declared, zone }: GoodZone): string {
  const here = declared.filter((record) => record.name === name);
  const types = new Set(here.map((record) => record.type));
  if (types.has(type)) return type === "TXT" || type === "CAA" ? "stray" : "conflict";
  if (type === "NS" && name === zone) return "provider-owned";
  if (type === "NS") return isAt(name, declared) ? "conflict" : "stray";
  if (type === "CNAME" ? here.length > 0 : types.has("CNAME")) return "conflict";
  if ((type === "A" || type === "AAAA") && (types.has("A") || types.has("AAAA"))) return "conflict";
  return name.startsWith("_acme-challenge.") ? "ignored" : "stray";
}

const VALUES: Readonly<Record<string, string>> = {
  A: "192.0.2.99",
  AAAA: "2001:db8:beef::1",
  CNAME: "other.example.net",
  TXT: "retyped",
  NS: "ns1.example.net",
  SPF: '"v=spf1 -all"',
};

const retyped: Kind = (good, choose) => {
  const old = choose(...good.declared);
  const type = choose(...Object.keys(VALUES).filter((other) => other !== old.type));
  const { name, ttlSeconds } = old;
  const record = joining({ name, type, ttlSeconds, value: VALUES[type] ?? "" }, good);
  const told = { [setOf(old)]: "missing", [setOf(record)]: verdictBeside(record, good) };
  return { records: all(good).map((one) => (one === old ? record : one)), told };
};

const renamed: Kind = (good, choose) => {
  const old = choose(...good.declared);
  const record = { ...old, name: choose(`gone.${good.zone}`, `a.b.gone.${good.zone}`) };
  const { records, told } = without(old, good);
  const verdict = ["NS", "CAA"].includes(old.type) ? "stray" : verdictBeside(record, good);
  return { records: [...records, record], told: { ...told, [setOf(record)]: verdict } };
};

const strayName: Kind = (good, choose) => {
  const type = choose("A", "AAAA", "CNAME", "TXT", "NS");
  const record = foreign(
    `${choose("shop", "a.shop", "_x.shop")}.${good.zone}`,
    type,
    VALUES[type] ?? "",
    choose,
  );
  return added(record, "stray", good);
};

/** A text of no kind in a set of ours. */
const strayText: Kind = (good, choose) =>
  added(foreign(good.domain, "TXT", choose("MS=ms1", "t=1", 'a "b"'), choose), "stray", good);

/** One of a kind of which a name has one at most. */
const second: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter((record) => isKey(record) || markOf(record) !== undefined),
    choose,
  );
  if (old === undefined) return undefined;
  const value = isKey(old)
    ? choose("v=DKIM1; k=rsa; p=AAAA", "p=", "note")
    : `${markOf(old) ?? ""}${choose("x", "include:example.net ~all", "p=none")}`;
  return added(foreign(old.name, "TXT", value, choose), "conflict", good);
};

const openAliases: Kind = (good, choose) =>
  added(foreign(good.domain, "TXT", "forward-email=a:b@example.net", choose), "conflict", good);

/** One more value in a set that others choose from, or beside it. */
const besideIt: Kind = (good, choose) => {
  const old = choose(...good.declared.filter(({ type }) => type !== "TXT" && type !== "CAA"));
  const value = otherValue(old, choose);
  const taken = all(good).some((one) => setOf(one) === setOf(old) && one.value === value);
  return taken ? undefined : added(foreign(old.name, old.type, value, choose), "conflict", good);
};

const nullMxBeside: Kind = (good, choose) =>
  added(foreign(good.domain, "MX", choose("0 .", "0 mail.example.net"), choose), "conflict", good);

const alias: Kind = (good, choose) => {
  const { name } = choose(...good.declared.filter(({ type }) => type !== "CNAME"));
  return added(foreign(name, "CNAME", "other.example.net", choose), "conflict", good);
};

const besideAlias: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter(({ type }) => type === "CNAME"),
    choose,
  );
  const type = choose("A", "AAAA", "TXT");
  return old && added(foreign(old.name, type, VALUES[type] ?? "", choose), "conflict", good);
};

const otherFamily: Kind = (good, choose) => {
  const hosts = good.declared.filter(({ type }) => type === "A" || type === "AAAA");
  const { name, type } = choose(...hosts);
  const family = type === "A" ? "AAAA" : "A";
  return added(foreign(name, family, VALUES[family] ?? "", choose), "conflict", good);
};

/** RFC 1034 4.2.1, RFC 6672: a cut or a DNAME takes names away. */
const givenAway: Kind = (good, choose) => {
  const { name } = choose(
    ...good.declared.filter((record) => record.name !== good.zone && record.type !== "NS"),
  );
  const above = choose(name, name.slice(name.indexOf(".") + 1));
  if (above === good.zone) return undefined;
  return added(foreign(above, "NS", "ns9.example.net", choose), "conflict", good);
};

const movedAway: Kind = (good, choose) =>
  added(foreign(good.domain, "DNAME", "other.example.net", choose), "conflict", good);

/** RFC 8659: an authority that is not named may not issue; of several named, each may; a critical unknown stops all. */
const authority: Kind = (good, choose) => {
  const declares = good.declared.some(({ name, type }) => type === "CAA" && name === good.domain);
  const value = choose("0 issue ca.example.net", "128 future x");
  const verdict = declares && value.startsWith("0 ") ? "stray" : "conflict";
  return added(foreign(good.domain, "CAA", value, choose), verdict, good);
};

const wildcard: Kind = (good, choose) => {
  const name = `*.${choose(good.domain, `imap.${good.domain}`)}`;
  if (good.foreign.some((record) => record.name === name)) return undefined;
  const [type, value, verdict] = choose<readonly [string, string, string]>(
    ["A", "192.0.2.3", "stray"],
    ["MX", "5 mx.example.net", "stray"],
    ["TXT", "note", "stray"],
    ["TXT", "v=DMARC1; p=none", "conflict"],
    ["TXT", "v=DKIM1; p=", "conflict"],
  );
  return added(foreign(name, type, value, choose), verdict, good);
};

const challenge: Kind = (good, choose) => {
  const name = choose(`_acme-challenge.${good.domain}`, `_acme-challenge.shop.${good.zone}`);
  const declared = good.declared.some((record) => record.name === name);
  return added(foreign(name, "TXT", "A".repeat(43), choose), declared ? "stray" : "ignored", good);
};

const proxied: Kind = (good, choose) => {
  if (good.provider !== "cloudflare") return undefined;
  const old = choose(...good.declared.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type)));
  return replaced(old, { ...old, proxied: true }, "conflict", good);
};

export const KINDS: Readonly<Record<string, Kind>> = {
  dropped,
  changed,
  forgotten,
  lifetime,
  retyped,
  renamed,
  strayName,
  strayText,
  second,
  openAliases,
  besideIt,
  nullMxBeside,
  alias,
  besideAlias,
  otherFamily,
  givenAway,
  movedAway,
  authority,
  wildcard,
  challenge,
  proxied,
};
