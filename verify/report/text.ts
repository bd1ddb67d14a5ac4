/** The audit for a terminal. */
import { describeSet } from "../model/observation.ts";
import type { Audit, AuditCheck, AuditRow, Severity } from "../model/observation.ts";
import {
  describeRow,
  sortChecks,
  COLUMNS,
  describeIgnored,
  NOT_ASKED,
  summaryLine,
  type ColumnName,
} from "./cells.ts";
import { printable } from "../../stack/values/printable.ts";

/** Colours that the report knows. */
export type Paint = (colour: "red" | "yellow" | "green" | "dim" | "bold", text: string) => string;

const PLAIN: Paint = (_colour, text) => text;

const MARKS: Readonly<Record<Severity, readonly ["red" | "yellow" | "dim", string]>> = {
  critical: ["red", "✗"],
  warning: ["yellow", "!"],
  info: ["dim", "·"],
};

/** Columns that were asked, after the declared one. */
function askedColumns({ columns }: Audit): ColumnName[] {
  const asked: Readonly<Record<ColumnName, boolean>> = {
    declared: true,
    provider: columns.includes("api"),
    authoritative: columns.includes("authoritative"),
    resolvers: columns.includes("resolvers"),
  };
  return COLUMNS.filter((column) => asked[column]);
}

function line(label: string, text: string): string {
  return `    ${label.padEnd(14)} ${printable(text)}`;
}

function findingBlock(row: AuditRow, columns: readonly ColumnName[], paint: Paint): string {
  const [colour, sign] = MARKS[row.severity];
  const cells = describeRow(row);
  return [
    `${paint(colour, `${sign} ${row.verdict}`)}  ${paint("bold", printable(describeSet(row)))}`,
    ...columns
      .filter((column) => cells[column] !== NOT_ASKED)
      .map((column) => paint("dim", line(column, cells[column]))),
    line("why", row.reason),
    ...(row.ignoredBy === undefined ? [] : [line("ignored by", row.ignoredBy.join("; "))]),
    ...(row.fix === undefined ? [] : [line("next", row.fix)]),
  ].join("\n");
}

/** Whether a row needs a block of its own; the rest is one line each. */
function isFinding({ verdict }: AuditRow): boolean {
  return verdict !== "ok" && verdict !== "ignored" && verdict !== "provider-owned";
}

function quietLine(row: AuditRow, width: number, paint: Paint): string {
  const mark = row.verdict === "ok" ? paint("green", "✓") : paint("dim", "·");
  const by = describeIgnored(row);
  const shown =
    row.verdict === "ok" ? `${describeRow(row).declared}${by}` : `${row.verdict}${by}: ${row.reason}`;
  return `${mark} ${row.type.padEnd(5)} ${printable(row.name).padEnd(width)}  ${printable(shown)}`;
}

function checkLines(check: AuditCheck, paint: Paint): string {
  const { state, severity } = check;
  const quiet = state === "ok" || severity === "info";
  const [colour, sign] = MARKS[severity];
  const mark = state === "ok" ? paint("green", "✓") : paint(colour, sign);
  const words = state === "ok" ? "" : `${state}: `;
  const head = `${mark} ${check.check} ${printable(check.subject)}: ${words}${printable(check.seen)}`;
  const next = check.fix === undefined || state === "ok" ? [] : [line("next", check.fix)];
  return [quiet && state !== "ok" ? paint("dim", head) : head, ...next].join("\n");
}

/**
 * The audit as text: findings worst first, each with its columns, reason and the one line that fixes it; then what is
 * in order, one line a set; then checks; then the sum.
 *
 * @param paint colours a piece of text; none by default.
 */
export function writeTextReport(audit: Audit, paint: Paint = PLAIN): string {
  const columns = askedColumns(audit);
  const findings = audit.rows.filter(isFinding);
  const quiet = audit.rows.filter((row) => !isFinding(row));
  const width = Math.max(0, ...quiet.map(({ name }) => printable(name).length));
  const zone = audit.zone === audit.domain ? "" : ` (zone ${printable(audit.zone)})`;
  const sections = [
    [`DNS of ${printable(audit.domain)}${zone}: ${columns.join(", ")}`],
    ...findings.map((row) => [findingBlock(row, columns, paint)]),
    quiet.map((row) => quietLine(row, width, paint)),
    sortChecks(audit.checks).map((check) => checkLines(check, paint)),
    [summaryLine(audit)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
