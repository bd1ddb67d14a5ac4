/** Asks every server of a zone for its version. */
import type { DnsClient } from "./lookUp/dnsClient.ts";
import { readAnswer } from "./lookUp/readAnswer.ts";
import type { SerialAt, ZoneServers } from "../model/zoneServers.ts";

/** The serial of the zone's SOA at each server (RFC 1035 3.3.13). */
export function readSerials(
  client: DnsClient,
  { zone, servers }: Pick<ZoneServers, "zone" | "servers">,
): Promise<SerialAt[]> {
  return Promise.all(
    servers.map(async (server) => {
      const outcome = await client.ask(server.address, { name: zone, type: "SOA", recurse: false });
      const answer = readAnswer(outcome, { role: "authority", zone }, zone, "SOA");
      return { server, serial: answer.state === "answer" ? answer.values[0]?.split(" ")[2] : undefined };
    }),
  );
}
