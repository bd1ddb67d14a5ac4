/** Everything that an audit asks of DNS servers, and what it comes to: both columns, and the checks round the zone. */
import { judgeDelegation } from "./judge/around/delegation.ts";
import { judgeDnssec } from "./judge/around/dnssec.ts";
import { judgeGreeting } from "./judge/around/greeting.ts";
import { judgePolicies, type DeclaredSet } from "./judge/around/policies.ts";
import { judgeResolvers } from "./judge/around/resolvers.ts";
import { judgeSerials } from "./judge/around/serials.ts";
import { judgeServerNames } from "./judge/around/serverNames.ts";
import type { AnswerSource } from "./model/answerSource.ts";
import type { ObservedSet } from "./model/auditInput.ts";
import { hasSpoken, type AuditCheck } from "./model/observation.ts";
import type { ServerNames } from "./model/serverNames.ts";
import type { ZoneServers } from "./model/zoneServers.ts";
import { askDnssec } from "./observe/dnssec.ts";
import { readGreeting } from "./observe/greeting.ts";
import { askAuthoritative, askResolvers } from "./observe/lookUp/columns.ts";
import { createDnsClient, type DnsClientOptions } from "./observe/lookUp/dnsClient.ts";
import { findServers } from "./observe/lookUp/findServers.ts";
import { createNameServers } from "./observe/lookUp/nameServers.ts";
import { createRecursion, findReachable, listResolvers } from "./observe/lookUp/resolvers.ts";
import { readSerials } from "./observe/serials.ts";

/** What is asked. */
export interface LookAroundInput {
  readonly zone: string;
  /** Declared sets. Policies among them are followed to where they send others. */
  readonly sets: readonly DeclaredSet[];
  /** Name servers that the provider gave the zone; empty when they are not known. */
  readonly providerServers: readonly string[];
  /** Absent before the first `up`: the addresses are not known. */
  readonly server?: ServerNames;
  /** Addresses of resolvers; by default the system's, and public ones as far as they can be reached. */
  readonly resolvers?: readonly string[];
  readonly columns: readonly ("authoritative" | "resolvers")[];
  /** Also read the mail server's greeting on port 25; default false. */
  readonly banner?: boolean;
  readonly client?: DnsClientOptions;
}

export interface LookAround {
  /** Absent when the column was not asked for. */
  readonly authoritative?: readonly ObservedSet[];
  readonly resolvers?: readonly ObservedSet[];
  readonly servers: ZoneServers;
  readonly checks: readonly AuditCheck[];
}

async function checkGreetings(input: LookAroundInput): Promise<AuditCheck[]> {
  const { server, banner = false } = input;
  if (!banner || server === undefined) return [];
  const { ipv4, ipv6 } = server.addresses;
  const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
  return Promise.all(
    addresses.map(async (address) => judgeGreeting(address, await readGreeting(address), server.helo)),
  );
}

/** Those that resolvers know no address of, and whose own name servers cannot be asked. */
async function findUntold(names: readonly string[], nameServers: AnswerSource): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(names.map((name) => nameServers.answer(name, "A")));
  return new Set(names.filter((_, index) => answers[index] === undefined || !hasSpoken(answers[index])));
}

/** Asks everyone, within one limit of time; what was not answered by then is reported as such. */
export async function lookAround(input: LookAroundInput): Promise<LookAround> {
  const { zone, sets, columns, server } = input;
  const client = createDnsClient(input.client);
  const reached = await findReachable(client, listResolvers(input.resolvers));
  const recursion = createRecursion(client, reached.resolvers);
  const sources = { resolvers: recursion, nameServers: createNameServers(client, recursion) };
  const servers = await findServers(client, recursion, zone);
  const untold = await findUntold(servers.withoutAddress, sources.nameServers);
  const [authoritative, resolvers, serials, dnssec, ...checks] = await Promise.all([
    columns.includes("authoritative")
      ? askAuthoritative(client, zone, sets, servers.servers)
      : Promise.resolve(undefined),
    columns.includes("resolvers")
      ? askResolvers(client, sets, reached.resolvers)
      : Promise.resolve(undefined),
    readSerials(client, servers),
    askDnssec(client, servers, reached.resolvers),
    server === undefined ? Promise.resolve([]) : judgeServerNames(sources, server),
    judgePolicies(sources, sets),
    checkGreetings(input),
  ]);
  return {
    ...(authoritative === undefined ? {} : { authoritative }),
    ...(resolvers === undefined ? {} : { resolvers }),
    servers,
    checks: [
      ...judgeDelegation(servers, input.providerServers, untold),
      judgeSerials(zone, serials),
      judgeDnssec(zone, dnssec, sets),
      ...checks.flat(),
      ...judgeResolvers(reached.outOfReach),
    ],
  };
}
