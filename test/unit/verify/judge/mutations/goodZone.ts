/**
 * A zone as it should be, and how one mutation changes it with what an audit must say of it.
 *
 * What must be said is worked out in this folder from the RFCs and the mutation itself, without the audit's own code.
 */
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { Choose } from "../../../../support/zoneRows.ts";

/** A zone as it should be, with records of others that harm nothing. */
export interface GoodZone {
  readonly provider: DnsProviderName;
  /** Apex of the zone, and the mail domain in it. */
  readonly zone: string;
  readonly domain: string;
  /** Who gives the certificate, where that is known, and how the order is proved: by dns-01 it has a wildcard. */
  readonly certificate: { readonly issuer: string | undefined; readonly method: "dns-01" | "http-01" };
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

export function setOf({ name, type }: Pick<ZoneRecord, "name" | "type">): string {
  return `${type} ${name}`;
}

export function all({ declared, foreign }: GoodZone): ZoneRecord[] {
  return [...declared, ...foreign];
}

export function pick<T>(items: readonly T[], choose: Choose): T | undefined {
  return items.length === 0 ? undefined : choose(...items);
}

export function isAt(name: string, records: readonly ZoneRecord[]): boolean {
  return records.some((record) => record.name === name || record.name.endsWith(`.${name}`));
}

/** RFC 4592: a wildcard answers for what does not exist, from the nearest name above that does. */
export function caughtBy(name: string, records: readonly ZoneRecord[]): readonly ZoneRecord[] {
  if (isAt(name, records)) return [];
  let above = name;
  do above = above.slice(above.indexOf(".") + 1);
  while (!isAt(above, records));
  return records.filter((record) => record.name === `*.${above}`);
}

/** Declared records of a name. */
export function atHost(name: string, { declared }: Pick<GoodZone, "declared">): readonly ZoneRecord[] {
  return declared.filter((record) => record.name === name);
}

/** Whether a wildcard answers where a text, were there one, would be a policy or a key of the domain. */
export function strangerPolicies(
  wildcard: Pick<ZoneRecord, "name">,
  records: readonly ZoneRecord[],
  domain: string,
): boolean {
  const zone = [...records, { type: "CNAME", value: "", ttlSeconds: 60, ...wildcard }];
  return ["_dmarc", "_mta-sts", "_smtp._tls", "other._domainkey"].some((label) =>
    caughtBy(`${label}.${domain}`, zone).some(({ name }) => name === wildcard.name),
  );
}

/** Takes a declared record out. Where its name is gone with it, a wildcard of its type now answers for it. */
export function without(gone: ZoneRecord, good: GoodZone): Mutation {
  const records = all(good).filter((record) => record !== gone);
  const caught = caughtBy(gone.name, records).filter(({ type }) => type === gone.type || type === "CNAME");
  const told = Object.fromEntries(caught.map((record) => [setOf(record), "conflict"] as const));
  return { records, told: { ...told, [setOf(gone)]: "missing" } };
}

export function replaced(old: ZoneRecord, record: MutatedRecord, verdict: string, good: GoodZone): Mutation {
  return { records: all(good).map((one) => (one === old ? record : one)), told: { [setOf(old)]: verdict } };
}

/** At Hetzner a set has one TTL, so a record that joins one takes its. */
export function joining(record: ZoneRecord, { provider, declared, foreign }: GoodZone): ZoneRecord {
  const other = [...declared, ...foreign].find((one) => setOf(one) === setOf(record));
  return provider === "hetzner" && other ? { ...record, ttlSeconds: other.ttlSeconds } : record;
}

export function added(record: ZoneRecord, verdict: string, good: GoodZone): Mutation {
  return { records: [...all(good), joining(record, good)], told: { [setOf(record)]: verdict } };
}

export function foreign(name: string, type: string, value: string, choose: Choose): ZoneRecord {
  return { name, type, value, ttlSeconds: choose(60, 300, 7200) };
}
