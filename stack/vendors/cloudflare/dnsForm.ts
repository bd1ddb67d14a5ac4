/**
 * Cloudflare's form of DNS records.
 *
 * Names are whole, a TTL of 1 means automatic, MX and SRV have their priority at top level (SRV in `data`
 * too), SRV, CAA and TLSA go by `data`. TXT is quoted; older records may be answered without quotes, as they were sent.
 *
 * @see https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { recordName } from "../../dns/canonical.ts";
import { CAA } from "../../dns/types/caa.ts";
import { MX } from "../../dns/types/mx.ts";
import { canonicalData, numberKeys } from "../../dns/types/recordData.ts";
import { SRV } from "../../dns/types/srv.ts";
import { TLSA } from "../../dns/types/tlsa.ts";
import { quoteText } from "../../values/characterStrings.ts";
import type { ProviderRecord, ZoneRecord } from "../../model/zoneRecord.ts";
import type { DnsForm, ZoneIdentity } from "../dnsForm.ts";
import { isOwnedByAnyProvider, withNumbers } from "../rowData.ts";

/** An element of `result` of `GET /zones/{zone_id}/dns_records`, as far as it says something. */
export interface CloudflareRow {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Data in words; of SRV without the priority. */
  readonly content: string;
  /** 1 is automatic. */
  readonly ttl: number;
  readonly proxied?: boolean;
  readonly proxiable?: boolean;
  /** Of MX and SRV. */
  readonly priority?: number;
  /** Of SRV, CAA and other types with fields. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly comment?: string | null;
  readonly meta?: {
    readonly auto_added?: boolean;
    /** Made by Email Routing. */
    readonly email_routing?: boolean;
    /** Changed by Cloudflare alone. */
    readonly read_only?: boolean;
  };
}

/** Types that can be proxied. */
const PROXIABLE = ["A", "AAAA", "CNAME"];

function writeFields(record: ZoneRecord): Pick<CloudflareRow, "content" | "data" | "priority"> {
  switch (record.type) {
    case "TXT":
      return { content: quoteText(record.value) };
    case "MX": {
      const { priority, exchange } = MX.parse(record.value);
      return { content: exchange, priority };
    }
    case "SRV": {
      const data = SRV.parse(record.value);
      return { content: `${data.weight} ${data.port} ${data.target}`, data, priority: data.priority };
    }
    case "CAA": {
      const data = CAA.parse(record.value);
      return { content: CAA.inZoneFile(record.value, quoteText), data };
    }
    case "TLSA": {
      const { usage, selector, matchingType, data } = TLSA.parse(record.value);
      return {
        content: record.value,
        data: { usage, selector, matching_type: matchingType, certificate: data },
      };
    }
    default:
      return { content: record.value };
  }
}

/** `data` wins over `content` and the top level, as it does at the provider. */
function zoneFileData(type: string, row: CloudflareRow): string {
  const data = row.data ?? {};
  if (numberKeys(type).length > 0) {
    const target = data["target"];
    const numbers = { ...(row.priority === undefined ? {} : { priority: row.priority }), ...data };
    return withNumbers(type, typeof target === "string" ? target : row.content, numbers);
  }
  if (type === "CAA" && "tag" in data) {
    const { flags, tag, value } = data;
    return `${String(flags)} ${String(tag)} ${quoteText(String(value))}`;
  }
  if (type === "TLSA" && "certificate" in data)
    return [data["usage"], data["selector"], data["matching_type"], data["certificate"]].join(" ");
  return row.content;
}

function readRow(row: CloudflareRow, zone: ZoneIdentity): ProviderRecord {
  const type = row.type.toUpperCase();
  const name = recordName(row.name, zone.name);
  const { email_routing: routed, read_only: readOnly } = row.meta ?? {};
  const owned = routed === true || readOnly === true || isOwnedByAnyProvider(type, name, zone);
  return {
    name,
    type,
    ttlSeconds: row.ttl === 1 ? "auto" : row.ttl,
    value: canonicalData(type, zoneFileData(type, row)),
    importId: `${zone.id}/${row.id}`,
    ...(row.proxied === true ? { proxied: true } : {}),
    ...(row.comment == null || row.comment === "" ? {} : { comment: row.comment }),
    ...(owned ? { providerOwned: true as const } : {}),
    ...(routed === true ? { madeBy: "Email Routing" } : {}),
    ...(routed !== true && readOnly === true ? { madeBy: "the product that made it" } : {}),
  };
}

/** Cloudflare. */
export const cloudflareForm: DnsForm<CloudflareRow> = {
  provider: "cloudflare",
  write: (records) =>
    records.map((record, index) => ({
      id: (index + 1).toString(16).padStart(32, "0"),
      name: record.name,
      type: record.type,
      ttl: record.ttlSeconds === "auto" ? 1 : record.ttlSeconds,
      proxied: false,
      proxiable: PROXIABLE.includes(record.type),
      comment: null,
      ...writeFields(record),
    })),
  read: (rows, zone) => rows.map((row) => readRow(row, zone)),
};
