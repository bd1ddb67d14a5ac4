/** The one form that rules read: a record of the plan or of a zone, in canonical text. */
import type { PlannedRecord, RecordLevel } from "../../model/plan.ts";
import type { Template } from "../../values/slots.ts";
import { fill } from "../../values/slots.ts";
import type { ZoneRecord } from "../../model/zoneRecord.ts";

/** A record as rules read it. A `ZoneRecord` or `ProviderRecord` is one as it is. */
export interface JudgedRecord extends ZoneRecord {
  /** A slot stands in the value (as `<name>`): only what is before it is known. */
  readonly unknown?: true;
  readonly role?: string;
  readonly level?: RecordLevel;
  /** The owner's own, from `dns.records`. */
  readonly owners?: true;
  readonly comment?: string;
  readonly proxied?: boolean;
  readonly providerOwned?: true;
}

/** A null target is a lone dot: there is no such service. */
function named(target: string): string {
  return target === "" ? "." : target;
}

function show(text: Template): string {
  return fill(text, (name) => `<${name}>`);
}

function valueOf(record: PlannedRecord): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return show(record.address);
    case "TXT":
      return show(record.text);
    case "CNAME":
    case "NS":
      return record.target;
    case "MX":
      return `${record.priority} ${named(record.exchange)}`;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${named(record.target)}`;
    case "CAA":
      return `${record.flags} ${record.tag} ${record.value}`;
  }
}

function hasSlot(record: PlannedRecord): boolean {
  const text = record.type === "TXT" ? record.text : "address" in record ? record.address : [];
  return text.some((piece) => typeof piece !== "string");
}

/** A planned record, to be judged. */
export function judgedOf(record: PlannedRecord): JudgedRecord {
  const { role, name, type, ttlSeconds, level, purpose } = record;
  const base = { role, name, type, ttlSeconds, level, comment: purpose, value: valueOf(record) };
  return hasSlot(record) ? { ...base, unknown: true } : base;
}

/** Text of a TXT record that is known. */
export function textOf({ type, value, unknown }: JudgedRecord): string | undefined {
  return type === "TXT" && unknown !== true ? value : undefined;
}

const TARGET_AT: Readonly<Record<string, { at: number; key: string }>> = {
  CNAME: { at: 0, key: "target" },
  NS: { at: 0, key: "target" },
  MX: { at: 1, key: "exchange" },
  SRV: { at: 3, key: "target" },
};

/** Name that a record points to (a lone dot for none), and its key in the configuration. */
export function targetOf({ type, value }: JudgedRecord): { key: string; name: string } | undefined {
  const place = TARGET_AT[type];
  const name = place === undefined ? undefined : value.split(" ")[place.at];
  return place === undefined || name === undefined ? undefined : { key: place.key, name };
}

/** How a record is called in a message: by its role, else by what it says. */
export function labelOf({ role, value }: JudgedRecord): string {
  return role ?? value;
}
