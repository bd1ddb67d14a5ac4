/** Records as lines of a zone file (RFC 1035 5.1), to paste or to look for. */
import { characterStrings } from "../../../stack/values/characterStrings.ts";
import { splitCaa, withDot } from "../../../stack/vendors/rowData.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";

/** Types whose data ends in a name. */
const NAMED = new Set(["CNAME", "DNAME", "MX", "NS", "PTR", "SRV"]);

/** Canonical data as a zone file writes it. */
export function writeZoneData(type: string, value: string): string {
  if (type === "TXT") return characterStrings(value);
  if (NAMED.has(type)) return withDot(value);
  if (type !== "CAA") return value;
  const caa = splitCaa(value);
  return `${caa.flags} ${caa.tag} ${characterStrings(caa.value)}`;
}

/** One line; without a TTL where the provider chooses it. */
export function writeZoneLine({ name, type, ttlSeconds, value }: ZoneRecord): string {
  const ttl = ttlSeconds === "auto" ? "" : `${ttlSeconds} `;
  return `${name}. ${ttl}IN ${type} ${writeZoneData(type, value)}`;
}
