/** A Cloudflare zone as the name server answers for it. */
import type { ServedRecord, ServedZone } from "../serve/zoneWriter.ts";
import { TYPES } from "./content.ts";
import type { Zone } from "./state.ts";

const AUTOMATIC_TTL = 300;
/** A proxied name answers with the proxy's own addresses, not with the record's. */
const PROXY = { A: "104.16.0.1", AAAA: "2606:4700::6810:1" };

/** What is served of a zone. */
export function servedZone(zone: Zone, nameServers: readonly string[]): ServedZone {
  const records = zone.records.flatMap((record): ServedRecord[] => {
    const { name, type } = record;
    const ttlSeconds = record.ttl === 1 ? AUTOMATIC_TTL : record.ttl;
    if (record.proxied) {
      return Object.entries(PROXY).map(([proxied, rdata]) => ({ name, type: proxied, ttlSeconds, rdata }));
    }
    const rdata = TYPES[type]?.rdata(record);
    return rdata === undefined ? [] : [{ name, type, ttlSeconds, rdata }];
  });
  return { nameServers, records };
}
