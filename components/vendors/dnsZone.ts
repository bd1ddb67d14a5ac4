/** What a provider's file has to offer of a zone. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import type { SlotValues } from "../bind.ts";

/** Records that one resource holds. */
export type RecordGroup = readonly [PlannedRecord, ...PlannedRecord[]];

/** A zone at a provider. Its wire form of records lives in its own file and nowhere else. */
export interface DnsZone {
  /** Which records are one resource: each alone, or all of one name and type where the provider keeps sets. */
  together(records: readonly PlannedRecord[]): readonly RecordGroup[];
  /** Declares one resource, named by the role of its record, or by name and type of its set. */
  declare(group: RecordGroup, values: SlotValues, opts: pulumi.CustomResourceOptions): pulumi.CustomResource;
}
