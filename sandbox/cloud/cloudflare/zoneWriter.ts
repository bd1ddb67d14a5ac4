/** From records to the name server: one write a zone at a time, many waiting changes in one. */
import type { DnsDriver, RecordSet } from "../drivers.ts";
import { TYPES } from "./content.ts";
import type { Zone } from "./state.ts";

const AUTOMATIC_TTL = 300;
/** A proxied name answers with the proxy's own addresses, not with the record's. */
const PROXY = { A: "104.16.0.1", AAAA: "2606:4700::6810:1" };

/** All record sets of a zone, sorted by name and type. The TTL of a set is its lowest. */
export function recordSets(zone: Zone): RecordSet[] {
  const sets = new Map<string, { name: string; type: string; ttlSeconds: number; rdata: string[] }>();
  const add = (name: string, type: string, ttl: number, rdata: string): void => {
    const set = sets.get(`${name} ${type}`) ?? { name, type, ttlSeconds: ttl, rdata: [] };
    set.ttlSeconds = Math.min(set.ttlSeconds, ttl);
    if (!set.rdata.includes(rdata)) set.rdata.push(rdata);
    sets.set(`${name} ${type}`, set);
  };
  for (const record of zone.records) {
    const ttl = record.ttl === 1 ? AUTOMATIC_TTL : record.ttl;
    if (record.proxied) {
      add(record.name, "A", ttl, PROXY.A);
      add(record.name, "AAAA", ttl, PROXY.AAAA);
      continue;
    }
    const rules = TYPES[record.type];
    if (rules !== undefined) add(record.name, record.type, ttl, rules.rdata(record));
  }
  const key = (set: RecordSet): string => `${set.name} ${set.type}`;
  return [...sets.values()].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

/** Writes zones. */
export interface ZoneWriter {
  /** Resolves when the name server answers with the zone as it is now, or newer. */
  write(zone: Zone): Promise<void>;
}

interface Writing {
  /** The write going on. */
  now: Promise<void>;
  /** The one after it, that all who come meanwhile share. */
  next: Promise<void> | undefined;
}

/** A writer over the driver. */
export function openZoneWriter(dns: DnsDriver): ZoneWriter {
  const writings = new Map<string, Writing>();
  const start = (zone: Zone): Promise<void> => dns.setZone(zone.name, recordSets(zone));
  return {
    write(zone) {
      const writing = writings.get(zone.name);
      if (writing === undefined) {
        const fresh: Writing = { now: start(zone), next: undefined };
        writings.set(zone.name, fresh);
        void follow(writings, zone.name, fresh);
        return fresh.now;
      }
      writing.next ??= writing.now
        .catch(() => undefined)
        .then(() => {
          writing.now = writing.next ?? Promise.resolve();
          writing.next = undefined;
          return start(zone);
        });
      return writing.next;
    },
  };
}

/** Forgets a zone's writing when nothing waits any more. */
async function follow(writings: Map<string, Writing>, name: string, writing: Writing): Promise<void> {
  let seen: Promise<void> | undefined;
  while (seen !== (writing.next ?? writing.now)) {
    seen = writing.next ?? writing.now;
    await seen.catch(() => undefined);
  }
  writings.delete(name);
}
