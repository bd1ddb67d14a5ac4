/** What is new since the last audit that somebody was told of. Pure. */
import { describeSet } from "../model/observation.ts";
import type { Audit, AuditCheck, AuditRow } from "../model/observation.ts";
import { printable } from "../../stack/values/printable.ts";

/** A finding in one line that stays the same as long as the finding does: without times that count down. */
export type FindingLine = string;

/** What changed. */
export interface News {
  readonly appeared: readonly FindingLine[];
  readonly gone: readonly FindingLine[];
}

/** What is on its way comes and goes by itself, and nobody need be woken for it. */
const TOLD = new Set<AuditRow["verdict"]>(["conflict", "missing", "changed", "unmanaged", "unreachable"]);

function rowLine({ verdict, provider, ...row }: AuditRow): FindingLine {
  const records = provider?.state === "listed" ? provider.records : [];
  const values = [...new Set(records.map(({ value }) => value))].sort();
  const seen = verdict === "unreachable" || values.length === 0 ? "" : `: ${values.join(" + ")}`;
  return printable(`${verdict} ${describeSet(row)}${seen}`);
}

function isTold({ state, severity, advice }: AuditCheck): boolean {
  return (state === "bad" || state === "unknown") && severity !== "info" && advice !== true;
}

/** Every finding worth telling, sorted. */
export function listFindingLines({ rows, checks }: Pick<Audit, "rows" | "checks">): FindingLine[] {
  return [
    ...rows.filter(({ verdict }) => TOLD.has(verdict)).map(rowLine),
    ...checks.filter(isTold).map(({ check, subject, state }) => printable(`${check} ${subject}: ${state}`)),
  ].sort();
}

/** What came and what went; undefined when nothing did. */
export function newsSince(before: readonly FindingLine[], now: readonly FindingLine[]): News | undefined {
  const appeared = now.filter((line) => !before.includes(line));
  const gone = before.filter((line) => !now.includes(line));
  return appeared.length + gone.length === 0 ? undefined : { appeared, gone };
}

/** News as text. */
export function writeNews({ appeared, gone }: News): string {
  const part = (head: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [[head, ...lines.map((line) => `  ${line}`)].join("\n")];
  return [...part("New:", appeared), ...part("Gone:", gone)].join("\n\n");
}
