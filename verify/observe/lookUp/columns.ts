/** The two columns of an audit that servers answer: authoritative ones, and resolvers. */
import type { ObservedSet } from "../../model/auditInput.ts";
import type { Answer } from "../../model/observation.ts";
import type { DnsClient } from "./dnsClient.ts";
import { describeServer, type NameServer } from "../../model/zoneServers.ts";
import { createGate } from "./gate.ts";
import { readAnswer, type Asked } from "./readAnswer.ts";

/** What is asked about. */
export interface SetName {
  readonly name: string;
  readonly type: string;
}

/** Questions on their way to one server at once. When none of the first was answered, the rest is not asked. */
const AT_ONE_SERVER = 6;

function askOne(client: DnsClient, address: string, asked: Asked): (set: SetName) => Promise<Answer> {
  const gate = createGate(AT_ONE_SERVER);
  let heard = false;
  let silent = false;
  return ({ name, type }) =>
    gate(async () => {
      // Each further question to a dead server would cost its whole time-out.
      if (silent && !heard) return { state: "timeout" };
      const recurse = asked.role === "resolver";
      const outcome = await client.ask(address, { name, type, recurse });
      if (outcome.state === "reply") heard = true;
      else silent = true;
      return readAnswer(outcome, asked, name, type);
    });
}

async function askAll(
  sets: readonly SetName[],
  servers: readonly { readonly label: string; readonly ask: (set: SetName) => Promise<Answer> }[],
): Promise<ObservedSet[]> {
  return Promise.all(
    sets.map(async ({ name, type }) => ({
      name,
      type,
      observations: await Promise.all(
        servers.map(async ({ label, ask }) => ({ server: label, answer: await ask({ name, type }) })),
      ),
    })),
  );
}

/** Asks every server of the zone about every set, without recursion. Each server answers for itself. */
export function askAuthoritative(
  client: DnsClient,
  zone: string,
  sets: readonly SetName[],
  servers: readonly NameServer[],
): Promise<ObservedSet[]> {
  return askAll(
    sets,
    servers.map((server) => ({
      label: describeServer(server),
      ask: askOne(client, server.address, { role: "authority", zone }),
    })),
  );
}

/** Asks every resolver about every set; TTLs are what is left of them in its cache. */
export function askResolvers(
  client: DnsClient,
  sets: readonly SetName[],
  resolvers: readonly string[],
): Promise<ObservedSet[]> {
  return askAll(
    sets,
    resolvers.map((address) => ({ label: address, ask: askOne(client, address, { role: "resolver" }) })),
  );
}
