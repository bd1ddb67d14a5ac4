/** What the page says first: counts, and when and whom the audit asked. */
import { pluralize } from "../../../stack/values/sentence.ts";
import type { Audit } from "../../model/observation.ts";
import { SEVERITIES } from "../../../stack/dns/rules/severity.ts";
import { VERDICTS } from "../../judge/sets/worstFirst.ts";
import { longestTtlLeft } from "../cells.ts";
import type { FindingCard } from "./findings.ts";
import { writeBadge, SEVERITY_WORDS } from "./labels.ts";
import { markup, type Markup } from "./markup.ts";

const COLUMN_WORDS = {
  api: "provider’s API",
  authoritative: "authoritative servers",
  resolvers: "resolvers",
} as const satisfies Record<Audit["columns"][number], string>;

/** How many sets have each verdict, worst first, and how many checks passed. */
export function writeVerdictCounts({ rows, checks }: Audit): Markup {
  const items = VERDICTS.flatMap((verdict) => {
    const number = rows.filter((row) => row.verdict === verdict).length;
    const severity = rows.find((row) => row.verdict === verdict)?.severity ?? "info";
    return number === 0
      ? []
      : [
          markup`<div><dt>${writeBadge(verdict, verdict === "ok" ? "ok" : severity)}</dt><dd>${number}</dd></div>
`,
        ];
  });
  const bad = checks.filter(({ state }) => state !== "ok").length;
  const passed = `${checks.length - bad} of ${checks.length} in order`;
  return markup`<dl class="counts">
${items}<div><dt>Checks</dt><dd>${checks.length === 0 ? "none" : passed}</dd></div>
</dl>`;
}

/** Zone, time and columns. */
export function writeFacts(audit: Audit, at: Date): Markup {
  const { zone, columns } = audit;
  const wait = longestTtlLeft(audit);
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
${wait === undefined ? undefined : markup`<div><dt>Caches let go</dt><dd>within ${pluralize(wait, "second")}</dd></div>`}
</dl>`;
}

/** Ways to the findings of each severity. */
export function writeSeverityLinks(findings: readonly FindingCard[]): Markup | undefined {
  if (findings.length === 0) return undefined;
  const links = SEVERITIES.flatMap((severity) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    const { name } = SEVERITY_WORDS[severity];
    return number === 0 ? [] : [markup`<li><a href="#${severity}">${name} <b>${number}</b></a></li>`];
  });
  return markup`<nav aria-label="Findings by severity"><ul>${links}</ul></nav>`;
}
