/** From a vendor's books to the name server: one write a zone at a time, many waiting changes in one. */
import type { DnsDriver, RecordSet } from "../drivers.ts";

/** One record as the name server has it. */
export interface ServedRecord {
  /** FQDN without a final dot. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly rdata: string;
}

/** What the name server is to answer with for a zone. */
export interface ServedZone {
  readonly nameServers: readonly string[];
  /** Without SOA and NS of the zone itself. */
  readonly records: readonly ServedRecord[];
}

/** Sets of the records, sorted by name and type. The TTL of a set is its lowest (RFC 2181, 5.2). */
export function recordSets(records: readonly ServedRecord[]): RecordSet[] {
  const sets = new Map<string, { name: string; type: string; ttlSeconds: number; rdata: string[] }>();
  for (const { name, type, ttlSeconds, rdata } of records) {
    const set = sets.get(`${name} ${type}`) ?? { name, type, ttlSeconds, rdata: [] };
    set.ttlSeconds = Math.min(set.ttlSeconds, ttlSeconds);
    if (!set.rdata.includes(rdata)) set.rdata.push(rdata);
    sets.set(`${name} ${type}`, set);
  }
  const key = (set: RecordSet): string => `${set.name} ${set.type}`;
  return [...sets.values()].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}

/** Writes zones of one vendor. */
export interface ZoneWriter<Zone> {
  /** Resolves when the name server answers with the zone as it is now, or newer. */
  write(zone: Zone): Promise<void>;
  /** Resolves when the name server does not know the zone any more. */
  remove(zone: Zone): Promise<void>;
}

interface Writing {
  /** The write going on. */
  now: Promise<void>;
  /** The one after it, that all who come meanwhile share. */
  next: Promise<void> | undefined;
}

/**
 * A writer over the driver.
 *
 * @param served is asked at the moment of each write.
 */
export function openZoneWriter<Zone extends { readonly name: string }>(
  dns: DnsDriver,
  served: (zone: Zone) => ServedZone,
): ZoneWriter<Zone> {
  const writings = new Map<string, Writing>();
  const start = (zone: Zone): Promise<void> => {
    const { nameServers, records } = served(zone);
    return dns.setZone(zone.name, recordSets(records), nameServers);
  };
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
    async remove(zone) {
      const writing = writings.get(zone.name);
      // What is on its way must not come after the removal.
      await (writing?.next ?? writing?.now)?.catch(() => undefined);
      await dns.removeZone(zone.name);
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
