/** Tells what is wrong from what is only remembered: resolvers answer for a while what was there before. */
import { hasSpoken, secondsKept, type Answer, type AuditCheck } from "../model/observation.ts";
import { atMostWarning } from "../../stack/dns/severity.ts";
import type { Source } from "./lookUp/source.ts";
import { count } from "../judge/answerWords.ts";
import { COMMAND } from "../../stack/values/command.ts";

/** Both sides of a cache. */
export interface Sources {
  /** What everybody gets to hear. */
  readonly resolvers: Source;
  /** What resolvers get to hear as soon as they ask again. */
  readonly nameServers: Source;
}

/** A source with every answer that it gave. */
function listening(source: Source): { readonly source: Source; readonly heard: Map<string, Answer> } {
  const heard = new Map<string, Answer>();
  const answer: Source["answer"] = async (name, type) => {
    const said = await source.answer(name, type);
    heard.set(`${name} ${type}`, said);
    return said;
  };
  return { source: { answer, again: (name, type) => source.again(name, type) }, heard };
}

function saysTheSame(one: Answer, other: Answer | undefined): boolean {
  const words = (answer: Answer | undefined): string =>
    answer?.state === "answer" ? answer.values.join("\n") : (answer?.state ?? "");
  return one.state === other?.state && words(one) === words(other);
}

/** The longest that an outdated answer is kept for. */
function longestWait(
  old: ReadonlyMap<string, Answer>,
  fresh: ReadonlyMap<string, Answer>,
): number | undefined {
  const waits = [...old]
    .filter(([question, answer]) => !saysTheSame(answer, fresh.get(question)))
    .map(([, answer]) => secondsKept(answer))
    .filter((seconds) => seconds !== undefined);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/** A question that resolvers deny, and that no name server had a word on: it may be that nothing is there, or no way to it. */
function deniedAlone(
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
  { resolvers, nameServers }: Sources,
  judge: (source: Source) => Promise<Judged>,
): Promise<Judged | AuditCheck> {
  const remembered = listening(resolvers);
  const check = await judge(remembered.source);
  if (check?.state !== "bad") return check;
  const fresh = listening(nameServers);
  const again = await judge(fresh.source);
  const denied = deniedAlone(remembered.heard, fresh.heard);
  if (again?.state !== "ok" && denied !== undefined) {
    const [name = "", type = ""] = denied.split(" ");
    return {
      ...{ check: check.check, subject: check.subject },
      state: "unknown",
      severity: atMostWarning(check.severity),
      seen: `resolvers know no ${type} of ${name}, and no name server of it could be asked`,
      fix: resolvers.again(name, type),
    };
  }
  if (again?.state !== "ok") return check;
  const wait = longestWait(remembered.heard, fresh.heard);
  const kept = wait === undefined ? "" : ` for ${count(wait, "second")} at most`;
  return {
    ...{ check: check.check, subject: check.subject },
    state: "propagating",
    severity: atMostWarning(check.severity),
    seen: `${check.seen}; its name servers are right already, and caches keep the old answer${kept}`,
    fix: `${wait === undefined ? "" : `sleep ${wait} && `}${COMMAND} audit`,
  };
}
