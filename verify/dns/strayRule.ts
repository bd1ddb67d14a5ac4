/** How a set that nobody declared is judged: by one rule after another. */
import type { ProviderRecord } from "../../stack/dns/zoneRecord.ts";
import type { AuditContext } from "./auditInput.ts";
import type { DesiredSet, Severity } from "./observation.ts";
import { severityOf, worst } from "./severity.ts";

/** A set of the zone that is not declared. */
export interface StraySet {
  readonly name: string;
  readonly type: string;
  /** At least one. */
  readonly records: readonly ProviderRecord[];
}

/** The zone that strays are seen against. */
export interface ZoneSight {
  readonly desired: readonly DesiredSet[];
  readonly desiredAt: ReadonlyMap<string, readonly DesiredSet[]>;
  /** Names that exist in the zone, with those above them. */
  readonly names: ReadonlySet<string>;
  /** Names that hold CAA records. */
  readonly caaNames: ReadonlySet<string>;
  readonly context: AuditContext;
}

/** What a set breaks. */
export interface Break {
  readonly reason: string;
  readonly severity: Severity;
}

/** Says what a set breaks, or nothing. */
export type StrayRule = (stray: StraySet, sight: ZoneSight) => Break | undefined;

/** A break of declared sets, as bad as the worst of them. */
export function breaking(sets: readonly DesiredSet[], reason: string): Break | undefined {
  return sets.length === 0 ? undefined : { reason, severity: worst(sets.map(severityOf)) };
}
