/** The DNS table as people read it in the outputs. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedRecord, RecordLevel } from "../../stack/model/plan.ts";
import { bind, type SlotValues } from "../bind.ts";

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
    value: rowValue(record, values),
    purpose: record.purpose,
    level: record.level,
  }));
}

function rowValue(record: PlannedRecord, values: SlotValues): pulumi.Input<string> {
  switch (record.type) {
    case "A":
    case "AAAA":
      return bind(record.address, values);
    case "TXT":
      return bind(record.text, values);
    case "CNAME":
    case "NS":
      return record.target;
    case "MX":
      return `${String(record.priority)} ${record.exchange}`;
    case "SRV":
      return [record.priority, record.weight, record.port, record.target].join(" ");
    case "CAA":
      return `${String(record.flags)} ${record.tag} "${record.value}"`;
  }
}
