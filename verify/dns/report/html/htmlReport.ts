/** The audit as one HTML page that needs nothing else: no script, no other file, no network. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Audit, AuditCheck, AuditRow, Severity, Verdict } from "../../observation.ts";
import { SEVERITIES } from "../../severity.ts";
import { count, listed } from "../../words.ts";
import { VERDICTS } from "../../worstFirst.ts";
import { secondsToWait } from "../cells.ts";
import { curesOf, findingsOf, isOpen, type Cure, type Finding } from "./findings.ts";
import { headlineOf, type Headline } from "./headline.ts";
import { markup, Markup } from "./markup.ts";
import { sidesTable } from "./sides.ts";

const STYLE = readFileSync(new URL("report.css", import.meta.url), "utf8");

/** Nothing is loaded and nothing runs; of styles this one alone (CSP Level 3, 2.3.1: hash of the element's text). */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A sign beside each word, so that colour is never the only one. */
const SIGNS: Readonly<Record<Finding["verdict"], string>> = {
  conflict: "✕",
  missing: "−",
  bad: "!",
  changed: "≠",
  unreachable: "?",
  propagating: "→",
  stray: "+",
  ignored: "·",
  "provider-owned": "·",
  ok: "✓",
};

const TONE_SIGNS: Readonly<Record<Headline["tone"], string>> = {
  critical: "✕",
  warning: "!",
  info: "→",
  ok: "✓",
};

const SEVERITY_WORDS: Readonly<Record<Severity, { readonly name: string; readonly means: string }>> = {
  critical: { name: "Critical", means: "mail stops or is refused" },
  warning: { name: "Warnings", means: "mail suffers" },
  info: { name: "Notes", means: "mail is not touched" },
};

const COLUMN_WORDS = {
  api: "provider’s API",
  authoritative: "authoritative servers",
  resolvers: "resolvers",
} as const satisfies Record<Audit["columns"][number], string>;

/** Notes are folded when there are more: a zone may hold hundreds of records of others. */
const NOTES_SHOWN = 5;
/** Findings that a line names. */
const CURED_SHOWN = 8;

function badge(verdict: Finding["verdict"], severity: Severity | "ok"): Markup {
  const words = verdict === "provider-owned" ? "provider’s" : verdict;
  return markup`<span class="badge ${severity}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${words}</span>`;
}

/** Kind and name, which may break after dots where it is too long. */
function title(kind: string, subject: string): Markup {
  return markup`<span class="kind">${kind}</span> <span class="name">${subject}</span>`;
}

function fixLine(fix: string): Markup {
  return markup`<div class="fix"><span class="label">Fix</span><pre><code>${fix}</code></pre></div>`;
}

function sides(row: AuditRow | undefined): Markup | undefined {
  return (
    row && markup`<details class="sides"><summary>What each side says</summary>${sidesTable(row)}</details>`
  );
}

function findingCard({ id, kind, subject, verdict, severity, reason, fix, row }: Finding): Markup {
  const hidden =
    row?.ignoredBy === undefined
      ? undefined
      : markup`<p class="note">Hidden in it by the rule ${row.ignoredBy}</p>`;
  return markup`<li id="${id}" class="finding ${severity}">
<h4>${badge(verdict, severity)} ${title(kind, subject)}</h4>
<p class="reason">${reason}</p>
${hidden}${sides(row)}
${fix === undefined ? undefined : fixLine(fix)}
</li>
`;
}

function findingGroup(severity: Severity, findings: readonly Finding[]): Markup | undefined {
  const own = findings.filter((finding) => finding.severity === severity);
  if (own.length === 0) return undefined;
  const { name, means } = SEVERITY_WORDS[severity];
  const cards = markup`<ol class="findings">
${own.map(findingCard)}</ol>`;
  const folded = severity === "info" && own.length > NOTES_SHOWN;
  return markup`<section id="${severity}" aria-labelledby="${severity}-title">
<h3 id="${severity}-title">${name} <span class="note">${own.length}, ${means}</span></h3>
${folded ? markup`<details class="fold"><summary>Show ${count(own.length, "note")}</summary>${cards}</details>` : cards}
</section>
`;
}

