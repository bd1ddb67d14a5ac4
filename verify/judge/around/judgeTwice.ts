/** Tells what is wrong from what is only remembered: resolvers answer for a while what was there before. */
import { pluralize } from "../../../stack/values/sentence.ts";
import { hasSpoken, cachedSeconds, type Answer, type AuditCheck } from "../../model/observation.ts";
import { atMostWarning } from "../../../stack/dns/rules/severity.ts";
import type { AnswerSource, CachedAndFresh } from "../../model/answerSource.ts";
import { writeDig } from "../fixes/fixes.ts";
import { COMMAND } from "../../../stack/values/command.ts";

/** A source with every answer that it gave. */
function recordAnswers(source: AnswerSource): {
  readonly source: AnswerSource;
  readonly heard: Map<string, Answer>;
} {
  const heard = new Map<string, Answer>();
  const answer: AnswerSource["answer"] = async (name, type) => {
    const said = await source.answer(name, type);
    heard.set(`${name} ${type}`, said);
    return said;
  };
  return { source: { answer, byHand: source.byHand }, heard };
}

function saysTheSame(one: Answer, other: Answer | undefined): boolean {
  const words = (answer: Answer | undefined): string =>
    answer?.state === "answer" ? answer.values.join("\n") : (answer?.state ?? "");
  return one.state === other?.state && words(one) === words(other);
}

/** The longest that an outdated answer is kept for. */
function findLongestWait(
  old: ReadonlyMap<string, Answer>,
  fresh: ReadonlyMap<string, Answer>,
): number | undefined {
  const waits = [...old]
    .filter(([question, answer]) => !saysTheSame(answer, fresh.get(question)))
    .map(([, answer]) => cachedSeconds(answer))
    .filter((seconds) => seconds !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A question that resolvers deny, and that no name server had a word on: it may be that nothing is there, or no way to it. */
function findDenied(
  old: ReadonlyMap<string, Answer>,
  fresh: ReadonlyMap<string, Answer>,
): string | undefined {
  return [...old].find(([question, { state }]) => {
    const now = fresh.get(question);
    return (state === "nxdomain" || state === "empty") && now !== undefined && !hasSpoken(now);
  })?.[0];
}

/**
 * Judges by what resolvers say. What is bad there is judged again by what the name servers say: where that is in order,
 * it is on its way, and the wait is told. What resolvers deny while no name server can be asked could not be told.
 */
export async function judgeTwice<Judged extends AuditCheck | undefined>(
  { resolvers, nameServers }: CachedAndFresh,
  judge: (source: AnswerSource) => Promise<Judged>,
): Promise<Judged | AuditCheck> {
  const remembered = recordAnswers(resolvers);
  const check = await judge(remembered.source);
  if (check?.state !== "bad") return check;
  const fresh = recordAnswers(nameServers);
  const again = await judge(fresh.source);
  const denied = findDenied(remembered.heard, fresh.heard);
  if (again?.state !== "ok" && denied !== undefined) {
    const [name = "", type = ""] = denied.split(" ");
    return {
      ...{ check: check.check, subject: check.subject },
      state: "unknown",
      severity: atMostWarning(check.severity),
      seen: `resolvers know no ${type} of ${name}, and no name server of it could be asked`,
      fix: writeDig(resolvers.byHand, name, type, true),
    };
  }
  if (again?.state !== "ok") return check;
  const wait = findLongestWait(remembered.heard, fresh.heard);
  const kept = wait === undefined ? "" : ` for ${pluralize(wait, "second")} at most`;
  return {
    ...{ check: check.check, subject: check.subject },
    state: "propagating",
    severity: atMostWarning(check.severity),
    seen: `${check.seen}; its name servers are right already, and caches keep the old answer${kept}`,
    fix: `${wait === undefined ? "" : `sleep ${wait} && `}${COMMAND} audit`,
  };
}
