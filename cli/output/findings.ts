/** Findings as lines for people. */
import { stripVTControlCharacters } from "node:util";
import { printable, printableLines } from "../../stack/values/printable.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { mark, print, printJson, styled } from "./terminal.ts";

/** One finding with its next step and its lines, as text. */
export function describeFinding(finding: Finding): string {
  // A vendor's answer may have several lines.
  const text = (words: string): string => printable(words.trim().replaceAll(/\s*\n\s*/g, " "));
  const lines = [mark(finding.state, text(`${finding.subject}: ${finding.seen}`))];
  if (finding.fix !== undefined) lines.push(`    next: ${text(finding.fix)}`);
  for (const line of finding.detail ?? [])
    lines.push(styled("dim", `    | ${printableLines(stripVTControlCharacters(line))}`));
  return lines.join("\n");
}

/** Exit code of a list of findings: 1 where something is bad. */
export function chooseExitCode(findings: readonly Finding[]): number {
  return findings.some(({ state }) => state === "bad") ? 1 : 0;
}

/** Prints findings, as text or as JSON. Returns the exit code that they make. */
export function printFindings(findings: readonly Finding[], isJson: boolean | undefined): number {
  if (isJson === true) printJson({ findings });
  else print(findings.map(describeFinding).join("\n"));
  return chooseExitCode(findings);
}
