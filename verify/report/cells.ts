/** What each column of an audit says of one set, in a few words; the same for every form of the report. */
import { SEVERITIES } from "../../stack/dns/rules/severity.ts";
import type { Answer, Audit, AuditCheck, AuditRow, DesiredSet } from "../model/observation.ts";
import { short, pluralize } from "../../stack/values/inWords.ts";

/** The four columns, as headings. */
export const COLUMNS = ["declared", "provider", "authoritative", "resolvers"] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** Longest value in a cell. */
const LONGEST = 72;
/** So many values are shown. */
const MOST = 4;

/** Stands for a column that says the same as the declared one. */
export const AS_DECLARED = "as declared";

/** Stands for a column that nobody asked for this set: servers are asked for declared sets alone. */
export const NOT_ASKED = "not asked";

function values(all: readonly string[]): string {
  const shown = all.slice(0, MOST).map((value) => short(value, LONGEST));
  return [...shown, ...(all.length > MOST ? [`and ${all.length - MOST} more`] : [])].join(" + ");
}

function ttlWords(ttl: number | "auto"): string {
  return ttl === "auto" ? "TTL auto" : `TTL ${ttl}`;
}

function sameValues(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

function declaredCell(desired: DesiredSet | undefined): string {
  if (desired === undefined) return "not declared";
  const late = desired.valuesUnknown ? ["a value that is not known yet"] : [];
  return `${[...(desired.values.length > 0 ? [values(desired.values)] : []), ...late].join(" + ")} (${ttlWords(desired.ttlSeconds)})`;
}

function providerCell({ desired, provider }: AuditRow): string {
  if (provider === undefined) return NOT_ASKED;
  if (provider.state === "unreachable") return `no answer: ${provider.reason}`;
  const { records } = provider;
  const [first] = records;
  if (first === undefined) return "nothing";
  const proxied = records.some((record) => record.proxied === true) ? ", proxied" : "";
  const listed = [...new Set(records.map(({ value }) => value))];
  const ttls = [...new Set(records.map(({ ttlSeconds }) => ttlSeconds))];
  const isSame =
    desired !== undefined &&
    sameValues(listed, desired.values) &&
    ttls.every((ttl) => ttl === desired.ttlSeconds) &&
    proxied === "";
  return isSame ? AS_DECLARED : `${values(listed)} (${ttls.map(ttlWords).join(", ")}${proxied})`;
}

const SILENT: Readonly<Record<Exclude<Answer["state"], "answer">, string>> = {
  nxdomain: "NXDOMAIN",
  empty: "no such type",
  servfail: "SERVFAIL",
  refused: "REFUSED",
  timeout: "no answer",
  lame: "lame",
};

/** The column of a server: an authoritative one gives the whole time to live, a resolver what is left of it. */
type Side = "authoritative" | "resolvers";

/** What one server says, without its name: equal words mean equal answers. */
function answerCell(answer: Answer, desired: DesiredSet | undefined, side: Side): string {
  if (answer.state !== "answer") return SILENT[answer.state];
  const sameTtl =
    side === "resolvers" || desired?.ttlSeconds === "auto" || answer.ttlSeconds === desired?.ttlSeconds;
  const isSame = desired !== undefined && sameValues(answer.values, desired.values) && sameTtl;
  return isSame ? AS_DECLARED : values(answer.values);
}

/** Seconds that an answer lives on in a cache. */
function ttlOf(answer: Answer): number | undefined {
  if (answer.state === "answer") return answer.ttlSeconds;
  return "negativeTtlSeconds" in answer ? answer.negativeTtlSeconds : undefined;
}

/** Equal answers are told once; what differs from the declared values comes with the server's name and its seconds. */
function serversCell({ desired, ...row }: AuditRow, side: Side): string {
  const observations = row[side] ?? [];
  if (observations.length === 0) return NOT_ASKED;
  const groups = Map.groupBy(observations, ({ answer }) => answerCell(answer, desired, side));
  return Array.from(groups, ([words, members]) => {
    const [first] = members;
    const who = members.length === 1 && first ? first.server : pluralize(members.length, "server");
    if (words === AS_DECLARED) return `${words} at ${who}`;
    const ttls = members.map(({ answer }) => ttlOf(answer)).filter((ttl) => ttl !== undefined);
    const longest = Math.max(...ttls);
    const seconds = side === "resolvers" ? `${longest} s left` : `TTL ${longest}`;
    return `${words} at ${who}${ttls.length > 0 ? ` (${seconds})` : ""}`;
  }).join("; ");
}

/** The four cells of a row. */
export function cellsOf(row: AuditRow): Readonly<Record<ColumnName, string>> {
  return {
    declared: declaredCell(row.desired),
    provider: providerCell(row),
    authoritative: serversCell(row, "authoritative"),
    resolvers: serversCell(row, "resolvers"),
  };
}

/** Rules that hid a set, or values in it, after its verdict; nothing where there is none. */
export function ignoredWords({ verdict, ignoredBy }: Pick<AuditRow, "verdict" | "ignoredBy">): string {
  if (ignoredBy === undefined) return "";
  return `${verdict === "ignored" ? " by" : ", values ignored by"} ${ignoredBy.join("; ")}`;
}

/** Name and type of a row: `MX example.com`. */
export function setName({ name, type }: Pick<AuditRow, "name" | "type">): string {
  return `${type} ${name}`;
}

/** Seconds until the last resolver that is not up to date asks again; undefined where nothing is on its way. */
export function secondsToWait({ rows }: Pick<Audit, "rows">): number | undefined {
  const left = rows
    .filter(({ verdict }) => verdict === "propagating")
    .flatMap(({ desired, resolvers = [] }) =>
      resolvers
        .filter(({ answer }) => answerCell(answer, desired, "resolvers") !== AS_DECLARED)
        .map(({ answer }) => ttlOf(answer)),
    )
    .filter((ttl) => ttl !== undefined);
  return left.length === 0 ? undefined : Math.max(...left);
}

const STATES = ["bad", "unknown", "propagating", "ok"] as const satisfies readonly AuditCheck["state"][];

/** Checks, worst first. */
export function checksInOrder(checks: readonly AuditCheck[]): AuditCheck[] {
  return [...checks].sort(
    (one, other) =>
      STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}

function tally(words: readonly string[]): string {
  return Array.from(
    Map.groupBy(words, (word) => word),
    ([word, all]) => `${all.length} ${word}`,
  ).join(", ");
}

/** Everything in one line: `24 sets: 1 conflict, 23 ok. 9 checks: 9 ok.` */
export function summaryLine(audit: Audit): string {
  const { rows, checks } = audit;
  const wait = secondsToWait(audit);
  const parts = [
    `${pluralize(rows.length, "record set")}: ${tally(rows.map(({ verdict }) => verdict)) || "none"}`,
    ...(checks.length > 0
      ? [`${pluralize(checks.length, "check")}: ${tally(checksInOrder(checks).map(({ state }) => state))}`]
      : []),
    ...(wait === undefined ? [] : [`Caches let go within ${pluralize(wait, "second")}`]),
  ];
  return `${parts.join(". ")}.`;
}
