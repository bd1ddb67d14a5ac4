/** Name servers as a source of answers about any name. */
import type { AnswerSource } from "../../model/answerSource.ts";
import { hasSpoken, type Answer } from "../../model/observation.ts";
import type { DnsClient } from "./dnsClient.ts";
import { findServers } from "./findServers.ts";
import type { ZoneServers } from "../../model/zoneServers.ts";
import { readAnswer } from "./readAnswer.ts";
import type { Recursion } from "./resolvers.ts";

/** The name servers of all zones: what they say is not remembered by anybody. The servers of each zone are found once. */
export function createNameServers(client: DnsClient, recursion: Recursion): AnswerSource {
  const found = new Map<string, Promise<ZoneServers>>();
  const findOnce = (zone: string): Promise<ZoneServers> => {
    const servers = found.get(zone) ?? findServers(client, recursion, zone);
    found.set(zone, servers);
    return servers;
  };
  return {
    answer: async (name, type) => {
      const zone = await recursion.enclosingZone(name);
      if (zone === undefined) return { state: "timeout" };
      let last: Answer = { state: "timeout" };
      for (const { address } of (await findOnce(zone)).servers) {
        const outcome = await client.ask(address, { name, type, recurse: false });
        last = readAnswer(outcome, { role: "authority", zone }, name, type);
        if (hasSpoken(last)) return last;
      }
      return last;
    },
    byHand: recursion.byHand,
  };
}
