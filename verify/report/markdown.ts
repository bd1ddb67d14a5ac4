/** The audit for an issue, a wiki or a pull request. */
import { describeSet } from "../model/observation.ts";
import type { Audit, AuditCheck, AuditRow } from "../model/observation.ts";
import { describeRow, sortChecks, COLUMNS, describeIgnored, summaryLine } from "./cells.ts";
import { markdownCode, markdownText } from "./markdownText.ts";

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), tableRow(head.map(() => "---")), ...rows.map(tableRow)].join("\n");
}

function rowCells(row: AuditRow): string[] {
  const cells = describeRow(row);
  const verdict = row.verdict === "ok" ? "ok" : `**${row.verdict}** (${row.severity})`;
  return [
    `${verdict}${markdownText(describeIgnored(row))}`,
    ...[describeSet(row), ...COLUMNS.map((column) => cells[column])].map(markdownText),
  ];
}

function todo(what: string, reason: string, fix: string | undefined): string {
  const next = fix === undefined ? "" : `  \n  Next: ${markdownCode(fix)}`;
  return `- ${markdownText(what)}: ${markdownText(reason)}${next}`;
}

function checkCells({ check, subject, state, severity, seen }: AuditCheck): string[] {
  return [state === "ok" ? "ok" : `**${state}** (${severity})`, ...[check, subject, seen].map(markdownText)];
}

/** The audit as GitHub Flavored Markdown: sum, what to do, one table of record sets, one of checks. */
export function writeMarkdownReport(audit: Audit): string {
  const checks = sortChecks(audit.checks);
  const todos = [
    ...audit.rows
      .filter(({ verdict, fix }) => verdict !== "ok" && fix !== undefined)
      .map((row) => todo(`${row.verdict} ${describeSet(row)}`, row.reason, row.fix)),
    ...checks
      .filter(({ fix }) => fix !== undefined)
      .map((check) => todo(`${check.check} ${check.subject}`, check.seen, check.fix)),
  ];
  const sections = [
    `# DNS of ${markdownText(audit.domain)}`,
    markdownText(summaryLine(audit)),
    ...(todos.length > 0 ? ["## What to do", todos.join("\n")] : []),
    "## Record sets",
    table(["Verdict", "Set", "Declared", "Provider", "Authoritative", "Resolvers"], audit.rows.map(rowCells)),
    ...(checks.length > 0
      ? ["## Checks", table(["State", "Check", "Subject", "Seen"], checks.map(checkCells))]
      : []),
  ];
  return `${sections.join("\n\n")}\n`;
}
