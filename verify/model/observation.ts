/** What an audit of DNS sees and says, as plain data: the same for the command, the preview and the report. */
import type { DesiredSet } from "../../stack/model/desiredSet.ts";
import type { Severity } from "../../stack/dns/rules/severity.ts";
import type { ProviderRecord } from "../../stack/model/zoneRecord.ts";

export type { DesiredSet } from "../../stack/model/desiredSet.ts";
export type { Severity } from "../../stack/dns/rules/severity.ts";

/** One answer about one record set. What is no answer is told apart, since each has another cause. */
export type Answer =
  /** Where an alias or a zone cut stands in the set's place, it is the value with its type: `CNAME target`, `NS server`. */
  | { readonly state: "answer"; readonly values: readonly string[]; readonly ttlSeconds: number }
  /** The name does not exist (`nxdomain`), or has no such type (`empty`); cached for so long (RFC 2308). */
  | { readonly state: "nxdomain" | "empty"; readonly negativeTtlSeconds?: number }
  | { readonly state: "servfail" | "refused" | "timeout" }
  /** The server does not know the zone, or answers without authority (lame delegation). */
  | { readonly state: "lame" };

/** Whether a server had a word on the set, be it that there is none. All else says nothing of the zone's content. */
export function hasSpoken({ state }: Answer): boolean {
  return state === "answer" || state === "nxdomain" || state === "empty";
}

/** Seconds for which who gave this answer goes on giving it: what is left of its TTL, or of the remembered absence. */
export function cachedSeconds(answer: Answer): number | undefined {
  if (answer.state === "answer") return answer.ttlSeconds;
  return "negativeTtlSeconds" in answer ? answer.negativeTtlSeconds : undefined;
}

/** One server's answer. */
export interface Observation {
  /** Name and address of the server: `ns1.example.net (192.0.2.53)`. */
  readonly server: string;
  readonly answer: Answer;
}

/** What the provider's API says of one record set. `undefined` in a row: the column was not asked for. */
export type ProviderColumn =
  | { readonly state: "listed"; readonly records: readonly ProviderRecord[] }
  | { readonly state: "unreachable"; readonly reason: string; readonly fix?: string };

export type Verdict =
  | "ok"
  | "changed"
  | "missing"
  /** An unmanaged record that breaks a declared set: a second SPF, a CNAME beside, a wildcard that catches. */
  | "conflict"
  | "unmanaged"
  | "provider-owned"
  | "ignored"
  | "propagating"
  | "unreachable";

/** One record set in all columns, with its verdict. */
export interface AuditRow {
  readonly name: string;
  readonly type: string;
  readonly desired?: DesiredSet;
  readonly provider?: ProviderColumn;
  readonly authoritative?: readonly Observation[];
  readonly resolvers?: readonly Observation[];
  readonly verdict: Verdict;
  readonly severity: Severity;
  /** Why this verdict, one sentence. */
  readonly reason: string;
  /** The one line that fixes it; absent where there is nothing to do. */
  readonly fix?: string;
  /** Line that declares values of others in the set, or removes those that harm, where its next write would take them away. */
  readonly keep?: string;
  /** Names of the rules of the book that found what is told (docs/reference/dns-rules.md). */
  readonly rules?: readonly string[];
  /** Rules that hid it, with verdict `ignored`; with any other, rules that hid values in it. */
  readonly ignoredBy?: readonly string[];
}

/** What a check came to. All that is not in order ends with one line: what fixes it, or asks again. */
export type CheckResult = { readonly severity: Severity; readonly seen: string } & (
  | { readonly state: "ok"; readonly fix?: never }
  | { readonly state: "bad" | "unknown" | "propagating"; readonly fix: string }
);

/** A look at the world round the zone: reverse names, delegation, DNSSEC, serials. */
export type AuditCheck = CheckResult & {
  /** `reverse-v4`, `helo`, `delegation`, `dnssec`, `serials`, `ignore-rule`, … */
  readonly check: string;
  readonly subject: string;
  /** About the configuration alone, where the DNS is as good as without it: it fails no audit and stops no preview. */
  readonly advice?: true;
};

/** One whole audit. */
export interface Audit {
  readonly domain: string;
  readonly zone: string;
  /** Columns that were asked. */
  readonly columns: readonly ("api" | "authoritative" | "resolvers")[];
  /** Worst first. */
  readonly rows: readonly AuditRow[];
  readonly checks: readonly AuditCheck[];
}

/** Name and type in one, as people write it: `A example.com`. */
export function describeSet({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${type} ${name}`;
}
