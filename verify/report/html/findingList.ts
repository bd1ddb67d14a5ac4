/** What is to be done: a card a finding, worst first. */
import { pluralize } from "../../../stack/values/sentence.ts";
import type { AuditRow, Severity } from "../../model/observation.ts";
import { SEVERITIES } from "../../../stack/dns/rules/severity.ts";
import { groupByFix, type SharedFix, type FindingCard } from "./findings.ts";
import { writeBadge, SEVERITY_WORDS, writeTitle } from "./labels.ts";
import { markup, type Markup } from "./markup.ts";
import { writeHiddenBy, writeSides } from "./sides.ts";

/** Notes are folded when there are more: a zone may hold hundreds of records of others. */
const NOTES_SHOWN = 5;
/** Findings that a line names. */
const CURED_SHOWN = 8;

function writeFix(fix: string): Markup {
  return markup`<div class="fix"><span class="label">Fix</span><pre><code>${fix}</code></pre></div>`;
}

function sides(row: AuditRow | undefined): Markup | undefined {
  return (
    row && markup`<details class="sides"><summary>What each side says</summary>${writeSides(row)}</details>`
  );
}

function writeCard({ id, kind, subject, verdict, severity, reason, fix, row }: FindingCard): Markup {
  return markup`<li id="${id}" class="finding ${severity}">
<h4>${writeBadge(verdict, severity)} ${writeTitle(kind, subject)}</h4>
<p class="reason">${reason}</p>
${row && writeHiddenBy(row)}${sides(row)}
${fix === undefined ? undefined : writeFix(fix)}
</li>
`;
}

function writeGroup(severity: Severity, findings: readonly FindingCard[]): Markup | undefined {
  const own = findings.filter((finding) => finding.severity === severity);
  if (own.length === 0) return undefined;
  const { name, means } = SEVERITY_WORDS[severity];
  const cards = markup`<ol class="findings">
${own.map(writeCard)}</ol>`;
  const folded = severity === "info" && own.length > NOTES_SHOWN;
  return markup`<section id="${severity}" aria-labelledby="${severity}-title">
<h3 id="${severity}-title">${name} <span class="note">${own.length}, ${means}</span></h3>
${folded ? markup`<details class="fold"><summary>Show ${pluralize(own.length, "note")}</summary>${cards}</details>` : cards}
</section>
`;
}

function writeSharedFix({ fix, findings }: SharedFix): Markup {
  const links = findings
    .slice(0, CURED_SHOWN)
    .map(
      ({ id, kind, subject }, index) =>
        markup`${index === 0 ? "" : ", "}<a href="#${id}">${kind} ${subject}</a>`,
    );
  const more = findings.length > CURED_SHOWN ? ` and ${findings.length - CURED_SHOWN} more` : "";
  return markup`<li>${writeFix(fix)}<p class="note">for ${links}${more}</p></li>
`;
}

/** Lines that fix several findings at once; any other stands with its finding alone. */
export function writeSharedFixes(findings: readonly FindingCard[]): Markup | undefined {
  const shared = groupByFix(findings).filter(({ findings: fixed }) => fixed.length > 1);
  if (shared.length === 0) return undefined;
  return markup`<section aria-labelledby="lines-title">
<h2 id="lines-title">One line for several findings</h2>
<ol class="cures">
${shared.map(writeSharedFix)}</ol>
</section>
`;
}

/** All findings by severity, or that there is none. */
export function writeFindings(findings: readonly FindingCard[]): Markup {
  const none = markup`<p>None: there is nothing to do.</p>`;
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${findings.length === 0 ? none : SEVERITIES.map((severity) => writeGroup(severity, findings))}
</section>
`;
}
