/** Compares a declared set with the values that one side has. */
import type { SharedSet } from "../../../stack/dns/rules/foreign.ts";
import { isEcho } from "../../../stack/dns/rules/foreign.ts";
import { forbiddenByCaa } from "../../../stack/dns/rules/caaSets.ts";
import { dropsInSet, harmsInSet } from "../../../stack/dns/rules/judgeForeign.ts";
import { findReplaced } from "../../../stack/dns/rules/wholeSets.ts";
import { keepsSets } from "../../../stack/vendors/recordResources.ts";
import { listed, pluralize } from "../../../stack/values/sentence.ts";
import { samePolicy } from "../../../stack/dns/policies/samePolicy.ts";
import { deriveSeverity, worst } from "../../../stack/dns/rules/severity.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import type { Judgement } from "../../model/auditInput.ts";
import { nameRoles, writeKeepLine, type RoleFor } from "../fixes/entries.ts";
import { REPAIR, writeIgnoreLine, writeRemoveLine, writeTakeAway } from "../fixes/fixes.ts";
import type { DesiredSet, Severity } from "../../model/observation.ts";
import { DNS_PROVIDERS } from "../../../stack/vendors/registry.ts";

/** What one side has of a set. */
export interface ActualSet {
  readonly values: readonly string[];
  /** Each that a declared value is met with; none where a TTL says nothing, as at a resolver. */
  readonly ttls: readonly (number | "auto")[];
  readonly proxied: boolean;
  /** Product of the provider that made a value, by value. */
  readonly madeBy?: ReadonlyMap<string, string>;
}

interface Comparison extends SharedSet {
  readonly actual: ActualSet;
  readonly role: RoleFor;
}

/** What it does to mail. Renewals fail under a CAA set that forbids the certificate, however little it is needed else. */
function chooseSeverity({ desired, actual, facts }: Comparison): Severity {
  const severity = deriveSeverity(desired);
  const forbids = desired.type === "CAA" && forbiddenByCaa(actual.values, facts) !== undefined;
  return forbids ? worst([severity, "warning"]) : severity;
}

/** Whether the provider answers the declared TTL so. */
export function isSameTtl(
  desired: number | "auto",
  actual: number | "auto",
  { provider }: Pick<ZoneFacts, "provider">,
): boolean {
  const chosen = (provider && DNS_PROVIDERS[provider].automaticTtl.answered) ?? "auto";
  return (desired === "auto" ? chosen : desired) === (actual === "auto" ? chosen : actual);
}

/** Values of the set as records. */
function listRecords({ desired, actual }: Comparison, values: readonly string[]) {
  const { name, type } = desired;
  return values.map((value) => {
    const madeBy = actual.madeBy?.get(value);
    return { name, type, ttlSeconds: "auto" as const, value, ...(madeBy !== undefined && { madeBy }) };
  });
}

function judgeConflict(comparison: Comparison): Judgement | undefined {
  const { actual, facts } = comparison;
  const severity = chooseSeverity(comparison);
  if (actual.proxied) {
    const reason = "the provider answers with its own addresses (proxied), which pass no mail";
    return { verdict: "conflict", severity, reason, fix: REPAIR, rules: ["proxied-mail-host"] };
  }
  const harms = harmsInSet(comparison);
  if (harms.length === 0) return undefined;
  const values = harms.flatMap((one) => one.values);
  const fix = writeTakeAway(listRecords(comparison, values), facts);
  const reason = harms.map((one) => one.reason).join("; ");
  // Where a write of the set drops them anyway, each line that makes one says so.
  const keep = keepsSets(facts.provider) ? { keep: fix } : {};
  return { verdict: "conflict", severity, reason, fix, ...keep, rules: harms.map(({ rule }) => rule) };
}

/** How what stands there means the same, where it does: no mail is lost by it. */
function describeSameMeaning(
  { desired, missing }: Comparison,
  instead: readonly string[],
): string | undefined {
  const { name, type } = desired;
  const [first] = instead;
  if (missing.length === 1 && instead.length === 1 && first !== undefined && isEcho(first, desired))
    return "the same host, at another place in the order";
  const respelt = (one: string): boolean => instead.some((other) => samePolicy(name, one, other));
  return type === "TXT" && missing.every(respelt) ? "the same in another spelling" : undefined;
}

