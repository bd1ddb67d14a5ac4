/** The columns of one record set as a table: who says what. */
import type { Answer, AuditRow, DesiredSet, Observation, ProviderColumn } from "../../observation.ts";
import { answerWords, count } from "../../words.ts";
import { markup, type Markup, type Part } from "./markup.ts";

/** Longest value that is shown whole at once. */
const SHOWN = 120;

/** A value whole; a long one behind its beginning. */
function value(text: string): Markup {
  if (text.length <= SHOWN) return markup`<code>${text}</code>`;
  return markup`<details class="long"><summary><code>${text.slice(0, SHOWN / 2)}…</code> <span class="note">${count(text.length, "character")}</span></summary><code>${text}</code></details>`;
}

function list(items: readonly Part[]): Markup {
  const [only] = items;
  if (items.length === 1) return markup`${only}`;
  return markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`;
}

function values(texts: readonly string[]): Markup {
  return texts.length === 0 ? markup`<span class="note">nothing</span>` : list(texts.map(value));
}

/** One answer and who gave it. */
interface Side {
  readonly who: string;
  readonly says: Part;
  /** Servers, where it is not clear from `who`. */
  readonly by?: string;
  readonly ttl?: string;
}

function ttlWords(ttls: readonly (number | "auto")[]): string {
  const numbers = ttls.filter((ttl) => ttl !== "auto");
  if (numbers.length === 0) return ttls.length === 0 ? "" : "auto";
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? `${most} s` : `${least} to ${most} s`;
}

function declaredSide(desired: DesiredSet | undefined): Side {
  const who = "Declared";
  if (desired === undefined) return { who, says: markup`<span class="note">nothing</span>` };
  const unknown = markup`<span class="note">known after the first <code>pulumi up</code></span>`;
  return {
    who,
    says: desired.valuesUnknown ? unknown : values(desired.values),
    ttl: ttlWords([desired.ttlSeconds]),
  };
}

function providerSide(column: ProviderColumn): Side {
  const who = "Provider’s API";
  if (column.state === "unreachable") return { who, says: `did not answer: ${column.reason}` };
  const { records } = column;
  if (records.length === 0) return { who, says: "no such record" };
  const marked = records.map(({ value: text, proxied, providerOwned, comment }) => {
    const notes = [
      ...(proxied === true ? ["proxied"] : []),
      ...(providerOwned === true ? ["the provider’s own"] : []),
      ...(comment ? [`comment: ${comment}`] : []),
    ];
    const after = notes.length === 0 ? undefined : markup` <span class="note">${notes.join(", ")}</span>`;
    return markup`${value(text)}${after}`;
  });
  return { who, says: list(marked), ttl: ttlWords(records.map(({ ttlSeconds }) => ttlSeconds)) };
}

/** Answers that say the same, whatever time is left. */
function sameAnswer({ answer }: Observation): string {
  return JSON.stringify([answer.state, answer.state === "answer" ? answer.values.toSorted() : []]);
}

function secondsOf(answer: Answer): number[] {
  if (answer.state === "answer") return [answer.ttlSeconds];
  return "negativeTtlSeconds" in answer ? [answer.negativeTtlSeconds] : [];
}

function serverSides(who: string, type: string, observations: readonly Observation[]): Side[] {
  if (observations.length === 0) return [{ who, says: markup`<span class="note">not asked</span>` }];
  return [...Map.groupBy(observations, sameAnswer).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { answer } = first;
    return [
      {
        who,
        says: answer.state === "answer" ? values(answer.values) : answerWords(answer, type),
        by: same.map(({ server }) => server).join(", "),
        ttl: ttlWords(same.flatMap((one) => secondsOf(one.answer))),
      },
    ];
  });
}

function sideRow({ who, says, by, ttl }: Side): Markup {
  const servers = by === undefined ? undefined : markup`<p class="by">${by}</p>`;
  return markup`<tr><th scope="row">${who}</th><td>${says}${servers}</td><td class="ttl">${ttl}</td></tr>
`;
}

/** One line a column, and one more for each other answer in it; a column that was not asked for is left out. */
export function sidesTable(row: AuditRow): Markup {
  const { type, name, desired, provider, authoritative, resolvers } = row;
  const sides = [
    declaredSide(desired),
    ...(provider ? [providerSide(provider)] : []),
    ...(authoritative ? serverSides("Authoritative", type, authoritative) : []),
    ...(resolvers ? serverSides("Resolvers", type, resolvers) : []),
  ];
  return markup`<table>
<caption>What each side says of ${type} ${name}</caption>
<thead><tr><th scope="col">Side</th><th scope="col">Says</th><th scope="col">Lives for</th></tr></thead>
<tbody>
${sides.map(sideRow)}</tbody>
</table>`;
}
