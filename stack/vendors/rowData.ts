/** What the adapters share: data that the APIs cut into fields, and rows that a provider keeps itself. */
import { numberKeys } from "../dns/types/recordData.ts";
import type { ZoneIdentity } from "./dnsForm.ts";

/** Types of records that every provider has. */
export const COMMON_TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];

/** Largest TTL in seconds (RFC 2181 8). */
export const MOST_TTL = 2 ** 31 - 1;

/** Numbers that an API gives beside the data. */
export type Numbers = Readonly<Record<string, unknown>>;

/** The data of a zone file, whether the API gave all numbers, some or none of them in `data`. */
export function withNumbers(type: string, data: string, numbers: Numbers): string {
  const names = numberKeys(type);
  const words = data.trim().split(/\s+/);
  const missing = names.slice(0, Math.max(0, names.length + 1 - words.length));
  return [...missing.map((name) => Number(numbers[name] ?? 0)), ...words].join(" ");
}

/** SOA and the zone's own NS are the provider's, wherever its API lists them. */
export function isOwnedByAnyProvider(type: string, name: string, zone: ZoneIdentity): boolean {
  return type === "SOA" || (type === "NS" && name === zone.name);
}
