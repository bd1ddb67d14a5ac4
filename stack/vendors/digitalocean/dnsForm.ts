/**
 * DigitalOcean's form of DNS records.
 *
 * Names are relative with `@` for the domain, targets are whole, answered without their final dot and as `@` where
 * they are the domain; a TXT is one text without quotes; every number has a field of its own.
 *
 * @see https://docs.digitalocean.com/reference/api/reference/domain-records/
 */
import { nameInZone, relativeName } from "../../dns/canonical.ts";
import { CAA } from "../../dns/types/caa.ts";
import { MX } from "../../dns/types/mx.ts";
import { canonicalData, numberKeys } from "../../dns/types/recordData.ts";
import { SRV } from "../../dns/types/srv.ts";
import { isQuoted, quoteText } from "../../values/characterStrings.ts";
import { canonicalName } from "../../values/domainName.ts";
import type { ProviderRecord, ZoneRecord } from "../../model/zoneRecord.ts";
import type { DnsForm, ZoneIdentity } from "../dnsForm.ts";
import { isOwnedByAnyProvider, withNumbers } from "../rowData.ts";

/** An element of `domain_records` of `GET /v2/domains/{domain_name}/records`. */
export interface DigitaloceanRow {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly data: string;
  /** Of MX and SRV. */
  readonly priority?: number | null;
  /** Of SRV. */
  readonly port?: number | null;
  readonly ttl: number;
  /** Of SRV. */
  readonly weight?: number | null;
  /** Of CAA. */
  readonly flags?: number | null;
  /** Of CAA. */
  readonly tag?: string | null;
}

/** Seconds that a record lives which was made without a TTL: there is no automatic one here. */
export const DIGITALOCEAN_TTL = 1800;

const NO_FIELDS = { priority: null, port: null, weight: null, flags: null, tag: null } as const;

function target(name: string, zone: ZoneIdentity): string {
  return name === zone.name ? "@" : name;
}

type Fields = Omit<DigitaloceanRow, "id" | "type" | "name" | "ttl">;

function writeFields(record: ZoneRecord, zone: ZoneIdentity): Fields {
  switch (record.type) {
    case "CNAME":
    case "NS":
      return { data: target(record.value, zone) };
    case "MX": {
      const { priority, exchange } = MX.parse(record.value);
      return { data: target(exchange, zone), priority };
    }
    case "SRV": {
      const { target: host, ...numbers } = SRV.parse(record.value);
      return { data: target(host, zone), ...numbers };
    }
    case "CAA": {
      const { value, ...rest } = CAA.parse(record.value);
      return { data: value, ...rest };
    }
    case "TXT":
      // A text that is itself in quotes would be read without them.
      return { data: isQuoted(record.value) ? quoteText(record.value) : record.value };
    default:
      return { data: record.value };
  }
}

function zoneFileData(type: string, row: DigitaloceanRow): string {
  if (numberKeys(type).length > 0) return withNumbers(type, row.data, { ...row });
  if (type !== "CAA") return row.data;
  // Issuers are sent with a final dot, which is no part of the value.
  const value = row.tag?.toLowerCase() === "iodef" ? row.data : row.data.replace(/\.$/, "");
  return `${row.flags ?? 0} ${row.tag ?? ""} ${value}`;
}

function readRow(row: DigitaloceanRow, zone: ZoneIdentity): ProviderRecord {
  const type = row.type.toUpperCase();
  // Relative but for a final dot: a name that repeats the zone is one below it, as whoever typed it whole has it.
  const name = nameInZone(row.name, zone.name);
  const whole = (text: string): string => (text === "@" ? zone.name : canonicalName(text));
  return {
    name,
    type,
    ttlSeconds: row.ttl,
    value: canonicalData(type, zoneFileData(type, row), whole),
    importId: `${zone.name},${row.id}`,
    ...(isOwnedByAnyProvider(type, name, zone) ? { providerOwned: true as const } : {}),
  };
}

/** DigitalOcean. As it has no automatic TTL, `write` gives such a record {@link DIGITALOCEAN_TTL}. */
export const digitaloceanForm: DnsForm<DigitaloceanRow> = {
  provider: "digitalocean",
  write: (records, zone) =>
    records.map((record, index) => ({
      id: index + 1,
      type: record.type,
      name: relativeName(record.name, zone.name),
      ttl: record.ttlSeconds === "auto" ? DIGITALOCEAN_TTL : record.ttlSeconds,
      ...NO_FIELDS,
      ...writeFields(record, zone),
    })),
  read: (rows, zone) => rows.map((row) => readRow(row, zone)),
};
