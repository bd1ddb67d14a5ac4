/** The DNS table as people read it in the outputs. */
import type * as pulumi from "@pulumi/pulumi";
import { tableData } from "../../stack/dns/types/recordData.ts";
import type { PlannedRecord, RecordLevel } from "../../stack/model/plan.ts";
import type { SlotValues } from "../bind.ts";
import { boundValue } from "./boundValue.ts";

export interface RecordRow {
  readonly name: string;
  readonly type: PlannedRecord["type"];
  /** Data as zone files have it, without final dots and quotes. */
  readonly value: pulumi.Input<string>;
  readonly purpose: string;
  readonly level: RecordLevel;
}

/** One row a record, in the plan's order. */
export function recordTable(records: readonly PlannedRecord[], values: SlotValues): RecordRow[] {
  return records.map((record) => ({
    name: record.name,
    type: record.type,
    value: boundValue(record, values, (value) => tableData(record.type, value)),
    purpose: record.purpose,
    level: record.level,
  }));
}
