/** The audit as one HTML page that needs nothing else: no script, no other file, no network. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Audit } from "../../model/observation.ts";
import { writeSharedFixes, writeFindings } from "./findingList.ts";
import { listFindings } from "./findings.ts";
import { chooseHeadline, type Headline } from "./headline.ts";
import { markup, Markup } from "./markup.ts";
import { writeSettled } from "./settledList.ts";
import { writeFacts, writeSeverityLinks, writeVerdictCounts } from "./summary.ts";
import { COMMAND } from "../../../stack/values/command.ts";

const STYLE = readFileSync(new URL("report.css", import.meta.url), "utf8");

/** Nothing is loaded and nothing runs; of styles this one alone (CSP Level 3, 2.3.1: hash of the element's text). */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const TONE_SIGNS: Readonly<Record<Headline["tone"], string>> = {
  critical: "✕",
  warning: "!",
  info: "→",
  ok: "✓",
};

/** Head of a page that needs nothing else. */
export function pageHead(pageTitle: string): Markup {
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
export function writeHtmlReport(audit: Audit, at: Date): string {
  const findings = listFindings(audit);
  const { tone, words } = chooseHeadline(audit, findings);
  return markup`<!doctype html>
<html lang="en">
${pageHead(`${audit.domain}: ${words} (DNS audit)`)}
<body>
<a class="skip" href="#findings">Skip to the findings</a>
<header>
<p class="kicker">DNS audit</p>
<h1>${audit.domain}</h1>
<p class="headline ${tone}"><span aria-hidden="true">${TONE_SIGNS[tone]}</span> ${words}</p>
${writeSeverityLinks(findings)}
</header>
<aside aria-label="Summary">
<h2>Summary</h2>
${writeVerdictCounts(audit)}
${writeFacts(audit, at)}
</aside>
<main>
${writeSharedFixes(findings)}${writeFindings(findings)}${writeSettled(audit)}</main>
<footer><p>Made by <code>${COMMAND} audit --html</code>. A click or tap on a line after “Fix” selects all of it.</p></footer>
</body>
</html>
`.text;
}
