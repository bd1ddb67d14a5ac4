/** Asks everyone who has a word on a domain's DNS, and makes the audit of it. */
import type { Config } from "../stack/model/config.ts";
import type { Plan } from "../stack/model/plan.ts";
import type { SlotName } from "../stack/values/slots.ts";
import { VendorError } from "./vendors/http.ts";
import type { ZoneReader } from "./vendors/zoneReader.ts";
import type { LookAround } from "./observe/lookAround.ts";
import { audit } from "./judge/sets/audit.ts";
import { auditContext, serverNames } from "./judge/auditContext.ts";
import { desiredSets } from "./judge/sets/desiredSets.ts";
import { keptBefore } from "./judge/fixes/fixes.ts";
import type { DnsClientOptions } from "./observe/lookUp/dnsClient.ts";
import type { Audit, AuditCheck, DesiredSet, ProviderColumn } from "./model/observation.ts";

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

/** The whole zone at its provider. A vendor that refuses or does not answer is a state, not an error. */
export async function readProvider(reader: ZoneReader): Promise<ProviderColumn> {
  try {
    return { state: "listed", records: await reader.records() };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { message: reason, fix } = error;
    return { state: "unreachable", reason, ...(fix !== undefined && { fix }) };
  }
}

/** Name servers that the provider gave the zone; none where it did not say. The records tell why. */
async function assignedServers(reader: ZoneReader | undefined): Promise<readonly string[]> {
  try {
    return (await reader?.zone())?.nameServers ?? [];
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    return [];
  }
}

async function askDns(input: InspectInput, sets: readonly DesiredSet[]): Promise<LookAround | undefined> {
  const { plan, resolvers, reader, client } = input;
  const columns = input.columns.filter((column) => column !== "api");
  if (columns.length === 0) return undefined;
  // Only now: an audit of the API alone starts without the DNS client.
  const { lookAround } = await import("./observe/lookAround.ts");
  const server = serverNames(plan, input.slotValue);
  return lookAround({
    zone: plan.zone,
    sets,
    providerServers: await assignedServers(reader),
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
  const desired = desiredSets(plan.records, input.slotValue);
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
    context: auditContext(config),
  });
  const keeps = found.rows.flatMap(({ keep }) => keep ?? []);
  const checks = [...(input.notes ?? []), ...found.checks, ...(seen?.checks ?? [])];
  return { ...found, checks: checks.map((check) => keptBefore(check, keeps)) };
}
