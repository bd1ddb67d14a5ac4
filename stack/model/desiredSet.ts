/** A record set as it is declared. */
import type { RecordLevel } from "./plan.ts";
import type { RecordSet } from "./zoneRecord.ts";

/** A declared record set. */
export interface DesiredSet extends RecordSet {
  /** Roles of the planned records in it. */
  readonly roles: readonly string[];
  /** The highest level of its records. */
  readonly level: RecordLevel;
  /** A value is known only after the first `up`: it is compared by name and type alone. */
  readonly valuesUnknown?: true;
  /** How each of these values begins: a value that begins so may be ours, and any other is not. Empty where it may be any. */
  readonly unknownPrefixes?: readonly string[];
}
