/** TXT records of the plan. */
import type { PlannedRecord, RecordLevel } from "../model/plan.ts";
import type { Template } from "../values/slots.ts";
import type { DnsInput } from "./dnsInput.ts";

/** What is particular to one TXT record. */
export interface TextRow {
  readonly role: string;
  readonly name: string;
  readonly text: Template;
  readonly purpose: string;
  readonly level: RecordLevel;
  readonly after?: readonly string[];
}

/** One TXT record with the configuration's TTL. */
export function textRecord(input: DnsInput, row: TextRow): PlannedRecord {
  return { ...row, type: "TXT", ttlSeconds: input.dns.ttlSeconds };
}
