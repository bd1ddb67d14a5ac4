/** Asks for both sides of a chain of trust: keys of a zone, its DS in the zone above, and what resolvers make of them. */
import { canonicalName } from "../../stack/values/domainName.ts";
import type { DnskeyData, DsData } from "dns-packet";
import type { DnssecSeen, KeysAt } from "../model/dnssec.ts";
import { hasSpoken } from "../model/observation.ts";
import type { DnsClient, Outcome } from "./lookUp/dnsClient.ts";
import { describeServer, type ZoneServers } from "../model/zoneServers.ts";
import { readAnswer } from "./lookUp/readAnswer.ts";

function readDnskeys(outcome: Outcome, zone: string): DnskeyData[] {
  if (outcome.state !== "reply") return [];
  return outcome.reply.answers.flatMap((record) =>
    record.type === "DNSKEY" && canonicalName(record.name) === zone ? [record.data] : [],
  );
}

function readDsRecords(outcome: Outcome, zone: string): DsData[] {
  if (outcome.state !== "reply") return [];
  return outcome.reply.answers.flatMap((record) =>
    record.type === "DS" && canonicalName(record.name) === zone ? [record.data] : [],
  );
}

/** DS of the zone at the first server of the zone above that has a word on it; absent when none has. */
async function askDs(client: DnsClient, found: ZoneServers): Promise<DsData[] | undefined> {
  const { zone, parent = "." } = found;
  for (const { address } of found.parentServers) {
    const outcome = await client.ask(address, { name: zone, type: "DS", recurse: false });
    const answer = readAnswer(outcome, { role: "authority", zone: parent }, zone, "DS");
    if (hasSpoken(answer)) return readDsRecords(outcome, zone);
  }
  return undefined;
}

async function askKeys(client: DnsClient, { zone, servers }: ZoneServers): Promise<KeysAt[]> {
  const asked = await Promise.all(
    servers.map(async (server) => {
      const outcome = await client.ask(server.address, { name: zone, type: "DNSKEY", recurse: false });
      const { state } = readAnswer(outcome, { role: "authority", zone }, zone, "DNSKEY");
      const said = ["answer", "empty"].includes(state);
      return said ? [{ server: describeServer(server), keys: readDnskeys(outcome, zone) }] : [];
    }),
  );
  return asked.flat();
}

/** Resolvers that fail the zone, and answer as soon as they are told not to validate (RFC 4035 3.2.2). */
async function askValidation(
  client: DnsClient,
  zone: string,
  resolvers: readonly string[],
): Promise<{ readonly failing: readonly string[]; readonly validating: readonly string[] }> {
  const question = { name: zone, type: "SOA", recurse: true, dnssec: true };
  const looked = await Promise.all(
    resolvers.map(async (address) => {
      const plain = await client.ask(address, question);
      const { state } = readAnswer(plain, { role: "resolver" }, zone, "SOA");
      if (state !== "servfail") return { address, valid: plain.state === "reply" && plain.reply.authentic };
      const unchecked = await client.ask(address, { ...question, checkingDisabled: true });
      const answers = readAnswer(unchecked, { role: "resolver" }, zone, "SOA").state === "answer";
      return { address, fails: answers };
    }),
  );
  return {
    failing: looked.filter(({ fails }) => fails === true).map(({ address }) => address),
    validating: looked.filter(({ valid }) => valid === true).map(({ address }) => address),
  };
}

/** Asks servers of the zone and of the zone above, and every resolver. */
export async function askDnssec(
  client: DnsClient,
  found: ZoneServers,
  resolvers: readonly string[],
): Promise<DnssecSeen> {
  const [ds, keys, byResolvers] = await Promise.all([
    askDs(client, found),
    askKeys(client, found),
    askValidation(client, found.zone, resolvers),
  ]);
  return { ds, keys, ...byResolvers };
}
