/** What an audit is made from, as plain data. */
import type { IgnoreRule } from "../../stack/model/config.ts";
import type { ZoneFacts } from "../../stack/dns/rules/zoneView.ts";
import type { DesiredSet, Observation, ProviderColumn } from "./observation.ts";

export type { IgnoreRule } from "../../stack/model/config.ts";

/** What the servers of one column said about one record set. */
export interface ObservedSet {
  /** Lower-case FQDN without a final dot. */
  readonly name: string;
  readonly type: string;
  readonly observations: readonly Observation[];
}

/** Everything that is compared. A column that is absent was not asked for. */
export interface AuditInput {
  readonly desired: readonly DesiredSet[];
  /** The whole zone as the provider's API lists it. */
  readonly provider?: ProviderColumn;
  /** Of the declared sets. */
  readonly authoritative?: readonly ObservedSet[];
  /** Of the declared sets. */
  readonly resolvers?: readonly ObservedSet[];
  readonly ignore: readonly IgnoreRule[];
  /** What the verdicts depend on beside the records. Without an issuer no CAA record is judged. */
  readonly context: ZoneFacts;
}

/** What is thought of one record set. */
export interface Judgement {
  readonly verdict: "ok" | "changed" | "missing" | "conflict" | "unmanaged" | "provider-owned";
  readonly severity: "critical" | "warning" | "info";
  readonly reason: string;
  readonly fix?: string;
  /** Line that declares what the next write of the set would take from others. */
  readonly keep?: string;
  /** Of a conflict: names of the rules that found it (docs/reference/dns-rules.md). */
  readonly rules?: readonly string[];
}