function cureItem({ fix, findings }: Cure): Markup {
  const links = findings
    .slice(0, CURED_SHOWN)
    .map(
      ({ id, kind, subject }, index) =>
        markup`${index === 0 ? "" : ", "}<a href="#${id}">${kind} ${subject}</a>`,
    );
  const more = findings.length > CURED_SHOWN ? ` and ${findings.length - CURED_SHOWN} more` : "";
  return markup`<li>${fixLine(fix)}<p class="note">for ${links}${more}</p></li>
`;
}

/** Lines that cure several findings at once; any other stands with its finding alone. */
function cureList(findings: readonly Finding[]): Markup | undefined {
  const shared = curesOf(findings).filter((cure) => cure.findings.length > 1);
  if (shared.length === 0) return undefined;
  return markup`<section aria-labelledby="lines-title">
<h2 id="lines-title">One line for several findings</h2>
<ol class="cures">
${shared.map(cureItem)}</ol>
</section>
`;
}

function findingList(findings: readonly Finding[]): Markup {
  const none = markup`<p>None: there is nothing to do.</p>`;
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${findings.length === 0 ? none : SEVERITIES.map((severity) => findingGroup(severity, findings))}
</section>
`;
}

const SETTLED_WORDS = [
  ["ignored", "Ignored"],
  ["provider-owned", "Kept by the provider"],
  ["ok", "As declared"],
] as const satisfies readonly (readonly [Verdict, string])[];

/** What the set says, as far as a line holds it. */
function glance({ desired, provider }: AuditRow): Markup | undefined {
  const records = provider?.state === "listed" ? provider.records.map(({ value }) => value) : [];
  const values = desired === undefined || desired.valuesUnknown ? records : desired.values;
  return values.length === 0 ? undefined : markup` <code class="glance">${listed(values)}</code>`;
}

function settledRow(row: AuditRow): Markup {
  const rule = row.ignoredBy === undefined ? "" : ` (rule ${row.ignoredBy})`;
  const why = row.verdict === "ok" ? undefined : markup`<p class="reason">${row.reason}${rule}</p>`;
  return markup`<li><details class="set"><summary>${badge(row.verdict, row.verdict === "ok" ? "ok" : "info")} ${title(row.type, row.name)}${glance(row)}</summary>${why}${sidesTable(row)}</details></li>
`;
}

function settledGroup([verdict, words]: readonly [Verdict, string], rows: readonly AuditRow[]) {
  const own = rows.filter((row) => row.verdict === verdict);
  if (own.length === 0) return undefined;
  return markup`<section aria-labelledby="${verdict}-title">
<h3 id="${verdict}-title">${words} <span class="note">${count(own.length, "record set")}</span></h3>
<ul class="sets">
${own.map(settledRow)}</ul>
</section>
`;
}

function passedChecks(checks: readonly AuditCheck[]): Markup | undefined {
  const passed = checks.filter(({ state }) => state === "ok");
  if (passed.length === 0) return undefined;
  const rows = passed.map(
    ({ check, subject, seen }) =>
      markup`<tr><th scope="row">${badge("ok", "ok")} ${title(check, subject)}</th><td>${seen}</td></tr>
`,
  );
  return markup`<section aria-labelledby="checks-title">
<h3 id="checks-title">Checks <span class="note">${passed.length} in order</span></h3>
<table class="checks">
<caption>Checks of the world round the zone that are in order</caption>
<thead><tr><th scope="col">Check</th><th scope="col">Seen</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</section>
`;
}

function settledList({ rows, checks }: Audit): Markup | undefined {
  const settled = rows.filter((row) => !isOpen(row));
  const groups = [...SETTLED_WORDS.map((group) => settledGroup(group, settled)), passedChecks(checks)].filter(
    (group) => group !== undefined,
  );
  if (groups.length === 0) return undefined;
  return markup`<section aria-labelledby="settled-title">
<h2 id="settled-title">Everything else</h2>
${groups}</section>
`;
}

function verdictCounts({ rows, checks }: Audit): Markup {
  const items = VERDICTS.flatMap((verdict) => {
    const number = rows.filter((row) => row.verdict === verdict).length;
    const severity = rows.find((row) => row.verdict === verdict)?.severity ?? "info";
    return number === 0
      ? []
      : [
          markup`<div><dt>${badge(verdict, verdict === "ok" ? "ok" : severity)}</dt><dd>${number}</dd></div>
`,
        ];
  });
  const bad = checks.filter(({ state }) => state !== "ok").length;
  const passed = `${checks.length - bad} of ${checks.length} in order`;
  return markup`<dl class="counts">
${items}<div><dt>Checks</dt><dd>${checks.length === 0 ? "none" : passed}</dd></div>
</dl>`;
}

function facts(audit: Audit, at: Date): Markup {
  const { zone, columns } = audit;
  const wait = secondsToWait(audit);
  const iso = at.toISOString();
  const asked = Object.keys(COLUMN_WORDS) as (keyof typeof COLUMN_WORDS)[];
  const names = (wanted: boolean): string =>
    asked
      .filter((column) => columns.includes(column) === wanted)
      .map((column) => COLUMN_WORDS[column])
      .join(", ");
  const left = names(false);
  return markup`<dl class="facts">
<div><dt>Zone</dt><dd>${zone}</dd></div>
<div><dt>Looked at</dt><dd><time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time></dd></div>
<div><dt>Asked</dt><dd>${names(true) || "nobody"}</dd></div>
${left === "" ? undefined : markup`<div><dt>Not asked</dt><dd>${left}</dd></div>`}
${wait === undefined ? undefined : markup`<div><dt>Caches let go</dt><dd>within ${count(wait, "second")}</dd></div>`}
</dl>`;
}

function severityLinks(findings: readonly Finding[]): Markup | undefined {
  if (findings.length === 0) return undefined;
  const links = SEVERITIES.flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    const { name } = SEVERITY_WORDS[severity];
    return number === 0 ? [] : [markup`<li><a href="#${severity}">${name} <b>${number}</b></a></li>`];
  });
  return markup`<nav aria-label="Findings by severity"><ul>${links}</ul></nav>`;
}

function pageHead(pageTitle: string): Markup {
  return markup`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${pageTitle}</title>
<style>${new Markup(STYLE)}</style>
</head>`;
}

/**
 * The page: worst first, every value escaped, the same bytes for the same arguments.
 *
 * @param at when the audit was made; shown in UTC.
 * @returns a whole HTML document, ready to be written to a file.
 */
export function htmlReport(audit: Audit, at: Date): string {
  const findings = findingsOf(audit);
  const { tone, words } = headlineOf(audit, findings);
  return markup`<!doctype html>
<html lang="en">
${pageHead(`${audit.domain}: ${words} (DNS audit)`)}
<body>
<a class="skip" href="#findings">Skip to the findings</a>
<header>
<p class="kicker">DNS audit</p>
<h1>${audit.domain}</h1>
<p class="headline ${tone}"><span aria-hidden="true">${TONE_SIGNS[tone]}</span> ${words}</p>
${severityLinks(findings)}
</header>
<aside aria-label="Summary">
<h2>Summary</h2>
${verdictCounts(audit)}
${facts(audit, at)}
</aside>
<main>
${cureList(findings)}${findingList(findings)}${settledList(audit)}</main>
<footer><p>Made by <code>npx mailstead audit --html</code>. A click or tap on a line after “Fix” selects all of it.</p></footer>
</body>
</html>
`.text;
}
