/** A drill as one HTML page, in the style of the audit's. */
import { COMMAND } from "../../../stack/values/command.ts";
import type { DrillRecord } from "../../model/drill.ts";
import { drillHeadline, drillRows, type DrillRow } from "../drill.ts";
import { pageHead } from "./htmlReport.ts";
import { markup, type Markup } from "./markup.ts";

const SIGNS = { ok: "✓", warn: "!", bad: "✕" } as const;
const TONES = { ok: "ok", warn: "warning", bad: "critical" } as const;

function writeRow({ what, now, before }: DrillRow): Markup {
  return markup`<tr><th scope="row">${what.trim()}</th><td>${now}</td><td>${before ?? "–"}</td></tr>
`;
}

function writeFinding({ subject, state, seen, fix }: DrillRecord["findings"][number]): Markup {
  return markup`<li class="finding ${TONES[state]}">
<h3><span class="badge ${TONES[state]}"><span aria-hidden="true">${SIGNS[state]}</span> ${state}</span> ${subject}</h3>
<p class="reason">${seen}</p>
${fix === undefined ? undefined : markup`<div class="fix"><span class="label">Fix</span><pre><code>${fix}</code></pre></div>`}
</li>
`;
}

function writeLeft(left: readonly string[]): Markup | undefined {
  if (left.length === 0) return undefined;
  return markup`<section><h2>Left at the vendor, and billed</h2>
<ul>${left.map((one) => markup`<li>${one}</li>`)}</ul><p>Next step: <code>${COMMAND} drill --clean</code></p></section>
`;
}

/** The page: the same bytes for the same arguments. @param before the drill before it */
export function writeDrillReport(record: DrillRecord, before: DrillRecord | undefined): string {
  const words = drillHeadline(record);
  const tone = record.green ? "ok" : "critical";
  const when = (began: string): Markup =>
    markup`<time datetime="${began}">${began.slice(0, 16).replace("T", " ")} UTC</time>`;
  return markup`<!doctype html>
<html lang="en">
${pageHead(`${record.domain}: ${record.green ? "All came back" : "Not all came back"} (recovery drill)`)}
<body>
<a class="skip" href="#checks">Skip to the checks</a>
<header>
<p class="kicker">Recovery drill</p>
<h1>${record.domain}</h1>
<p class="headline ${tone}"><span aria-hidden="true">${record.green ? "✓" : "✕"}</span> ${words}</p>
</header>
<aside aria-label="Summary">
<h2>Summary</h2>
<dl class="facts">
<div><dt>Stack</dt><dd>${record.stack}</dd></div>
<div><dt>Began</dt><dd>${when(record.began)}</dd></div>
<div><dt>Drill before</dt><dd>${before === undefined ? "none" : when(before.began)}</dd></div>
</dl>
</aside>
<main>
<section aria-labelledby="figures"><h2 id="figures">Figures</h2>
<table><thead><tr><th scope="col">What</th><th scope="col">Now</th><th scope="col">Drill before</th></tr></thead><tbody>
${drillRows(record, before).map(writeRow)}</tbody></table></section>
${writeLeft(record.left)}<section aria-labelledby="checks"><h2 id="checks">Checks</h2>
<ol class="findings">
${record.findings.map(writeFinding)}</ol></section>
</main>
<footer><p>Made by <code>${COMMAND} drill --html</code>.</p></footer>
</body>
</html>
`.text;
}
