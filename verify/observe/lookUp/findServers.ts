/** Who serves a zone: what the zone above says of it, and what its own servers say. */
import { canonicalName, isWithin } from "../../../stack/values/domainName.ts";
import { hasSpoken, type Answer } from "../../model/observation.ts";
import type { NameServer, ZoneServers } from "../../model/zoneServers.ts";
import type { DnsClient, Outcome } from "./dnsClient.ts";
import { readAnswer } from "./readAnswer.ts";
import { recordSet } from "./recordValue.ts";
import { parentName, type Recursion } from "./resolvers.ts";

/** So many servers of the zone above are asked; they all have the same. */
const PARENT_SERVERS = 4;

type Glue = (name: string) => readonly string[];

function readGlue(outcome: Outcome, parent: string): Glue {
  if (outcome.state !== "reply") return () => [];
  const { additionals } = outcome.reply;
  return (name) =>
    isWithin(name, parent)
      ? ["A", "AAAA"].flatMap((type) => recordSet(additionals, name, type)?.values ?? [])
      : [];
}

async function findAddresses(
  recursion: Recursion,
  name: string,
  glue: Glue = () => [],
): Promise<NameServer[]> {
  const answers = await Promise.all([recursion.answer(name, "A"), recursion.answer(name, "AAAA")]);
  const resolved = answers
    .flatMap((answer) => (answer.state === "answer" ? answer.values : []))
    .filter((value) => !value.startsWith("CNAME "));
  return (resolved.length > 0 ? resolved : glue(name)).map((address) => ({ name, address }));
}

interface Delegation {
  readonly servers: readonly NameServer[];
  readonly answer: Answer;
  readonly glue: Glue;
}

/** Asks servers of the zone above, without recursion, and takes the first word there is. */
async function findDelegation(
  client: DnsClient,
  recursion: Recursion,
  zone: string,
  parent: string,
): Promise<Delegation> {
  const names = await recursion.answer(parent, "NS");
  const listed = names.state === "answer" ? names.values.slice(0, PARENT_SERVERS) : [];
  const servers = (await Promise.all(listed.map((name) => findAddresses(recursion, name)))).flat();
  const asked = await Promise.all(
    servers.slice(0, 2 * PARENT_SERVERS).map(async ({ address }) => {
      const outcome = await client.ask(address, { name: zone, type: "NS", recurse: false });
      return { outcome, answer: readAnswer(outcome, { role: "authority", zone: parent }, zone, "NS") };
    }),
  );
  const said = asked.find(({ answer }) => hasSpoken(answer));
  const word = said ?? asked.at(0);
  if (word === undefined) return { servers, answer: { state: "timeout" }, glue: () => [] };
  return { servers, answer: word.answer, glue: readGlue(word.outcome, parent) };
}

/**
 * Finds the servers of a zone, from what the resolvers know of the zone above it: no list of root servers is needed.
 *
 * @param zone lower-case FQDN.
 */
export async function findServers(
  client: DnsClient,
  recursion: Recursion,
  zone: string,
): Promise<ZoneServers> {
  const parent = await recursion.enclosingZone(parentName(zone));
  const delegation = await findDelegation(client, recursion, zone, parent ?? ".");
  const withoutAddress: string[] = [];
  const asked: { server: NameServer; outcome: Outcome; ownNs: Answer }[] = [];
  const known = new Set<string>();
  const visit = async (answer: Answer): Promise<void> => {
    if (answer.state !== "answer") return;
    const names = answer.values.filter((name) => !name.includes(" ") && !known.has(name));
    for (const name of names) known.add(name);
    const found = await Promise.all(
      names.map(async (name) => {
        const servers = await findAddresses(recursion, canonicalName(name), delegation.glue);
        if (servers.length === 0) withoutAddress.push(name);
        return servers;
      }),
    );
    const fresh = await Promise.all(
      found.flat().map(async (server) => {
        const outcome = await client.ask(server.address, { name: zone, type: "NS", recurse: false });
        const ownNs = readAnswer(outcome, { role: "authority", zone }, zone, "NS");
        return { server, outcome, ownNs };
      }),
    );
    asked.push(...fresh);
    // The zone's own set may name more than the delegation does.
    for (const { ownNs } of fresh) await visit(ownNs);
  };
  await visit(delegation.answer);
  const reached = asked.filter(({ outcome }) => outcome.state !== "no-route");
  const away = asked.filter(({ outcome }) => outcome.state === "no-route");
  return {
    zone,
    ...(parent === undefined ? {} : { parent }),
    parentServers: delegation.servers,
    delegation: delegation.answer,
    servers: reached.map(({ server, ownNs }) => ({ ...server, ownNs })),
    notReachableFromHere: away.map(({ server }) => server),
    withoutAddress,
  };
}
