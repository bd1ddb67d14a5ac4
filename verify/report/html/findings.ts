/** What an audit found, rows and checks in one order, worst first. Pure. */
import type { Audit, AuditCheck, AuditRow, Severity, Verdict } from "../../model/observation.ts";
import { SEVERITIES } from "../../../stack/dns/rules/severity.ts";
import { VERDICTS } from "../../judge/sets/worstFirst.ts";

/** Something that is not as it should be, or could not be told. */
export interface FindingCard {
  /** Fragment that the page reaches it by, unique in the audit. */
  readonly id: string;
  /** What was looked at: the type, or the check's name. */
  readonly kind: string;
  /** Whose: the name of the record set, or the check's subject. */
  readonly subject: string;
  readonly verdict: Verdict | "bad";
  readonly severity: Severity;
  readonly reason: string;
  readonly fix?: string;
  /** Absent for a check. */
  readonly row?: AuditRow;
}

/** Verdicts that leave nothing to do. */
const SETTLED: ReadonlySet<Verdict> = new Set(["ok", "provider-owned", "ignored"]);

/** Whether a row is one to look at. */
export function isOpen({ verdict }: Pick<AuditRow, "verdict">): boolean {
  return !SETTLED.has(verdict);
}

const CHECK_VERDICTS = {
  bad: "bad",
  unknown: "unreachable",
  propagating: "propagating",
} as const satisfies Record<Exclude<AuditCheck["state"], "ok">, FindingCard["verdict"]>;

/** A bad check stands among the records that are not as declared. */
const ORDER: readonly FindingCard["verdict"][] = VERDICTS.flatMap((verdict) =>
  verdict === "changed" ? ["bad", verdict] : [verdict],
);

function cardOfRow(row: AuditRow): Omit<FindingCard, "id"> {
  const { type: kind, name: subject, verdict, severity, reason, fix } = row;
  return { kind, subject, verdict, severity, reason, ...(fix === undefined ? {} : { fix }), row };
}

function cardsOfCheck({
  check: kind,
  subject,
  state,
  severity,
  seen,
  fix,
}: AuditCheck): Omit<FindingCard, "id">[] {
  if (state === "ok") return [];
  const verdict = CHECK_VERDICTS[state];
  return [{ kind, subject, verdict, severity, reason: seen, fix }];
}

function byWorst(one: Omit<FindingCard, "id">, other: Omit<FindingCard, "id">): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict)
  );
}

/** All findings, by severity, then verdict; within these as the audit has them. */
export function listFindings({ rows, checks }: Pick<Audit, "rows" | "checks">): FindingCard[] {
  return [...rows.filter(isOpen).map(cardOfRow), ...checks.flatMap(cardsOfCheck)]
    .sort(byWorst)
    .map((finding, index) => ({ id: `finding-${index + 1}`, ...finding }));
}

/** A line with the findings that it fixes. */
export interface SharedFix {
  readonly fix: string;
  readonly findings: readonly FindingCard[];
}

/** Every line once, in the order of the worst finding that it fixes; of findings that touch mail. */
export function groupByFix(findings: readonly FindingCard[]): SharedFix[] {
  const touching = findings.filter(({ severity }) => severity !== "info");
  return [...Map.groupBy(touching, ({ fix }) => fix)].flatMap(([fix, shared]) =>
    fix === undefined ? [] : [{ fix, findings: shared }],
  );
}
