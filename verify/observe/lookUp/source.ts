/** Who can be asked about any name: a resolver with what it remembers, or the name servers of whatever zone holds it. */
import { hasSpoken, type Answer } from "../../model/observation.ts";
import type { DnsClient } from "./dnsClient.ts";
import { findServers, type ZoneServers } from "./findServers.ts";
import { readAnswer } from "./readAnswer.ts";
import type { Recursion } from "./resolvers.ts";

/** Answers about any name. */
export interface Source {
  /** Aliases are not followed: where one stands at the name, the value is `CNAME target`. */
  answer(name: string, type: string): Promise<Answer>;
  /** Line that asks the same again by hand. */
  again(name: string, type: string): string;
}

/** How far an alias is followed. */
const LONGEST_CHAIN = 8;

/** Asks, and follows aliases, as everybody does who looks for the data. */
export async function followed(source: Source, name: string, type: string): Promise<Answer> {
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

/** The name servers of all zones: what they say is not remembered by anybody. The servers of each zone are found once. */
export function createNameServers(client: DnsClient, recursion: Recursion): Source {
  const found = new Map<string, Promise<ZoneServers>>();
  const serversOf = (zone: string): Promise<ZoneServers> => {
    const servers = found.get(zone) ?? findServers(client, recursion, zone);
    found.set(zone, servers);
    return servers;
  };
  return {
    answer: async (name, type) => {
      const zone = await recursion.enclosingZone(name);
      if (zone === undefined) return { state: "timeout" };
      let last: Answer = { state: "timeout" };
      for (const { address } of (await serversOf(zone)).servers) {
        const outcome = await client.ask(address, { name, type, recurse: false });
        last = readAnswer(outcome, { role: "authority", zone }, name, type);
        if (hasSpoken(last)) return last;
      }
      return last;
    },
    again: (name, type) => recursion.again(name, type),
  };
}
