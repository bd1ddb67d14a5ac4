/** The columns of one record set as a table: who says what. */
import { pluralize } from "../../../stack/values/sentence.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import {
  cachedSeconds,
  type AuditRow,
  type DesiredSet,
  type Observation,
  type ProviderColumn,
} from "../../model/observation.ts";
import { describeAnswer } from "../../model/describeAnswer.ts";
import { markup, type Markup, type Part } from "./markup.ts";

/** Longest value that is shown whole at once. */
const SHOWN = 120;

/** A value whole; a long one behind its beginning. */
function value(text: string): Markup {
  if (text.length <= SHOWN) return markup`<code>${text}</code>`;
  return markup`<details class="long"><summary><code>${text.slice(0, SHOWN / 2)}…</code> <span class="note">${pluralize(text.length, "character")}</span></summary><code>${text}</code></details>`;
}

function list(items: readonly Markup[]): Markup {
  const [only] = items;
  if (only === undefined) return NOTHING;
  if (items.length === 1) return only;
  return markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}

function note(words: Part): Markup {
  return markup`<span class="note">${words}</span>`;
}

const NOTHING = note("nothing");
const FOREIGN = markup` <span class="foreign"><span aria-hidden="true">≠</span> not declared</span>`;

/** One answer of a column. */
interface Side {
  readonly who: string;
  readonly says: Part;
  /** Time to live and servers. */
  readonly by: readonly string[];
}

/** A value that is not declared is marked, where others are. */
function mark(text: string, desired: DesiredSet | undefined): Markup | undefined {
  const compared = desired !== undefined && desired.valuesUnknown !== true;
  return compared && !desired.values.includes(text) ? FOREIGN : undefined;
}

function answered(texts: readonly string[], desired: DesiredSet | undefined): Markup {
  return list(texts.toSorted().map((text) => markup`${value(text)}${mark(text, desired)}`));
}

function ttlWords(ttls: readonly (number | "auto")[]): string[] {
  const numbers = ttls.filter((ttl) => ttl !== "auto");
  if (numbers.length === 0) return ttls.length === 0 ? [] : ["TTL auto"];
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return [least === most ? `TTL ${most} s` : `TTL ${least} to ${most} s`];
}

function declaredSide(desired: DesiredSet | undefined): Side {
  const who = "Declared";
  if (desired === undefined) return { who, says: NOTHING, by: [] };
  const says = desired.valuesUnknown
    ? note(markup`known after the first <code>pulumi up</code>`)
    : list(desired.values.map(value));
  return { who, says, by: ttlWords([desired.ttlSeconds]) };
}

function recordNotes({ proxied, providerOwned, comment }: ProviderRecord): Markup | undefined {
  const notes = [
    ...(proxied === true ? ["proxied"] : []),
    ...(providerOwned === true ? ["the provider’s own"] : []),
    ...(comment ? [`comment: ${comment}`] : []),
  ];
  return notes.length === 0 ? undefined : markup` ${note(notes.join(", "))}`;
}

function byValue(one: ProviderRecord, other: ProviderRecord): number {
  if (one.value === other.value) return 0;
  return one.value < other.value ? -1 : 1;
}

function providerSide(column: ProviderColumn, desired: DesiredSet | undefined): Side {
  const who = "Provider’s API";
  if (column.state === "unreachable") return { who, says: `did not answer: ${column.reason}`, by: [] };
  const records = column.records.toSorted(byValue);
  if (records.length === 0) return { who, says: "no such record", by: [] };
  const says = list(
    records.map(
      (record) => markup`${value(record.value)}${mark(record.value, desired)}${recordNotes(record)}`,
    ),
  );
  return { who, says, by: ttlWords(records.map(({ ttlSeconds }) => ttlSeconds)) };
}

/** Answers that say the same, whatever time is left. */
function sameAnswer({ answer }: Observation): string {
  return JSON.stringify([answer.state, answer.state === "answer" ? answer.values.toSorted() : []]);
}

function serverSides(who: string, row: AuditRow, observations: readonly Observation[]): Side[] {
  if (observations.length === 0) return [{ who, says: note("not asked"), by: [] }];
  return [...Map.groupBy(observations, sameAnswer).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { answer } = first;
    const says =
      answer.state === "answer" ? answered(answer.values, row.desired) : describeAnswer(answer, row.type);
    const servers = same.map(({ server }) => server);
    return [
      { who, says, by: [...ttlWords(same.flatMap((one) => cachedSeconds(one.answer) ?? [])), ...servers] },
    ];
  });
}

function sideRow({ who, says, by }: Side): Markup {
  const origin = by.length === 0 ? undefined : markup`<p class="by">${by.join(" · ")}</p>`;
  return markup`<tr><th scope="row">${who}</th><td>${says}${origin}</td></tr>
`;
}

/** One line a column, and one more for each other answer in it; a column that was not asked for is left out. */
export function writeSides(row: AuditRow): Markup {
  const { desired, provider, authoritative, resolvers } = row;
  const sides = [
    declaredSide(desired),
    ...(provider ? [providerSide(provider, desired)] : []),
    ...(authoritative ? serverSides("Name servers", row, authoritative) : []),
    ...(resolvers ? serverSides("Resolvers", row, resolvers) : []),
  ];
  return markup`<table>
<caption>What each side says of ${row.type} ${row.name}</caption>
<thead><tr><th scope="col">Side</th><th scope="col">Says</th></tr></thead>
<tbody>
${sides.map(sideRow)}</tbody>
</table>`;
}

/** The rules that hid the set, or some values in it. */
export function writeHiddenBy({
  verdict,
  ignoredBy,
}: Pick<AuditRow, "verdict" | "ignoredBy">): Markup | undefined {
  if (ignoredBy === undefined) return undefined;
  const what = verdict === "ignored" ? "Hidden" : "Values hidden";
  const rules = `${ignoredBy.length === 1 ? "the rule" : "the rules"} ${ignoredBy.join("; ")}`;
  return markup`<p class="note">${what} by ${rules}</p>`;
}
