/** A record set as it is declared. */
import type { RecordLevel } from "./plan.ts";
import type { RecordSet } from "./zoneRecord.ts";

/** A declared record set. */
export interface DesiredSet extends RecordSet {
  /** Roles of the planned records in it. */
  readonly roles: readonly string[];
  /** The highest level of its records. */
  readonly level: RecordLevel;
  /** A value is known only after the first `up`: compared by name and type alone. */
  readonly valuesUnknown?: true;
}
