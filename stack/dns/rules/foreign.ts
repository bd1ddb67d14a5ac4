/** Records of others in a zone, as rules see them, and what they find. */
import { orderFields } from "../types/recordData.ts";
import type { DesiredSet } from "../../model/desiredSet.ts";
import { listed } from "../../values/sentence.ts";
import { deriveSeverity, worst, type Severity } from "./severity.ts";
import type { ProviderRecord } from "../../model/zoneRecord.ts";
import type { ZoneFacts, ZoneView } from "./zoneView.ts";

/** A set of the zone that is not declared. */
export interface UnmanagedSet {
  readonly name: string;
  readonly type: string;
  /** At least one. */
  readonly records: readonly ProviderRecord[];
}

/** The zone as it is, and what is declared in it. */
export interface ZoneSight {
  readonly desired: readonly DesiredSet[];
  readonly desiredAt: ReadonlyMap<string, readonly DesiredSet[]>;
  /** Names that hold CAA records. */
  readonly caaNames: ReadonlySet<string>;
  readonly zone: ZoneView;
  readonly facts: ZoneFacts;
}

/** What a set breaks. */
export interface Break {
  readonly reason: string;
  readonly severity: Severity;
}

/** Values of others in a declared set. */
export interface SharedSet {
  readonly desired: DesiredSet;
  /** All values that one side has of the set. */
  readonly values: readonly string[];
  /** Those that are not declared. */
  readonly foreign: readonly string[];
  /** Declared ones that are not there. */
  readonly missing: readonly string[];
  /** Of CAA, with the certificate's names that this set counts for alone. */
  readonly facts: ZoneFacts;
}

/** Values that break a declared set in one way. */
export interface Harm {
  /** At least one. */
  readonly values: readonly string[];
  /** They, and what they do: one clause. */
  readonly reason: string;
}

/** @param does what the values do, as the rest of a clause after them */
export function harm(values: readonly string[], does: string): Harm[] {
  return values.length === 0 ? [] : [{ values, reason: `${listed(values)} ${does}` }];
}

/** A break of declared sets, as bad as the worst of them. */
export function breaking(sets: readonly DesiredSet[], reason: string): Break | undefined {
  return sets.length === 0 ? undefined : { reason, severity: worst(sets.map(deriveSeverity)) };
}

/** A break that mail survives for a while, or in part. */
export function warning(reason: string): Break {
  return { reason, severity: "warning" };
}

/** Whether a value leads where all that is declared leads, at another place in their order; "." leads nowhere. */
export function isEcho(value: string, { type, values }: Pick<DesiredSet, "type" | "values">): boolean {
  const words = orderFields(type);
  if (words === undefined || value.endsWith(" .") || values.length === 0) return false;
  const goal = (one: string): string => one.split(" ").slice(words).join(" ");
  return values.every((one) => goal(one) === goal(value));
}

/**
 * Values of others that stand beside the declared ones of a type. One that stands in the place of a missing one is a
 * change of it, and one that leads to the same host harms nothing.
 */
export function besideDeclared(does: string, types: readonly string[]): (set: SharedSet) => readonly Harm[] {
  return ({ desired, foreign, missing }) => {
    if (!types.includes(desired.type) || foreign.length <= missing.length) return [];
    return harm(
      foreign.filter((value) => !isEcho(value, desired)),
      does,
    );
  };
}
