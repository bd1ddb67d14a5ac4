/** The owner's own records, as planned ones. */
import type { ExtraRecord } from "../model/config.ts";
import type { PlannedRecord } from "../model/plan.ts";
import { lateFields } from "./types/recordData.ts";

/** Plans one record of the configuration. */
export function extraRecord(record: ExtraRecord, ttlSeconds: number | "auto"): PlannedRecord {
  return { ...record, ttlSeconds: record.ttlSeconds ?? ttlSeconds, ...lateFields(record) } as PlannedRecord;
}
