/** Mutations of records that are declared. */
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import { setOf, all, pick, isAt, without, replaced, joining, type GoodZone, type Kind } from "./goodZone.ts";
import { otherCase, otherPriority, otherValue, VALUES, markOf, SPF_MARK } from "./values.ts";

const dropped: Kind = (good, choose) => without(choose(...good.declared), good);

const changed: Kind = (good, choose) => {
  const old = choose(...good.declared);
  const value = otherValue(old, choose);
  const taken = good.declared.some((one) => setOf(one) === setOf(old) && one.value === value);
  return taken || value === "" ? undefined : replaced(old, { ...old, value }, "changed", good);
};

/** MX and SRV are served in the order of their priorities (RFC 5321 5.1, RFC 2782). */
const priority: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter(({ type }) => type === "MX" || type === "SRV"),
    choose,
  );
  return old && replaced(old, { ...old, value: otherPriority(old, choose) }, "changed", good);
};

/**
 * Letters of a text count as they are: a key is another one then (RFC 4648), and a version in another case is none (RFC
 * 9989, RFC 8461 3.1, RFC 8460 3), but for SPF's, which stays one (RFC 7208 4.5, RFC 5234 2.3).
 */
const textCase: Kind = (good, choose) => {
  const old = pick(
    good.declared.filter(({ type, value }) => type === "TXT" && /[a-z]/i.test(value)),
    choose,
  );
  const value = old && otherCase(old.value, choose);
  if (old === undefined || value === undefined || value === old.value) return undefined;
  const mark = markOf(old);
  const kept = mark === undefined || mark === SPF_MARK || value.startsWith(mark);
  return replaced(old, { ...old, value }, kept ? "changed" : "missing", good);
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
  if (types.has(type)) return type === "TXT" || type === "CAA" ? "unmanaged" : "conflict";
  if (type === "NS" && name === zone) return "provider-owned";
  if (type === "NS") return isAt(name, declared) ? "conflict" : "unmanaged";
  if (type === "CNAME" ? here.length > 0 : types.has("CNAME")) return "conflict";
  if ((type === "A" || type === "AAAA") && (types.has("A") || types.has("AAAA"))) return "conflict";
  return name.startsWith("_acme-challenge.") ? "ignored" : "unmanaged";
}

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
  const verdict = ["NS", "CAA"].includes(old.type) ? "unmanaged" : verdictBeside(record, good);
  return { records: [...records, record], told: { ...told, [setOf(record)]: verdict } };
};

const proxied: Kind = (good, choose) => {
  if (good.provider !== "cloudflare") return undefined;
  const old = choose(...good.declared.filter(({ type }) => ["A", "AAAA", "CNAME"].includes(type)));
  return replaced(old, { ...old, proxied: true }, "conflict", good);
};

export const OF_DECLARED = {
  dropped,
  changed,
  forgotten,
  lifetime,
  retyped,
  renamed,
  priority,
  textCase,
  proxied,
};
