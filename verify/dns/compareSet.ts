/** Compares a declared set with the values that one side has. */
import { DIGITALOCEAN_TTL } from "../../stack/dns/providers/digitalocean.ts";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import type { AuditContext, Judgement } from "./auditInput.ts";
import { forbiddenByCaa, harmfulCaa } from "./caa.ts";
import { REPAIR, ignoreLine, removeLines } from "./fixes.ts";
import type { DesiredSet, Severity } from "./observation.ts";
import { severityOf, worst } from "./severity.ts";
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
  A: "is an address that is not the server's: connections go astray",
  AAAA: "is an address that is not the server's: connections go astray",
  MX: "is a mail host that is not ours: mail goes there too",
  NS: "is a name server that is not declared",
  SRV: "is a host that is not ours: mail programs go there too",
};

/** Foreign values that break a set in one way. */
export interface Harm {
  /** At least one. */
  readonly values: readonly string[];
  /** They, and what they do: one clause. */
  readonly reason: string;
}

/** @param does what the values do, as the rest of a clause after them */
function harm(values: readonly string[], does: string): Harm[] {
  return values.length === 0 ? [] : [{ values, reason: `${listed(values)} ${does}` }];
}

/** Texts of which a name may have only so many: one harm a kind. */
function textHarms({ desired, foreign, actual }: Comparison): Harm[] {
  const { name } = desired;
  const kinds = new Set(foreign.flatMap((value) => textKind(name, value) ?? []));
  return [...kinds].flatMap((kind) => {
    const same = (value: string): boolean => textKind(name, value) === kind;
    if (actual.values.filter(same).length <= kind.most) return [];
    return harm(foreign.filter(same), `is a ${kind.most === 0 ? "" : "second "}${kind.words}: ${kind.harm}`);
  });
}

/** Words of a value that say its place in the order of all, before where it leads (RFC 5321 5.1, RFC 2782). */
const ORDER_WORDS: Readonly<Record<string, number>> = { MX: 1, SRV: 2 };

/** Whether a value leads where all that is declared leads, at another place in their order; "." leads nowhere. */
function isEcho(value: string, { type, values }: DesiredSet): boolean {
  const words = ORDER_WORDS[type];
  if (words === undefined || value.endsWith(" .")) return false;
  const goal = (one: string): string => one.split(" ").slice(words).join(" ");
  return values.every((one) => goal(one) === goal(value));
}

/** Foreign values that break the set, by what they do. */
function harmsOf(comparison: Comparison): Harm[] {
  const { desired, foreign, missing, context } = comparison;
  if (desired.type === "TXT") return textHarms(comparison);
  if (desired.type === "CAA") {
    const found = harmfulCaa(desired.values, foreign, context);
    return harm(found.values, found.harm);
  }
  const beside = foreign.length > missing.length ? foreign : [];
  const values = beside.filter((value) => !isEcho(value, desired));
  return harm(values, SECOND[desired.type] ?? "stands beside what is declared");
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

/** What it does to mail. Renewals fail under a CAA set that forbids the certificate, however little it is needed else. */
function severityHere({ desired, actual, context }: Comparison): Severity {
  const severity = severityOf(desired);
  const forbids = desired.type === "CAA" && forbiddenByCaa(actual.values, context) !== undefined;
  return forbids ? worst([severity, "warning"]) : severity;
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
  const severity = severityHere(comparison);
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
  const severity = severityHere(comparison);
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
