/** The one spelling of names in which records are compared, and records gathered into sets. */
import { canonicalName, isWithin } from "../values/domainName.ts";
import type { RecordSet, ZoneRecord } from "../model/zoneRecord.ts";

/** A name below the zone as zone files have it: `@` is the zone, without a final dot it is relative (RFC 1035 5.1). */
export function nameInZone(name: string, zone: string): string {
  if (name === "@" || name === "") return zone;
  return name.endsWith(".") ? canonicalName(name) : `${name.toLowerCase()}.${zone}`;
}

/**
 * The name of a record below its zone, `@` for the zone itself.
 *
 * A name that repeats the zone (`example.com.example.com`) is given whole with its final dot, as people also write
 * names of the zone without one.
 */
export function relativeName(name: string, zone: string): string {
  if (name === zone) return "@";
  const relative = name.slice(0, -zone.length - 1);
  return isWithin(relative, zone) ? `${name}.` : relative;
}

/** The name of a record, whether it was answered whole, relative or as `@`. */
export function recordName(name: string, zone: string): string {
  const whole = canonicalName(name);
  return isWithin(whole, zone) ? whole : nameInZone(name, zone);
}

/** The TTL of a set: the lowest of its records counts, as it does in a cache (RFC 2181 5.2). */
export function ttlOfSet(records: readonly Pick<ZoneRecord, "ttlSeconds">[]): ZoneRecord["ttlSeconds"] {
  const seconds = records.map(({ ttlSeconds }) => ttlSeconds).filter((ttl) => ttl !== "auto");
  return seconds.length === 0 ? "auto" : Math.min(...seconds);
}

/** Records gathered by name and type, in the order of their first record. */
export function recordSets(records: readonly ZoneRecord[]): RecordSet[] {
  const gathered = Map.groupBy(records, ({ name, type }) => `${name} ${type}`);
  return Array.from(gathered.values(), (set) => {
    return {
      name: set[0]?.name ?? "",
      type: set[0]?.type ?? "",
      ttlSeconds: ttlOfSet(set),
      values: [...new Set(set.map(({ value }) => value))].sort(),
    };
  });
}
