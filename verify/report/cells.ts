/** What each column of an audit says of one set, in a few words; the same for every form of the report. */
import { SEVERITIES } from "../../stack/dns/rules/severity.ts";
import {
  cachedSeconds,
  type Answer,
  type Audit,
  type AuditCheck,
  type AuditRow,
  type DesiredSet,
} from "../model/observation.ts";
import { short, pluralize } from "../../stack/values/sentence.ts";

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

function writeValues(all: readonly string[]): string {
  const shown = all.slice(0, MOST).map((value) => short(value, LONGEST));
  return [...shown, ...(all.length > MOST ? [`and ${all.length - MOST} more`] : [])].join(" + ");
}

function writeTtl(ttl: number | "auto"): string {
  return ttl === "auto" ? "TTL auto" : `TTL ${ttl}`;
}

function sameValues(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value));
}

function describeDeclared(desired: DesiredSet | undefined): string {
  if (desired === undefined) return "not declared";
  const late = desired.valuesUnknown ? ["a value that is not known yet"] : [];
  return `${[...(desired.values.length > 0 ? [writeValues(desired.values)] : []), ...late].join(" + ")} (${writeTtl(desired.ttlSeconds)})`;
}

function describeProvider({ desired, provider }: AuditRow): string {
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
  return isSame ? AS_DECLARED : `${writeValues(listed)} (${ttls.map(writeTtl).join(", ")}${proxied})`;
}

const SILENT: Readonly<Record<Exclude<Answer["state"], "answer">, string>> = {
  nxdomain: "NXDOMAIN",
  empty: "no such type",
  servfail: "SERVFAIL",
  refused: "REFUSED",
  timeout: "no answer",
  lame: "lame",
};

/** The column of a server: an authoritative one gives the whole TTL, a resolver what is left of it. */
type Side = "authoritative" | "resolvers";

/** What one server says, without its name: equal words mean equal answers. */
function describeServerAnswer(answer: Answer, desired: DesiredSet | undefined, side: Side): string {
  if (answer.state !== "answer") return SILENT[answer.state];
  const sameTtl =
    side === "resolvers" || desired?.ttlSeconds === "auto" || answer.ttlSeconds === desired?.ttlSeconds;
  const isSame = desired !== undefined && sameValues(answer.values, desired.values) && sameTtl;
  return isSame ? AS_DECLARED : writeValues(answer.values);
}

/** Equal answers are told once; what differs from the declared values comes with the server's name and its seconds. */
function describeServers({ desired, ...row }: AuditRow, side: Side): string {
  const observations = row[side] ?? [];
  if (observations.length === 0) return NOT_ASKED;
  const groups = Map.groupBy(observations, ({ answer }) => describeServerAnswer(answer, desired, side));
  return Array.from(groups, ([words, members]) => {
    const [first] = members;
    const who = members.length === 1 && first ? first.server : pluralize(members.length, "server");
    if (words === AS_DECLARED) return `${words} at ${who}`;
    const ttls = members.map(({ answer }) => cachedSeconds(answer)).filter((ttl) => ttl !== undefined);
    const longest = Math.max(...ttls);
    const seconds = side === "resolvers" ? `${longest} s left` : `TTL ${longest}`;
    return `${words} at ${who}${ttls.length > 0 ? ` (${seconds})` : ""}`;
  }).join("; ");
}

/** The four cells of a row. */
export function describeRow(row: AuditRow): Readonly<Record<ColumnName, string>> {
  return {
    declared: describeDeclared(row.desired),
    provider: describeProvider(row),
    authoritative: describeServers(row, "authoritative"),
    resolvers: describeServers(row, "resolvers"),
  };
}

/** Rules that hid a set, or values in it, after its verdict; nothing where there is none. */
export function describeIgnored({ verdict, ignoredBy }: Pick<AuditRow, "verdict" | "ignoredBy">): string {
  if (ignoredBy === undefined) return "";
  return `${verdict === "ignored" ? " by" : ", values ignored by"} ${ignoredBy.join("; ")}`;
}

/** Seconds until the last resolver that is not up to date asks again; undefined where nothing is on its way. */
export function longestTtlLeft({ rows }: Pick<Audit, "rows">): number | undefined {
  const left = rows
    .filter(({ verdict }) => verdict === "propagating")
    .flatMap(({ desired, resolvers = [] }) =>
      resolvers
        .filter(({ answer }) => describeServerAnswer(answer, desired, "resolvers") !== AS_DECLARED)
        .map(({ answer }) => cachedSeconds(answer)),
    )
    .filter((ttl) => ttl !== undefined);
  return left.length === 0 ? undefined : Math.max(...left);
}

const STATES = ["bad", "unknown", "propagating", "ok"] as const satisfies readonly AuditCheck["state"][];

/** Checks, worst first. */
export function sortChecks(checks: readonly AuditCheck[]): AuditCheck[] {
  return [...checks].sort(
    (one, other) =>
      STATES.indexOf(one.state) - STATES.indexOf(other.state) ||
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}

function countWords(words: readonly string[]): string {
  return Array.from(
    Map.groupBy(words, (word) => word),
    ([word, all]) => `${all.length} ${word}`,
  ).join(", ");
}

/** Everything in one line: `24 sets: 1 conflict, 23 ok. 9 checks: 9 ok.` */
export function summaryLine(audit: Audit): string {
  const { rows, checks } = audit;
  const wait = longestTtlLeft(audit);
  const parts = [
    `${pluralize(rows.length, "record set")}: ${countWords(rows.map(({ verdict }) => verdict)) || "none"}`,
    ...(checks.length > 0
      ? [`${pluralize(checks.length, "check")}: ${countWords(sortChecks(checks).map(({ state }) => state))}`]
      : []),
    ...(wait === undefined ? [] : [`Caches let go within ${pluralize(wait, "second")}`]),
  ];
  return `${parts.join(". ")}.`;
}
