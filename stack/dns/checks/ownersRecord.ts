/** One of the owner's records in its place among all. */
import type { PlannedRecord } from "../../plan.ts";

export interface OwnersRecord {
  readonly record: PlannedRecord;
  /** Path of the record in the configuration. */
  readonly path: string;
  /** All records before it, the plan's own first. */
  readonly before: readonly PlannedRecord[];
  readonly all: readonly PlannedRecord[];
}

/** The mail domain is the name of the MX that the plan has. */
export function mailDomainOf(records: readonly PlannedRecord[]): string {
  return records.find(({ role }) => role === "apex-mx")?.name ?? "";
}
