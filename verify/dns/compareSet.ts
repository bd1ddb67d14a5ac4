/** Compares a declared set with the values that one side has. */
import { DIGITALOCEAN_TTL } from "../../stack/dns/providers/digitalocean.ts";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import type { AuditContext, Judgement } from "./auditInput.ts";
import { declaredCaaHarm } from "./caa.ts";
import { REPAIR, ignoreLine, removeLines } from "./fixes.ts";
import type { DesiredSet } from "./observation.ts";
import { severityOf } from "./severity.ts";
import { textKind } from "./textKinds.ts";
import { count, listed } from "./words.ts";

/** What one side has of a set. */
export interface ActualSet {
  readonly values: readonly string[];
  /** Each that a declared value is met with; none where a TTL says nothing, as at a resolver. */
  readonly ttls: readonly (number | "auto")[];
  readonly proxied: boolean;
}

interface Comparison {
  readonly desired: DesiredSet;
  readonly context: AuditContext;
  readonly missing: readonly string[];
  readonly foreign: readonly string[];
  readonly actual: ActualSet;
}

const SECOND: Readonly<Record<string, string>> = {
  A: "an address that is not the server's: connections go astray",
  AAAA: "an address that is not the server's: connections go astray",
  MX: "a mail host that is not ours: mail goes there too",
  NS: "a name server that is not declared",
  SRV: "a host that is not ours: mail programs go there too",
};

/** Foreign values that break a set in one way. */
export interface Harm {
  /** At least one. */
  readonly values: readonly string[];
  /** They, and what they do: one clause. */
  readonly reason: string;
}

function harm(values: readonly string[], what: string): Harm[] {
  return values.length === 0 ? [] : [{ values, reason: `${listed(values)} is ${what}` }];
}

/** Texts of which a name may have only so many: one harm a kind. */
function textHarms({ desired, foreign, actual }: Comparison): Harm[] {
  const { name } = desired;
  const kinds = new Set(foreign.flatMap((value) => textKind(name, value) ?? []));
  return [...kinds].flatMap((kind) => {
    const same = (value: string): boolean => textKind(name, value) === kind;
    if (actual.values.filter(same).length <= kind.most) return [];
    return harm(foreign.filter(same), `a ${kind.most === 0 ? "" : "second "}${kind.words}: ${kind.harm}`);
  });
}

/** Foreign values that break the set, by what they do. */
function harmsOf(comparison: Comparison): Harm[] {
  const { desired, foreign, missing, context } = comparison;
  if (desired.type === "TXT") return textHarms(comparison);
  if (desired.type === "CAA") {
    const found = declaredCaaHarm(foreign, context);
    return harm(found.values, found.harm);
  }
  const values = foreign.length > missing.length ? foreign : [];
  return harm(values, SECOND[desired.type] ?? "it stands beside what is declared");
}

/** What foreign values would do to a set that is there as declared. */
export function harmsBeside(
  desired: DesiredSet,
  foreign: readonly string[],
  context: AuditContext,
): readonly Harm[] {
  const values = [...desired.values, ...foreign];
  return harmsOf({ desired, context, foreign, missing: [], actual: { values, ttls: [], proxied: false } });
}

/** Whether something of the same kind stands where a declared value should. */
function isReplaced({ desired, missing, foreign }: Comparison): boolean {
  if (desired.type !== "TXT") return foreign.length > 0;
  const kinds = foreign.map((value) => textKind(desired.name, value));
  return missing.some((value) => kinds.includes(textKind(desired.name, value)));
}

/** Seconds that an API answers for a TTL that was left to it, where it answers a number. */
const CHOSEN_TTL: Partial<Record<DnsProviderName, number>> = { digitalocean: DIGITALOCEAN_TTL };

/** Whether the provider answers the declared time to live so. */
export function sameTtl(
  desired: number | "auto",
  actual: number | "auto",
  { provider }: Pick<AuditContext, "provider">,
): boolean {
  const chosen = (provider && CHOSEN_TTL[provider]) ?? "auto";
  return (desired === "auto" ? chosen : desired) === (actual === "auto" ? chosen : actual);
}

function conflict(comparison: Comparison): Judgement | undefined {
  const { desired, actual, context } = comparison;
  const severity = severityOf(desired);
  if (actual.proxied) {
    const reason = "the provider answers with its own addresses (proxied), which pass no mail";
    return { verdict: "conflict", severity, reason, fix: REPAIR };
  }
  const harms = harmsOf(comparison);
  if (harms.length === 0) return undefined;
  const { name, type } = desired;
  const values = harms.flatMap((one) => one.values);
  const fix = removeLines(
    values.map((value) => ({ name, type, ttlSeconds: "auto", value })),
    context,
  );
  return { verdict: "conflict", severity, reason: harms.map(({ reason }) => reason).join("; "), fix };
}

function drift(comparison: Comparison): Judgement | undefined {
  const { desired, missing, foreign, actual, context } = comparison;
  const severity = severityOf(desired);
  if (actual.values.length === 0) {
    const reason = `${desired.type} is declared and not there`;
    return { verdict: "missing", severity, reason, fix: REPAIR };
  }
  if (missing.length > 0 && isReplaced(comparison)) {
    const reason = `${listed(foreign)} stands where ${listed(missing)} is declared`;
    return { verdict: "changed", severity, reason, fix: REPAIR };
  }
  if (missing.length > 0) {
    const reason = `${count(missing.length, "declared value")} of ${desired.values.length} not there: ${listed(missing)}`;
    return { verdict: "missing", severity, reason, fix: REPAIR };
  }
  const ttl = actual.ttls.find((seconds) => !sameTtl(desired.ttlSeconds, seconds, context));
  if (ttl === undefined) return undefined;
  const reason = `the time to live is ${ttl}, declared is ${desired.ttlSeconds}`;
  return { verdict: "changed", severity: "info", reason, fix: REPAIR };
}

/** The verdict on a declared set, from what one side has of it. */
export function compareSet(desired: DesiredSet, actual: ActualSet, context: AuditContext): Judgement {
  const unknown = desired.valuesUnknown === true && actual.values.length > 0;
  const missing = unknown ? [] : desired.values.filter((value) => !actual.values.includes(value));
  const foreign = unknown ? [] : actual.values.filter((value) => !desired.values.includes(value));
  const comparison = {
    desired,
    context,
    missing,
    foreign,
    actual: unknown ? { ...actual, ttls: [] } : actual,
  };
  const bad = conflict(comparison) ?? drift(comparison);
  if (bad !== undefined) return bad;
  const [first] = foreign;
  if (first === undefined) {
    const reason = unknown ? "there; its value is known after the first `pulumi up`" : "as declared";
    return { verdict: "ok", severity: "info", reason };
  }
  const { name, type, ttlSeconds } = desired;
  const reason = `as declared; beside it ${listed(foreign)}, which is not ours and harms nothing`;
  const fix = ignoreLine({ name, type, ttlSeconds, value: first }, context, true);
  return { verdict: "stray", severity: "info", reason, fix };
}
