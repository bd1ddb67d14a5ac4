/** Resolvers: which there are, and questions to the first that answers. */
import { getServers } from "node:dns";
import { isIP } from "node:net";
import { canonicalName, isWithin } from "../../../stack/values/domainName.ts";
import type { AnswerSource } from "../../model/answerSource.ts";
import type { Answer } from "../../model/observation.ts";
import type { DnsClient, Outcome } from "./dnsClient.ts";
import type { Question } from "./message.ts";
import { readAnswer } from "./readAnswer.ts";

/** Resolvers for everyone, each of another operator. */
export const PUBLIC_RESOLVERS: readonly string[] = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];

/** Addresses of the system's resolvers that listen on the usual port. */
export function listSystemResolvers(): string[] {
  return getServers().filter((address) => isIP(address) !== 0);
}

/** Those that were given; else the system's and the public ones. Each once. */
export function listResolvers(given?: readonly string[]): string[] {
  return [...new Set(given ?? [...listSystemResolvers(), ...PUBLIC_RESOLVERS])];
}

/**
 * Leaves out public resolvers that cannot be reached from here, as in a network without a way out: that says nothing of
 * the zone. The others stay, whatever they answer.
 */
export async function findReachable(
  client: DnsClient,
  resolvers: readonly string[],
): Promise<{ readonly resolvers: readonly string[]; readonly outOfReach: readonly string[] }> {
  const question = { name: ".", type: "SOA", recurse: true };
  const reached = await Promise.all(
    resolvers.map(
      async (address) =>
        !PUBLIC_RESOLVERS.includes(address) || (await client.ask(address, question)).state === "reply",
    ),
  );
  return {
    resolvers: resolvers.filter((_, index) => reached[index] === true),
    outOfReach: resolvers.filter((_, index) => reached[index] !== true),
  };
}

/** Questions with recursion, to the first of the resolvers that gives an answer. */
export interface Recursion extends AnswerSource {
  outcome(name: string, type: string, flags?: Partial<Question>): Promise<Outcome>;
  /** The zone that holds a name, by its SOA (RFC 2308 3); absent when nobody could say. */
  enclosingZone(name: string): Promise<string | undefined>;
}

/** No word on the name: the next resolver may have one. */
const SAYS_NOTHING: readonly Answer["state"][] = ["timeout", "refused", "servfail", "lame"];

export function createRecursion(client: DnsClient, resolvers: readonly string[]): Recursion {
  const outcome: Recursion["outcome"] = async (name, type, flags = {}) => {
    let last: Outcome = { state: "silent" };
    for (const address of resolvers) {
      last = await client.ask(address, { name, type, recurse: true, ...flags });
      if (!SAYS_NOTHING.includes(readAnswer(last, { role: "resolver" }, name, type).state)) return last;
    }
    return last;
  };
  const enclosingZone = async (name: string): Promise<string | undefined> => {
    const found = await outcome(name, "SOA");
    if (found.state === "reply") {
      const records = [...found.reply.answers, ...found.reply.authorities];
      const soa = records.find(
        (record) => record.type === "SOA" && isWithin(name, canonicalName(record.name)),
      );
      if (soa !== undefined) return canonicalName(soa.name);
    }
    return name === "." ? undefined : enclosingZone(parentName(name));
  };
  return {
    outcome,
    answer: async (name, type) => readAnswer(await outcome(name, type), { role: "resolver" }, name, type),
    byHand: resolvers.at(-1),
    enclosingZone,
  };
}

/** The name without its first label; the root is `.`. */
export function parentName(name: string): string {
  const dot = name.indexOf(".");
  return dot === -1 || name === "." ? "." : name.slice(dot + 1);
}
