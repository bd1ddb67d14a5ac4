/** What needs nothing: ignored, the provider's own, as declared, and checks that passed. */
import type { Audit, AuditCheck, AuditRow, Verdict } from "../../model/observation.ts";
import { listed, pluralize } from "../../../stack/values/sentence.ts";
import { isOpen } from "./findings.ts";
import { writeBadge, writeTitle } from "./labels.ts";
import { markup, type Markup } from "./markup.ts";
import { writeHiddenBy, writeSides } from "./sides.ts";

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

function writeSettledRow(row: AuditRow): Markup {
  const why = row.verdict === "ok" ? undefined : markup`<p class="reason">${row.reason}</p>`;
  return markup`<li><details class="set"><summary>${writeBadge(row.verdict, row.verdict === "ok" ? "ok" : "info")} ${writeTitle(row.type, row.name)}${glance(row)}</summary>${why}${writeHiddenBy(row)}${writeSides(row)}</details></li>
`;
}

function writeSettledGroup([verdict, words]: readonly [Verdict, string], rows: readonly AuditRow[]) {
  const own = rows.filter((row) => row.verdict === verdict);
  if (own.length === 0) return undefined;
  return markup`<section aria-labelledby="${verdict}-title">
<h3 id="${verdict}-title">${words} <span class="note">${pluralize(own.length, "record set")}</span></h3>
<ul class="sets">
${own.map(writeSettledRow)}</ul>
</section>
`;
}

function writePassedChecks(checks: readonly AuditCheck[]): Markup | undefined {
  const passed = checks.filter(({ state }) => state === "ok");
  if (passed.length === 0) return undefined;
  const rows = passed.map(
    ({ check, subject, seen }) =>
      markup`<tr><th scope="row">${writeBadge("ok", "ok")} ${writeTitle(check, subject)}</th><td>${seen}</td></tr>
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

/** Everything that is no finding; absent where that is nothing. */
export function writeSettled({ rows, checks }: Audit): Markup | undefined {
  const settled = rows.filter((row) => !isOpen(row));
  const groups = [
    ...SETTLED_WORDS.map((group) => writeSettledGroup(group, settled)),
    writePassedChecks(checks),
  ].filter((group) => group !== undefined);
  if (groups.length === 0) return undefined;
  return markup`<section aria-labelledby="settled-title">
<h2 id="settled-title">Everything else</h2>
${groups}</section>
`;
}
