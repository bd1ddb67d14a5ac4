/** Everything that an audit asks of DNS servers: both columns, and the checks of the world round the zone. */
import type { ObservedSet } from "../model/auditInput.ts";
import { hasSpoken, type AuditCheck } from "../model/observation.ts";
import { askAuthoritative, askResolvers } from "./lookUp/columns.ts";
import { createDnsClient, type DnsClientOptions } from "./lookUp/dnsClient.ts";
import { findServers, type ZoneServers } from "./lookUp/findServers.ts";
import { createNameServers, type Source } from "./lookUp/source.ts";
import { createRecursion, reachableResolvers, resolverList } from "./lookUp/resolvers.ts";
import { checkBanner } from "./banner.ts";
import { checkDelegation, checkSerials } from "./delegation.ts";
import { checkDnssec } from "./dnssec.ts";
import { checkPolicies, type DeclaredSet } from "./policies.ts";
import type { ServerNames } from "../judge/auditContext.ts";
import { checkServerNames } from "./serverNames.ts";

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

async function banners(input: LookAroundInput): Promise<AuditCheck[]> {
  const { server, banner = false } = input;
  if (!banner || server === undefined) return [];
  const { ipv4, ipv6 } = server.addresses;
  const addresses = [ipv4, ipv6].filter((address) => address !== undefined);
  return Promise.all(addresses.map((address) => checkBanner(address, server.helo)));
}

/** Those that resolvers know no address of, and whose own name servers cannot be asked. */
async function untoldOf(names: readonly string[], nameServers: Source): Promise<ReadonlySet<string>> {
  const answers = await Promise.all(names.map((name) => nameServers.answer(name, "A")));
  return new Set(names.filter((_, index) => answers[index] === undefined || !hasSpoken(answers[index])));
}

/** Asks everyone, within one limit of time; what was not answered by then is reported as such. */
export async function lookAround(input: LookAroundInput): Promise<LookAround> {
  const { zone, sets, columns, server } = input;
  const client = createDnsClient(input.client);
  const reached = await reachableResolvers(client, resolverList(input.resolvers));
  const recursion = createRecursion(client, reached.resolvers);
  const sources = { resolvers: recursion, nameServers: createNameServers(client, recursion) };
  const servers = await findServers(client, recursion, zone);
  const untold = await untoldOf(servers.withoutAddress, sources.nameServers);
  const [authoritative, resolvers, ...checks] = await Promise.all([
    columns.includes("authoritative")
      ? askAuthoritative(client, zone, sets, servers.servers)
      : Promise.resolve(undefined),
    columns.includes("resolvers")
      ? askResolvers(client, sets, reached.resolvers)
      : Promise.resolve(undefined),
    checkSerials(client, servers),
    checkDnssec(client, servers, reached.resolvers),
    server === undefined ? Promise.resolve([]) : checkServerNames(sources, server),
    checkPolicies(sources, sets),
    banners(input),
  ]);
  return {
    ...(authoritative === undefined ? {} : { authoritative }),
    ...(resolvers === undefined ? {} : { resolvers }),
    servers,
    checks: [...checkDelegation(servers, input.providerServers, untold), ...checks.flat(), ...reached.checks],
  };
}
