/**
 * Hetzner's form of DNS records: sets of one name and type, with data as in a zone file.
 *
 * Names are relative with `@` for the zone; a target without a final dot is relative to the zone, and served so; TXT is
 * quoted in strings of 255 bytes; a TTL of `null` is that of the zone.
 *
 * @see https://docs.hetzner.cloud/reference/cloud#zone-rrsets
 * @see https://docs.hetzner.com/networking/dns/record-types/overview/
 */
import { nameInZone, relativeName } from "../../dns/canonical.ts";
import { canonicalData, zoneFileData } from "../../dns/types/recordData.ts";
import { quoteText } from "../../values/characterStrings.ts";
import type { ProviderRecord, ZoneRecord } from "../../model/zoneRecord.ts";
import type { DnsForm, ZoneIdentity } from "../dnsForm.ts";
import { isOwnedByAnyProvider } from "../rowData.ts";

/** An element of `rrsets` of `GET /zones/{id_or_name}/rrsets`, as far as it says something. */
export interface HetznerRow {
  /** `NAME/TYPE`. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Seconds; `null` is the zone's. */
  readonly ttl: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly protection: { readonly change: boolean };
  /** In any order, each value once. */
  readonly records: readonly { readonly value: string; readonly comment?: string }[];
  readonly zone: number;
}

/** Data as the API takes it: that of a zone file, every target whole, in texts any character. */
export function hetznerValue(type: string, value: string): string {
  return zoneFileData(type, value, quoteText);
}

function writeSet(set: readonly [ZoneRecord, ...ZoneRecord[]], zone: ZoneIdentity): HetznerRow {
  const [{ name, type, ttlSeconds }] = set;
  const relative = relativeName(name, zone.name);
  return {
    id: `${relative}/${type}`,
    name: relative,
    type,
    ttl: ttlSeconds === "auto" ? null : ttlSeconds,
    labels: {},
    protection: { change: false },
    records: set.map(({ value }) => ({ value: hetznerValue(type, value) })),
    zone: Number(zone.id) || 1,
  };
}

function readSet(row: HetznerRow, zone: ZoneIdentity): ProviderRecord[] {
  const type = row.type.toUpperCase();
  const name = nameInZone(row.name, zone.name);
  const owned = isOwnedByAnyProvider(type, name, zone);
  return row.records.map(({ value, comment }) => ({
    name,
    type,
    ttlSeconds: row.ttl ?? "auto",
    value: canonicalData(type, value, (text) => (text === "." ? text : nameInZone(text, zone.name))),
    importId: `${zone.name}/${row.name}/${type}`,
    ...(comment === undefined || comment === "" ? {} : { comment }),
    ...(owned ? { providerOwned: true as const } : {}),
  }));
}

/** Hetzner. Records of one set share its TTL (that of the first written) and its import id. */
export const hetznerForm: DnsForm<HetznerRow> = {
  provider: "hetzner",
  write: (records, zone) =>
    Array.from(Map.groupBy(records, ({ name, type }) => `${name} ${type}`).values(), (set) =>
      writeSet(set as [ZoneRecord, ...ZoneRecord[]], zone),
    ),
  read: (rows, zone) => rows.flatMap((row) => readSet(row, zone)),
};
