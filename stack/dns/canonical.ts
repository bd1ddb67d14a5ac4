/** The one spelling of names and data in which records are compared. */
import ipaddr from "ipaddr.js";
import { isWithin } from "../values/domainName.ts";
import type { RecordData } from "../model/plan.ts";
import { ISSUER_TAGS } from "../model/caaTags.ts";
import { joinedText } from "../values/characterStrings.ts";
import type { RecordSet, ZoneRecord } from "../model/zoneRecord.ts";

/** Types whose data ends in hexadecimal digits that may be written in groups, with the number of fields before. */
const HEX_AFTER: Readonly<Record<string, number>> = { TLSA: 3, SMIMEA: 3, DS: 3, CDS: 3, SSHFP: 2 };

/** A whole name in lower case without its final dot. The root alone, as in a null MX (RFC 7505), stays `.`. */
export function canonicalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

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

/** An address in its shortest form (RFC 5952); what is none stays, in lower case. */
export function canonicalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address.toLowerCase();
}

/**
 * Canonical data of a record, see {@link ZoneRecord.value}.
 *
 * @param type upper case.
 * @param data as a zone file has it, with TXT also without quotes.
 * @param target reads the names in the data; by default they are whole.
 */
export function canonicalData(type: string, data: string, target = canonicalName): string {
  if (type === "TXT") return joinedText(data);
  const words = data.trim().split(/\s+/);
  switch (type) {
    case "A":
    case "AAAA":
      return canonicalAddress(words.join(""));
    case "CNAME":
    case "DNAME":
    case "NS":
    case "PTR":
    case "MX":
    case "SRV":
      return [...words.slice(0, -1).map(Number), target(words.at(-1) ?? "")].join(" ");
    case "SOA":
      return [...words.slice(0, 2).map(target), ...words.slice(2)].join(" ");
    case "CAA": {
      const [, flags = "", tag = "", value = ""] = /^\s*(\S+)\s+(\S+)\s+(.*)$/s.exec(data) ?? [];
      return caaData(Number(flags), tag, joinedText(value));
    }
    default: {
      const before = HEX_AFTER[type];
      if (before === undefined) return words.join(" ");
      return [...words.slice(0, before), words.slice(before).join("").toLowerCase()].join(" ");
    }
  }
}

/** The issuer's name is a host name, so its case says nothing; parameters and URLs keep theirs (RFC 8659 4.2, 4.4). */
function caaData(flags: number, tag: string, value: string): string {
  const [issuer = "", ...parameters] = value.trim().split(";");
  const property = tag.toLowerCase();
  const canonical = ISSUER_TAGS.includes(property) ? [issuer.toLowerCase(), ...parameters].join(";") : value;
  return `${flags} ${property} ${canonical}`;
}

/** Canonical data of a planned record with its slots filled. */
export function canonicalValue(record: RecordData<string>): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return canonicalAddress(record.address);
    case "CNAME":
    case "NS":
      return canonicalName(record.target);
    case "MX":
      return `${record.priority} ${canonicalName(record.exchange)}`;
    case "TXT":
      return record.text;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${canonicalName(record.target)}`;
    case "CAA":
      return caaData(record.flags, record.tag, record.value);
  }
}

/** The time to live of a set: the lowest of its records counts, as it does in a cache (RFC 2181 5.2). */
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
