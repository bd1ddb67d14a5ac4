/** The audit: what is declared against what the provider, the authoritative servers and resolvers say. Pure. */
import { factsAt } from "../../../stack/dns/rules/caaSets.ts";
import type { ZoneSight } from "../../../stack/dns/rules/foreign.ts";
import { dropsInSet } from "../../../stack/dns/rules/judgeForeign.ts";
import { viewZone } from "../../../stack/dns/rules/zoneView.ts";
import { atMostWarning, deriveSeverity } from "../../../stack/dns/rules/severity.ts";
import { isAtHeldPlace } from "../../../stack/dns/held.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import type { AuditInput, IgnoreRule, Judgement, ObservedSet } from "../../model/auditInput.ts";
import { compareSet } from "./compareSet.ts";
import { nameRoles, type RoleFor } from "../fixes/entries.ts";
import { keepFirst, LOOK_AT_PROVIDER } from "../fixes/fixes.ts";
import type { CompiledRule } from "./ignoreRules.ts";
import {
  checkIgnoreRules,
  compileRules,
  findRulesForSet,
  findRuleForValue,
  describeRule,
} from "./ignoreRules.ts";
import { combineColumns, judgeColumn, type ColumnJudgement, type RowJudgement } from "./judgeAnswers.ts";
import { judgeUnmanaged } from "./judgeUnmanaged.ts";
import type {
  Audit,
  AuditCheck,
  AuditRow,
  DesiredSet,
  Observation,
  ProviderColumn,
} from "../../model/observation.ts";
import { worstFirst } from "./worstFirst.ts";

type Sets<Item> = ReadonlyMap<string, readonly Item[]>;

/** Every column, by set. */
interface Sides {
  readonly context: ZoneFacts;
  /** Names that hold CAA records: in the zone, or declared where the zone is not known. */
  readonly caaNames: ReadonlySet<string>;
  readonly rules: readonly CompiledRule[];
  /** Roles for entries that keep records of others. */
  readonly role: RoleFor;
  readonly provider: ProviderColumn | undefined;
  /** What the provider lists; undefined when it was not asked or did not answer. */
  readonly zone: Sets<ProviderRecord> | undefined;
  readonly authoritative: Sets<Observation> | undefined;
  readonly resolvers: Sets<Observation> | undefined;
}

