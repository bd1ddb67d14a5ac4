/** The audit: what is declared against what the provider, the authoritative servers and resolvers say. Pure. */
import { factsAt } from "../../../stack/dns/rules/caaSets.ts";
import type { ZoneSight } from "../../../stack/dns/rules/foreign.ts";
import { dropsInSet } from "../../../stack/dns/rules/judgeForeign.ts";
import { viewZone } from "../../../stack/dns/rules/zoneView.ts";
import { atMostWarning, severityOf } from "../../../stack/dns/rules/severity.ts";
import { isAtHeldPlace } from "../../../stack/dns/held.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import type { AuditContext, AuditInput, IgnoreRule, Judgement, ObservedSet } from "../../model/auditInput.ts";
import { compareSet } from "./compareSet.ts";
import { freeRoles, type RoleFor } from "../fixes/entries.ts";
import { keptBefore, LOOK_AT_PROVIDER } from "../fixes/fixes.ts";
import type { ReadyRule } from "./ignoreRules.ts";
import { checkIgnoreRules, readyRules, rulesForStray, ruleForValue, ruleWords } from "./ignoreRules.ts";
import { combine, judgeColumn, type ColumnJudgement, type RowJudgement } from "./judgeAnswers.ts";
import { judgeStray } from "./judgeStray.ts";
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
  readonly context: AuditContext;
  /** Names that hold CAA records: in the zone, or declared where the zone is not known. */
  readonly caaNames: ReadonlySet<string>;
  readonly rules: readonly ReadyRule[];
  /** Roles for entries that keep records of others. */
  readonly role: RoleFor;
  readonly provider: ProviderColumn | undefined;
  /** What the provider lists; undefined when it was not asked or did not answer. */
  readonly zone: Sets<ProviderRecord> | undefined;
  readonly authoritative: Sets<Observation> | undefined;
  readonly resolvers: Sets<Observation> | undefined;
}

