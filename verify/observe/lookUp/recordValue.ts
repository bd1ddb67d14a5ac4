/** Data of records from the wire, in the canonical form of `ZoneRecord`. Pure. */
import { canonicalData } from "../../../stack/dns/types/recordData.ts";
import { canonicalName } from "../../../stack/values/domainName.ts";
import { quoteText } from "../../../stack/values/characterStrings.ts";
import { typeName, type PacketRecord } from "./message.ts";

/** A record of the Internet class with data: all but the options of the message itself. */
export type DataRecord = Exclude<PacketRecord, { readonly type: "OPT" }>;

/** True for all but the options of the message itself. */
export function isData(record: PacketRecord): record is DataRecord {
  return record.type !== "OPT";
}

/** One text; the wire's cuts into strings of 255 bytes mean nothing. */
function joined(data: string | Buffer | readonly (string | Buffer)[]): string {
  const pieces = Array.isArray(data) ? (data as readonly (string | Buffer)[]) : [data as string | Buffer];
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))).toString("utf8");
}

/** Bytes in the form of RFC 3597 5; data that the library took apart has none and is shown as it is. */
function generic(data: unknown): string {
  if (!Buffer.isBuffer(data)) return JSON.stringify(data);
  return `\\# ${data.length} ${data.toString("hex").toUpperCase()}`.trim();
}

/** The data as a zone file has it. */
function zoneText(record: Exclude<DataRecord, { readonly type: "TXT" }>): string {
  // Types without a case of their own are shown by their bytes.
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check
  switch (record.type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "DNAME":
    case "NS":
    case "PTR":
      return record.data;
    case "MX":
      return `${record.data.preference ?? 0} ${record.data.exchange}`;
    case "SRV": {
      const { priority = 0, weight = 0, port, target } = record.data;
      return `${priority} ${weight} ${port} ${target}`;
    }
    case "CAA":
      return `${record.data.flags ?? 0} ${record.data.tag} ${quoteText(record.data.value)}`;
    case "SOA": {
      const { mname, rname, serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0 } = record.data;
      return `${mname} ${rname} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case "DS": {
      const { keyTag, algorithm, digestType, digest } = record.data;
      return `${keyTag} ${algorithm} ${digestType} ${digest.toString("hex")}`;
    }
    case "DNSKEY":
      return `${record.data.flags} 3 ${record.data.algorithm} ${record.data.key.toString("base64")}`;
    case "TLSA": {
      const { usage, selector, matchingType, certificate } = record.data;
      return `${usage} ${selector} ${matchingType} ${certificate.toString("hex")}`;
    }
    case "SSHFP":
      return `${record.data.algorithm} ${record.data.hash} ${record.data.fingerprint}`;
    default:
      return generic(record.data);
  }
}

/** Canonical data of a record; of a type that has no form here, its bytes. */
export function recordValue(record: DataRecord): string {
  return record.type === "TXT" ? joined(record.data) : canonicalData(record.type, zoneText(record));
}

/** One record set out of a section: data of the name and type, sorted, each once. Absent when there is none. */
export function recordSet(
  records: readonly PacketRecord[],
  name: string,
  type: string,
): { readonly values: readonly string[]; readonly ttlSeconds: number } | undefined {
  const found = records
    .filter(isData)
    .filter((record) => canonicalName(record.name) === name && typeName(record.type) === type);
  if (found.length === 0) return undefined;
  return {
    values: [...new Set(found.map(recordValue))].sort(),
    ttlSeconds: Math.min(...found.map((record) => record.ttl ?? 0)),
  };
}
