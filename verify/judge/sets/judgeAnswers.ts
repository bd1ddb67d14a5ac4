/** What the servers of the DNS add to what the provider's API says. */
import { pluralize } from "../../../stack/values/sentence.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import type { Judgement } from "../../model/auditInput.ts";
import { compareSet } from "./compareSet.ts";
import { writeDig } from "../fixes/fixes.ts";
import {
  hasSpoken,
  cachedSeconds,
  type DesiredSet,
  type Observation,
  type Severity,
} from "../../model/observation.ts";
import { atMostWarning, deriveSeverity } from "../../../stack/dns/rules/severity.ts";
import { describeAnswer } from "../../model/describeAnswer.ts";
import { COMMAND } from "../../../stack/values/command.ts";

/** A column of servers. */
export type ServerColumn = "authoritative" | "resolvers";

/** The answers of one column, sorted by what they mean. */
export interface ColumnJudgement {
  readonly column: ServerColumn;
  readonly right: readonly Judgement[];
  readonly differing: readonly { readonly observation: Observation; readonly judgement: Judgement }[];
  /** No answer at all. */
  readonly failing: readonly Observation[];
}

/** Verdict of a whole row. */
export type RowJudgement = Omit<Judgement, "verdict"> & {
  readonly verdict: Judgement["verdict"] | "propagating" | "unreachable" | "ignored";
};

/**
 * Sorts a column's answers.
 *
 * @param expected what a right server answers: the declared set, or what the provider has of it.
 */
export function judgeColumn(
  column: ServerColumn,
  expected: DesiredSet,
  observations: readonly Observation[],
  context: ZoneFacts,
): ColumnJudgement {
  const failing = observations.filter(({ answer }) => !hasSpoken(answer));
  const judged = observations
    .filter(({ answer }) => hasSpoken(answer))
    .map((observation) => {
      const { answer } = observation;
      const values = answer.state === "answer" ? answer.values : [];
      // A resolver's TTL counts down; a TTL that the provider chooses is not known.
      const compared = column === "authoritative" && expected.ttlSeconds !== "auto";
      const ttls = answer.state === "answer" && compared ? [answer.ttlSeconds] : [];
      return { observation, judgement: compareSet(expected, { values, ttls, proxied: false }, context) };
    });
  const isRight = ({ judgement: { verdict } }: { readonly judgement: Judgement }): boolean =>
    verdict === "ok" || verdict === "unmanaged";
  return {
    column,
    right: judged.filter(isRight).map(({ judgement }) => judgement),
    differing: judged.filter((one) => !isRight(one)),
    failing,
  };
}

function judgePropagating(desired: DesiredSet, { column, differing, right }: ColumnJudgement): RowJudgement {
  const severity = atMostWarning(deriveSeverity(desired));
  const [first] = differing;
  const total = differing.length + right.length;
  const left = differing
    .map(({ observation }) => cachedSeconds(observation.answer))
    .filter((one) => one !== undefined);
  const wait = left.length === 0 ? undefined : Math.max(...left);
  const seen =
    first === undefined
      ? ""
      : `${first.observation.server} ${describeAnswer(first.observation.answer, desired.type)}`;
  const noun = column === "resolvers" ? "resolver" : "authoritative server";
  const gone =
    wait === undefined
      ? ""
      : `; caches keep ${first?.observation.answer.state === "answer" ? "it" : "the absence"} for ${pluralize(wait, "second")} at most`;
  const reason = `${differing.length} of ${pluralize(total, noun)} ${differing.length === 1 ? "is" : "are"} not up to date: ${seen}${gone}`;
  const fix =
    column === "resolvers" && wait !== undefined
      ? `sleep ${wait} && ${COMMAND} audit`
      : first === undefined
        ? `${COMMAND} audit`
        : writeDig(first.observation.server, desired.name, desired.type, column === "resolvers");
  return { verdict: "propagating", severity, reason, fix };
}

function judgeUnreachable(desired: DesiredSet, { column, failing, right }: ColumnJudgement): RowJudgement {
  const [first] = failing;
  const severity: Severity = atMostWarning(deriveSeverity(desired));
  const others = right.length === 0 ? "" : `; ${pluralize(right.length, "other")} answered as declared`;
  const more = failing.length > 1 ? ` (and ${failing.length - 1} more did not answer)` : "";
  const seen =
    first === undefined
      ? "no server was asked"
      : `${first.server} ${describeAnswer(first.answer, desired.type)}`;
  const fix =
    first === undefined
      ? `${COMMAND} audit`
      : writeDig(first.server, desired.name, desired.type, column === "resolvers");
  return { verdict: "unreachable", severity, reason: `${seen}${more}${others}`, fix };
}

/** A time-out of one among several that answer says little; a server that answers with a fault has it for everybody. */
function couldNotTell({ right, differing, failing }: ColumnJudgement): boolean {
  if (failing.length === 0) return false;
  return right.length + differing.length === 0 || failing.some(({ answer }) => answer.state !== "timeout");
}

/** Whether all who differ say that there is nothing. */
function isDenied({ differing }: ColumnJudgement): boolean {
  return differing.every(({ observation: { answer } }) => answer.state !== "answer");
}

/**
 * The verdict of a declared set, from all columns that were asked.
 *
 * The provider's API is nearest to the truth, then the authoritative servers, then resolvers: what differs behind a
 * right one is on its way.
 *
 * @param provider of the API; undefined when it was not asked or did not answer.
 */
export function combineColumns(
  desired: DesiredSet,
  provider: Judgement | undefined,
  columns: readonly ColumnJudgement[],
): RowJudgement | undefined {
  if (provider !== undefined && provider.verdict !== "ok" && provider.verdict !== "unmanaged")
    return provider;
  let base: Judgement | undefined = provider;
  let unsure: RowJudgement | undefined;
  let silent = false;
  for (const column of columns) {
    const [differing] = column.differing;
    base ??= column.right[0];
    // What resolvers deny while no server of the zone can be asked may be there all the same.
    if (silent && base === undefined && isDenied(column)) continue;
    if (differing !== undefined)
      return base === undefined ? differing.judgement : judgePropagating(desired, column);
    if (couldNotTell(column)) {
      unsure ??= judgeUnreachable(desired, column);
      silent ||= column.right.length === 0;
    }
  }
  return unsure ?? base;
}