function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name} ${type}`;
}

function observedBySet(sets: readonly ObservedSet[] | undefined): Sets<Observation> | undefined {
  return sets && new Map(sets.map((set) => [keyOf(set), set.observations]));
}

/** What the verdict on a declared set depends on. */
function contextOf({ name, type }: DesiredSet, { context, caaNames }: Sides): AuditContext {
  return type === "CAA" ? factsAt(name, context, caaNames) : context;
}

/** Cells of a row: a column that was not asked is absent. */
function cells(key: string, sides: Sides): Pick<AuditRow, "provider" | "authoritative" | "resolvers"> {
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
function ignoredBy(rules: readonly IgnoreRule[]): Pick<AuditRow, "ignoredBy"> {
  return rules.length === 0 ? {} : { ignoredBy: [...new Set(rules.map(ruleWords))] };
}

/** Foreign values that a rule with a target hides are taken out before anything is compared. */
function withoutHidden(
  values: readonly string[],
  desired: DesiredSet,
  rules: readonly ReadyRule[],
  facts: AuditContext,
) {
  const { name, type } = desired;
  const foreign = values.filter((value) => !desired.values.includes(value));
  // What the next write of the set takes away is told whatever a rule says: else it would be lost unseen.
  const lost = dropsInSet({ desired, facts, values, foreign, missing: [] }).flatMap((one) => one.values);
  const hiding = foreign
    .filter((value) => !lost.includes(value))
    .map((value) => ({ value, rule: ruleForValue({ name, type, value }, rules) }))
    .filter(({ rule }) => rule !== undefined);
  const hidden = new Set(hiding.map(({ value }) => value));
  const by = hiding.flatMap(({ rule }) => rule ?? []);
  return { shown: values.filter((value) => !hidden.has(value)), ...ignoredBy(by) };
}

/** What a right server answers: what the provider has, once that is known to be good. */
function expectedOf(desired: DesiredSet, records: readonly ProviderRecord[] | undefined): DesiredSet {
  const [first] = records ?? [];
  if (records === undefined || first === undefined) return desired;
  const { name, type, roles, level } = desired;
  const ttlSeconds = desired.valuesUnknown ? first.ttlSeconds : desired.ttlSeconds;
  return { name, type, roles, level, ttlSeconds, values: records.map(({ value }) => value) };
}

/** A rule that hides values hides them from a server's answer too, where the provider did not say what is right. */
function visible(
  { server, answer }: Observation,
  desired: DesiredSet,
  { rules, context: facts }: Sides,
): Observation {
  if (answer.state !== "answer") return { server, answer };
  return { server, answer: { ...answer, values: withoutHidden(answer.values, desired, rules, facts).shown } };
}

/** What servers answer for a set, where the provider did not say what is there. */
function answered(desired: DesiredSet, { authoritative, resolvers }: Sides): readonly string[] {
  return [authoritative, resolvers]
    .flatMap((column) => column?.get(keyOf(desired)) ?? [])
    .flatMap(({ answer }) => (answer.state === "answer" ? answer.values : []));
}

function judgeColumns(desired: DesiredSet, sides: Sides): readonly ColumnJudgement[] {
  const records = sides.zone?.get(keyOf(desired));
  const expected = expectedOf(desired, records);
  return (["authoritative", "resolvers"] as const).flatMap((column) => {
    const observations = sides[column]?.get(keyOf(desired));
    if (observations === undefined) return [];
    const seen = records ? observations : observations.map((one) => visible(one, desired, sides));
    return [judgeColumn(column, expected, seen, contextOf(desired, sides))];
  });
}

function notTold({ provider }: Sides, desired: DesiredSet): RowJudgement {
  const severity = atMostWarning(severityOf(desired));
  const reason =
    provider?.state === "unreachable"
      ? `the provider did not answer: ${provider.reason}`
      : "nobody was asked";
  const fix = (provider?.state === "unreachable" ? provider.fix : undefined) ?? LOOK_AT_PROVIDER;
  return { verdict: "unreachable", severity, reason, fix };
}

function declaredRow(desired: DesiredSet, sides: Sides): AuditRow {
  const { name, type } = desired;
  const { rules, zone } = sides;
  const records = zone && (zone.get(keyOf(desired)) ?? []);
  const values = records?.map(({ value }) => value) ?? answered(desired, sides);
  const { shown, ...hidden } = withoutHidden(values, desired, rules, sides.context);
  const ours = records?.filter(({ value }) => shown.includes(value));
  const provider =
    ours &&
    compareSet(
      desired,
      {
        values: [...new Set(shown)],
        // A foreign value's time to live is its owner's: no `up` would put it right.
        ttls: ours.filter(({ value }) => desired.values.includes(value)).map(({ ttlSeconds }) => ttlSeconds),
        proxied: ours.some(({ proxied }) => proxied === true),
        madeBy: new Map(ours.flatMap((one) => (one.madeBy === undefined ? [] : [[one.value, one.madeBy]]))),
      },
      contextOf(desired, sides),
      sides.role,
    );
  const judgement = combine(desired, provider, judgeColumns(desired, sides)) ?? notTold(sides, desired);
  return { name, type, desired, ...cells(keyOf(desired), sides), ...judgement, ...hidden };
}

/** Mail and people's programs are left to another server for now. */
const HELD = {
  verdict: "ignored",
  severity: "info",
  reason: "held: mail and mail programs go there until dns.mx is point",
  ignoredBy: ["mailstead:dns.mx: hold"],
} as const;

function hiddenStray(judgement: Judgement, records: readonly ProviderRecord[], rules: readonly ReadyRule[]) {
  if (judgement.verdict === "provider-owned") return undefined;
  const hiding = rulesForStray(records, rules, judgement.verdict === "conflict");
  if (hiding === undefined) return undefined;
  const broken = judgement.verdict === "conflict" ? [judgement.reason] : [];
  const reason = [...broken, ...new Set(hiding.map((rule) => rule.reason))].join("; ");
  return { verdict: "ignored", severity: "info", reason, ...ignoredBy(hiding) } as const;
}

function strayRows(desired: readonly DesiredSet[], sides: Sides): AuditRow[] {
  const { zone, rules, context, caaNames } = sides;
  if (zone === undefined) return [];
  const declared = new Set(desired.map(keyOf));
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
      return [{ name, type, ...cells(key, sides), ...HELD }];
    const judgement = judgeStray({ name, type, records }, sight);
    const row = hiddenStray(judgement, records, rules) ?? judgement;
    return [{ name, type, ...cells(key, sides), ...row }];
  });
}

/** A provider that could not be asked is said once: rows that servers could judge do not show it. */
function providerChecks({ provider, context }: Sides): AuditCheck[] {
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
    rules: readyRules(input.ignore, context.zone),
    role: freeRoles(desired.flatMap(({ roles }) => roles)),
    provider,
    zone: records && Map.groupBy(records, keyOf),
    authoritative: observedBySet(input.authoritative),
    resolvers: observedBySet(input.resolvers),
  };
  const judged = [...desired.map((set) => declaredRow(set, sides)), ...strayRows(desired, sides)];
  const keeps = judged.flatMap(({ keep }) => keep ?? []);
  const rows = judged.map((row) => keptBefore(row, keeps));
  return {
    domain: context.domain,
    zone: context.zone,
    columns: [
      ...(provider ? (["api"] as const) : []),
      ...(input.authoritative ? (["authoritative"] as const) : []),
      ...(input.resolvers ? (["resolvers"] as const) : []),
    ],
    rows: rows.sort(worstFirst),
    checks: [...providerChecks(sides), ...checkIgnoreRules(sides.rules, desired, records)],
  };
}