function judgeDrift(comparison: Comparison): Judgement | undefined {
  const { desired, missing, actual, facts } = comparison;
  const severity = chooseSeverity(comparison);
  if (actual.values.length === 0) {
    const reason = `${desired.type} is declared and not there`;
    return { verdict: "missing", severity, reason, fix: REPAIR };
  }
  const instead = findReplaced(comparison);
  if (instead.length > 0) {
    const same = describeSameMeaning(comparison, instead);
    const how = same === undefined ? "" : `: ${same}`;
    const reason = `${listed(instead)} stands where ${listed(missing)} is declared${how}`;
    return { verdict: "changed", severity: same === undefined ? severity : "info", reason, fix: REPAIR };
  }
  if (missing.length > 0) {
    const reason = `${pluralize(missing.length, "declared value")} of ${desired.values.length} not there: ${listed(missing)}`;
    return { verdict: "missing", severity, reason, fix: REPAIR };
  }
  const ttl = actual.ttls.find((seconds) => !isSameTtl(desired.ttlSeconds, seconds, facts));
  if (ttl === undefined) return undefined;
  const reason = `the TTL is ${ttl}, declared is ${desired.ttlSeconds}`;
  return { verdict: "changed", severity: "info", reason, fix: REPAIR };
}

/** What the fix itself, and every other write of the set, would take away: it is declared first. */
function judgeDrops(comparison: Comparison, bad: Judgement | undefined): Judgement | undefined {
  const { facts, role } = comparison;
  const drops = dropsInSet(comparison);
  if (drops.length === 0) return bad;
  const reason = drops.map((one) => one.reason).join("; ");
  const kept = listRecords(
    comparison,
    drops.flatMap(({ values }) => values),
  );
  const keep = writeKeepLine(kept, role) ?? writeRemoveLine(kept, facts);
  const rules = drops.map(({ rule }) => rule);
  if (bad === undefined) return { verdict: "unmanaged", severity: "warning", reason, fix: keep, keep, rules };
  return {
    ...bad,
    severity: worst([bad.severity, "warning"]),
    reason: `${bad.reason}; ${reason}`,
    fix: `${keep}, then ${bad.fix ?? REPAIR}`,
    keep: bad.keep === undefined ? keep : `${keep}, and ${bad.keep}`,
    rules: [...(bad.rules ?? []), ...rules],
  };
}

/** What else stands in a set that is as declared. */
function judgeSettled({ desired, foreign, facts }: Comparison, unknown: boolean): Judgement {
  if (foreign.length === 0) {
    const reason = unknown ? "there; its value is known after the first `pulumi up`" : "as declared";
    return { verdict: "ok", severity: "info", reason };
  }
  const { name, type, ttlSeconds } = desired;
  const reason = `as declared; beside it ${listed(foreign)}, which is not ours and harms nothing`;
  const records = foreign.map((value) => ({ name, type, ttlSeconds, value }));
  const fix = writeIgnoreLine(records, facts, true);
  return { verdict: "unmanaged", severity: "info", reason, fix };
}

/**
 * The verdict on a declared set, from what one side has of it.
 *
 * @param role gives roles to entries that keep what others have in the set.
 */
export function compareSet(
  desired: DesiredSet,
  actual: ActualSet,
  context: ZoneFacts,
  role: RoleFor = nameRoles(desired.roles),
): Judgement {
  const unknown = desired.valuesUnknown === true && actual.values.length > 0;
  const missing = unknown ? [] : desired.values.filter((value) => !actual.values.includes(value));
  const mayBeOurs = (value: string): boolean =>
    desired.values.includes(value) ||
    (unknown && (desired.unknownPrefixes ?? [""]).some((prefix) => value.startsWith(prefix)));
  const foreign = actual.values.filter((value) => !mayBeOurs(value));
  const comparison: Comparison = {
    desired,
    facts: context,
    missing,
    foreign,
    values: actual.values,
    actual: unknown ? { ...actual, ttls: [] } : actual,
    role,
  };
  const bad = judgeConflict(comparison) ?? judgeDrift(comparison);
  return judgeDrops(comparison, bad) ?? judgeSettled(comparison, unknown);
}
