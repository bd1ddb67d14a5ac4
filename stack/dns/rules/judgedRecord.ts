/** The one form that rules read: a record of the plan or of a zone, in canonical text. */
import type { PlannedRecord, RecordLevel } from "../../model/plan.ts";
import { fill, findSlots } from "../../values/slots.ts";
import { valueTemplate } from "../types/recordData.ts";
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

/** A planned record, to be judged. */
export function toJudged(record: PlannedRecord): JudgedRecord {
  const { role, name, type, ttlSeconds, level, purpose } = record;
  const template = valueTemplate(record);
  const value = fill(template, (slot) => `<${slot}>`);
  const base = { role, name, type, ttlSeconds, level, comment: purpose, value };
  return findSlots(template).length > 0 ? { ...base, unknown: true } : base;
}

/** Text of a TXT record that is known. */
export function readText({ type, value, unknown }: JudgedRecord): string | undefined {
  return type === "TXT" && unknown !== true ? value : undefined;
}

/** How a record is called in a message: by its role, else by what it says. */
export function nameRecord({ role, value }: JudgedRecord): string {
  return role ?? value;
}
