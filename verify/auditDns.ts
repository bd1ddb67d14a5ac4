/** Asks everyone who has a word on a domain's DNS, and makes the audit of it. */
import type { Config } from "../stack/model/config.ts";
import type { Plan } from "../stack/model/plan.ts";
import type { SlotName } from "../stack/values/slots.ts";
import { readAssignedServers, readProvider } from "./observe/readProvider.ts";
import type { ZoneReader } from "./vendors/zoneReader.ts";
import type { LookAround } from "./lookAround.ts";
import { audit } from "./judge/sets/audit.ts";
import { zoneFacts } from "../stack/dns/zoneFacts.ts";
import { readServerNames } from "./judge/around/plannedNames.ts";
import { listDesiredSets } from "./judge/sets/desiredSets.ts";
import { keepFirst } from "./judge/fixes/fixes.ts";
import type { DnsClientOptions } from "./observe/lookUp/dnsClient.ts";
import type { Audit, AuditCheck, DesiredSet } from "./model/observation.ts";

export const AUDIT_COLUMNS = ["api", "authoritative", "resolvers"] as const;
export type AuditColumn = (typeof AUDIT_COLUMNS)[number];

/** What is asked, and of whom. */
export interface InspectInput {
  readonly config: Config;
  readonly plan: Plan;
  readonly columns: readonly AuditColumn[];
  /** Text of a slot; undefined where it is not known. */
  readonly slotValue: (name: SlotName) => string | undefined;
  /** Absent where there is no token: then the column `api` is not asked. */
  readonly reader?: ZoneReader;
  /** Addresses of resolvers; the system's and public ones by default. */
  readonly resolvers?: readonly string[];
  /** Things that whoever asks knows already, such as that there is no token. */
  readonly notes?: readonly AuditCheck[];
  readonly client?: DnsClientOptions;
}

async function askDns(input: InspectInput, sets: readonly DesiredSet[]): Promise<LookAround | undefined> {
  const { plan, resolvers, reader, client } = input;
  const columns = input.columns.filter((column) => column !== "api");
  if (columns.length === 0) return undefined;
  // Only now: an audit of the API alone starts without the DNS client.
  const { lookAround } = await import("./lookAround.ts");
  const server = readServerNames(plan, input.slotValue);
  return lookAround({
    zone: plan.zone,
    sets,
    providerServers: await readAssignedServers(reader),
    ...(server && { server }),
    ...(resolvers && { resolvers }),
    columns,
    banner: columns.length === 2,
    ...(client && { client }),
  });
}

/**
 * One audit. The mail server's greeting is read when both columns of the DNS are asked.
 *
 * What cannot be reached is told in the audit; nothing that a vendor, a server or the network does makes it throw.
 */
export async function inspectDns(input: InspectInput): Promise<Audit> {
  const { config, plan, reader } = input;
  const desired = listDesiredSets(plan.records, input.slotValue);
  const [provider, seen] = await Promise.all([
    reader && input.columns.includes("api") ? readProvider(reader) : undefined,
    askDns(input, desired),
  ]);
  const found = audit({
    desired,
    ...(provider && { provider }),
    ...(seen?.authoritative && { authoritative: seen.authoritative }),
    ...(seen?.resolvers && { resolvers: seen.resolvers }),
    ignore: config.dns.ignore,
    context: zoneFacts(config),
  });
  const keeps = found.rows.flatMap(({ keep }) => keep ?? []);
  const checks = [...(input.notes ?? []), ...found.checks, ...(seen?.checks ?? [])];
  return { ...found, checks: checks.map((check) => keepFirst(check, keeps)) };
}
