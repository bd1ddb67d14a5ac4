/** Records as lines of a zone file (RFC 1035 5.1), to paste or to look for. */
import { zoneFileData } from "../../../stack/dns/types/recordData.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";

/** One line; without a TTL where the provider chooses it. */
export function writeZoneLine({ name, type, ttlSeconds, value }: ZoneRecord): string {
  const ttl = ttlSeconds === "auto" ? "" : `${ttlSeconds} `;
  return `${name}. ${ttl}IN ${type} ${zoneFileData(type, value)}`;
}
