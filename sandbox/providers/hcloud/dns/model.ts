/** The parts of Hetzner's DNS objects that the stand-in reads, and paths to them. */
import { isMap, isList } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";

/** A name server that a secondary zone is fetched from. */
export interface PrimaryNameServer {
  readonly address: string;
  readonly port?: number;
  readonly tsig_algorithm?: string;
  readonly tsig_key?: string;
}

/** A zone. */
export interface Zone {
  readonly id: number;
  readonly name: string;
  readonly mode: string;
  readonly ttl: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly registrar: string;
  readonly protection: { readonly delete: boolean };
  readonly primary_nameservers?: readonly PrimaryNameServer[];
  readonly authoritative_nameservers: { readonly assigned: readonly string[] };
}

/** A record. */
export interface ZoneRecord {
  readonly value: string;
  readonly comment?: string;
}

/** A record set; `id` is `NAME/TYPE`. */
export interface Rrset {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly ttl: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly protection: { readonly change: boolean };
  readonly records: readonly ZoneRecord[];
}

/** A step of a path as Go escapes it: `@` stays. */
export function step(text: string): string {
  return encodeURIComponent(text).replaceAll("%40", "@");
}

/** `/zones/example.com/rrsets/@/MX` of a zone's name or number and the id of a set. */
export function rrsetPath(zone: string, id: string): string {
  return `/zones/${step(zone)}/rrsets/${id.split("/").map(step).join("/")}`;
}

/** Records of a property as the API takes them. */
export function recordsOf(value: Value | undefined): ZoneRecord[] {
  const items = isList(value) ? value.filter(isMap) : [];
  return items.map(({ value: text, comment }) => ({
    value: typeof text === "string" ? text : "",
    ...(typeof comment === "string" && comment !== "" ? { comment } : {}),
  }));
}

/** Records as outputs have them. The serial of a SOA counts by itself and is shown as 0. */
export function recordOutputs({ type, records }: Rrset): { value: string; comment?: string }[] {
  return records.map(({ value, comment = "" }) => ({
    value: type === "SOA" ? value.replace(/^(\S+ \S+) \S+/, "$1 0") : value,
    ...(comment === "" ? {} : { comment }),
  }));
}

/** Outputs that resources and look-ups of zones share. */
export function zoneOutputs(zone: Zone): Properties {
  const { name, mode, ttl, labels, registrar } = zone;
  const servers = (zone.primary_nameservers ?? []).map((server) => ({
    address: server.address,
    port: server.port ?? 53,
    ...(server.tsig_algorithm === undefined ? {} : { tsigAlgorithm: server.tsig_algorithm }),
    ...(server.tsig_key === undefined ? {} : { tsigKey: server.tsig_key }),
  }));
  return {
    ...{ name, mode, ttl, labels, registrar },
    deleteProtection: zone.protection.delete,
    primaryNameservers: servers,
    authoritativeNameservers: { assigneds: zone.authoritative_nameservers.assigned },
  };
}

/** Outputs that resources and look-ups of record sets share. */
export function rrsetOutputs(zone: string, rrset: Rrset): Properties {
  const { id, name, type, ttl, labels } = rrset;
  return {
    ...{ id, zone, name, type, labels },
    ttl: ttl ?? undefined,
    changeProtection: rrset.protection.change,
    records: recordOutputs(rrset),
  };
}