function writeKey({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name} ${type}`;
}

function groupBySet(sets: readonly ObservedSet[] | undefined): Sets<Observation> | undefined {
  return sets && new Map(sets.map((set) => [writeKey(set), set.observations]));
}

/** What the verdict on a declared set depends on. */
function chooseContext({ name, type }: DesiredSet, { context, caaNames }: Sides): ZoneFacts {
  return type === "CAA" ? factsAt(name, context, caaNames) : context;
}

/** Cells of a row: a column that was not asked is absent. */
function fillCells(key: string, sides: Sides): Pick<AuditRow, "provider" | "authoritative" | "resolvers"> {
  const { provider, zone, authoritative, resolvers } = sides;
  const listed = zone && { state: "listed" as const, records: zone.get(key) ?? [] };
  const column = listed ?? provider;
  return {
    ...(column && { provider: column }),
    ...(authoritative && { authoritative: authoritative.get(key) ?? [] }),
    ...(resolvers && { resolvers: resolvers.get(key) ?? [] }),
  };
}

/** Rules in words, each once; nothing where there is none. */
function nameRules(rules: readonly IgnoreRule[]): Pick<AuditRow, "ignoredBy"> {
  return rules.length === 0 ? {} : { ignoredBy: [...new Set(rules.map(describeRule))] };
}

/** Foreign values that a rule with a target hides are taken out before anything is compared. */
function hideForeign(
  values: readonly string[],
  desired: DesiredSet,
  rules: readonly CompiledRule[],
  facts: ZoneFacts,
) {
  const { name, type } = desired;
  const foreign = values.filter((value) => !desired.values.includes(value));
  // What the next write of the set takes away is told whatever a rule says: else it would be lost unseen.
  const lost = dropsInSet({ desired, facts, values, foreign, missing: [] }).flatMap((one) => one.values);
  const hiding = foreign
    .filter((value) => !lost.includes(value))
    .map((value) => ({ value, rule: findRuleForValue({ name, type, value }, rules) }))
    .filter(({ rule }) => rule !== undefined);
  const hidden = new Set(hiding.map(({ value }) => value));
  const by = hiding.flatMap(({ rule }) => rule ?? []);
  return { shown: values.filter((value) => !hidden.has(value)), ...nameRules(by) };
}

/** What a right server answers: what the provider has, once that is known to be good. */
function chooseExpected(desired: DesiredSet, records: readonly ProviderRecord[] | undefined): DesiredSet {
  const [first] = records ?? [];
  if (records === undefined || first === undefined) return desired;
  const { name, type, roles, level } = desired;
  const ttlSeconds = desired.valuesUnknown ? first.ttlSeconds : desired.ttlSeconds;
  return { name, type, roles, level, ttlSeconds, values: records.map(({ value }) => value) };
}

/** A rule that hides values hides them from a server's answer too, where the provider did not say what is right. */
function hideInAnswer(
  { server, answer }: Observation,
  desired: DesiredSet,
  { rules, context: facts }: Sides,
): Observation {
  if (answer.state !== "answer") return { server, answer };
  return { server, answer: { ...answer, values: hideForeign(answer.values, desired, rules, facts).shown } };
}

/** What servers answer for a set, where the provider did not say what is there. */
function listAnswered(desired: DesiredSet, { authoritative, resolvers }: Sides): readonly string[] {
  return [authoritative, resolvers]
    .flatMap((column) => column?.get(writeKey(desired)) ?? [])
    .flatMap(({ answer }) => (answer.state === "answer" ? answer.values : []));
}

function judgeColumns(desired: DesiredSet, sides: Sides): readonly ColumnJudgement[] {
  const records = sides.zone?.get(writeKey(desired));
  const expected = chooseExpected(desired, records);
  return (["authoritative", "resolvers"] as const).flatMap((column) => {
    const observations = sides[column]?.get(writeKey(desired));
    if (observations === undefined) return [];
    const seen = records ? observations : observations.map((one) => hideInAnswer(one, desired, sides));
    return [judgeColumn(column, expected, seen, chooseContext(desired, sides))];
  });
}

function judgeUntold({ provider }: Sides, desired: DesiredSet): RowJudgement {
  const severity = atMostWarning(deriveSeverity(desired));
  const reason =
    provider?.state === "unreachable"
      ? `the provider did not answer: ${provider.reason}`
      : "nobody was asked";
  const fix = (provider?.state === "unreachable" ? provider.fix : undefined) ?? LOOK_AT_PROVIDER;
  return { verdict: "unreachable", severity, reason, fix };
}

function judgeDeclared(desired: DesiredSet, sides: Sides): AuditRow {
  const { name, type } = desired;
  const { rules, zone } = sides;
  const records = zone && (zone.get(writeKey(desired)) ?? []);
  const values = records?.map(({ value }) => value) ?? listAnswered(desired, sides);
  const { shown, ...hidden } = hideForeign(values, desired, rules, sides.context);
  const ours = records?.filter(({ value }) => shown.includes(value));
  const provider =
    ours &&
    compareSet(
      desired,
      {
        values: [...new Set(shown)],
        // A foreign value's TTL is its owner's: no `up` would put it right.
        ttls: ours.filter(({ value }) => desired.values.includes(value)).map(({ ttlSeconds }) => ttlSeconds),
        proxied: ours.some(({ proxied }) => proxied === true),
        madeBy: new Map(ours.flatMap((one) => (one.madeBy === undefined ? [] : [[one.value, one.madeBy]]))),
      },
      chooseContext(desired, sides),
      sides.role,
    );
  const judgement =
    combineColumns(desired, provider, judgeColumns(desired, sides)) ?? judgeUntold(sides, desired);
  return { name, type, desired, ...fillCells(writeKey(desired), sides), ...judgement, ...hidden };
}

/** Mail and people's programs are left to another server for now. */
const HELD = {
  verdict: "ignored",
  severity: "info",
  reason: "held: mail and mail programs go there until dns.mx is point",
  ignoredBy: ["mailstead:dns.mx: hold"],
} as const;

function hideUnmanaged(
  judgement: Judgement,
  records: readonly ProviderRecord[],
  rules: readonly CompiledRule[],
) {
  if (judgement.verdict === "provider-owned") return undefined;
  const hiding = findRulesForSet(records, rules, judgement.verdict === "conflict");
  if (hiding === undefined) return undefined;
  const broken = judgement.verdict === "conflict" ? [judgement.reason] : [];
  const reason = [...broken, ...new Set(hiding.map((rule) => rule.reason))].join("; ");
  return { verdict: "ignored", severity: "info", reason, ...nameRules(hiding) } as const;
}

function judgeUnmanagedSets(desired: readonly DesiredSet[], sides: Sides): AuditRow[] {
  const { zone, rules, context, caaNames } = sides;
  if (zone === undefined) return [];
  const declared = new Set(desired.map(writeKey));
  const all = [...zone.values()].flat();
  const sight: ZoneSight = {
    desired,
    desiredAt: Map.groupBy(desired, ({ name }) => name),
    caaNames,
    zone: viewZone(all, context),
    facts: context,
  };
  return [...zone].flatMap(([key, records]) => {
    const [first] = records;
    if (first === undefined || declared.has(key)) return [];
    const { name, type } = first;
    if (isAtHeldPlace({ name, type }, context.held ?? []))
      return [{ name, type, ...fillCells(key, sides), ...HELD }];
    const judgement = judgeUnmanaged({ name, type, records }, sight);
    const row = hideUnmanaged(judgement, records, rules) ?? judgement;
    return [{ name, type, ...fillCells(key, sides), ...row }];
  });
}

/** A provider that could not be asked is said once: rows that servers could judge do not show it. */
function checkProvider({ provider, context }: Sides): AuditCheck[] {
  if (provider?.state !== "unreachable") return [];
  const seen = `${provider.reason}; records that are not declared cannot be seen`;
  const fix = provider.fix ?? LOOK_AT_PROVIDER;
  const what = { check: "provider-api", subject: context.zone, fix } as const;
  return [{ ...what, state: "unknown", severity: "warning", seen }];
}

/**
 * Compares every column with what is declared: one row a record set, worst first, and a check for each ignore rule that
 * is stale or wrong. Checks of the world round the zone are added by whoever made them.
 */
export function audit(input: AuditInput): Audit {
  const { desired, provider, context } = input;
  const records = provider?.state === "listed" ? provider.records : undefined;
  const sides: Sides = {
    context,
    caaNames: new Set((records ?? desired).filter(({ type }) => type === "CAA").map(({ name }) => name)),
    rules: compileRules(input.ignore, context.zone),
    role: nameRoles(desired.flatMap(({ roles }) => roles)),
    provider,
    zone: records && Map.groupBy(records, writeKey),
    authoritative: groupBySet(input.authoritative),
    resolvers: groupBySet(input.resolvers),
  };
  const judged = [...desired.map((set) => judgeDeclared(set, sides)), ...judgeUnmanagedSets(desired, sides)];
  const keeps = judged.flatMap(({ keep }) => keep ?? []);
  const rows = judged.map((row) => keepFirst(row, keeps));
  return {
    domain: context.domain,
    zone: context.zone,
    columns: [
      ...(provider ? (["api"] as const) : []),
      ...(input.authoritative ? (["authoritative"] as const) : []),
      ...(input.resolvers ? (["resolvers"] as const) : []),
    ],
    rows: rows.sort(worstFirst),
    checks: [...checkProvider(sides), ...checkIgnoreRules(sides.rules, desired, records)],
  };
}
