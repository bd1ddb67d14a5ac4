/** Who answers questions about any name. Handed in, so that nothing that judges asks by itself. */
import type { Answer } from "./observation.ts";

/** A resolver with what it remembers, or the name servers of whatever zone holds a name. */
export interface AnswerSource {
  /** Aliases are not followed: where one stands at the name, the value is `CNAME target`. */
  answer(name: string, type: string): Promise<Answer>;
  /** Address of a resolver to ask the same by hand; the system's where absent. */
  readonly byHand: string | undefined;
}

/** Both sides of a cache. */
export interface CachedAndFresh {
  /** What everybody gets to hear. */
  readonly resolvers: AnswerSource;
  /** What resolvers get to hear as soon as they ask again. */
  readonly nameServers: AnswerSource;
}

/** How far an alias is followed. */
const LONGEST_CHAIN = 8;

/** Asks, and follows aliases, as everybody does who looks for the data. */
export async function followAliases(source: AnswerSource, name: string, type: string): Promise<Answer> {
  let at = name;
  for (let step = 0; step < LONGEST_CHAIN; step += 1) {
    const answer = await source.answer(at, type);
    const values = answer.state === "answer" ? answer.values : [];
    const alias = values.find((value) => value.startsWith("CNAME "));
    if (alias === undefined) return answer;
    at = alias.slice("CNAME ".length);
  }
  return { state: "servfail" };
}
