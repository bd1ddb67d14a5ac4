/** The zone before anything is made in it: whether the token opens it, and what a broken run left there. */
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { ProviderRecord } from "../../stack/model/zoneRecord.ts";
import type { Finding } from "../model/finding.ts";
import { fixFor, VendorError } from "../vendors/http.ts";
import { SEVERAL_ZONES } from "../vendors/zoneReader.ts";
import type { ProviderZone, ZoneReader } from "../vendors/zoneReader.ts";
import { resourceName } from "../../stack/vendors/recordResources.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import type { Plan, PlannedRecord, PlannedServer } from "../../stack/model/plan.ts";

/** A record, or a whole set where the provider keeps sets, that bears our comment and that the state does not know. */
export interface OrphanRecord {
  readonly vendor: "dns";
  readonly provider: DnsProviderName;
  /** As `pulumi import` takes it. */
  readonly id: string;
  /** `MX example.com` */
  readonly name: string;
  /** Logical name of the resource that it was made for. */
  readonly role: string;
}

/** Words of the vendors for a zone that works. */
const WELL = ["active", "ok"];

function zoneFinding(zone: ProviderZone | undefined, plan: Pick<Plan, "zone" | "dnsProvider">): Finding {
  const { advice } = DNS_PROVIDERS[plan.dnsProvider];
  if (zone === undefined) {
    const seen = `the token sees no zone ${plan.zone}`;
    const fix = `${advice.addZone(plan.zone)}, or mend mailstead:dns.zone`;
    return { subject: "zone", state: "bad", seen, fix };
  }
  const { status, nameServers } = zone;
  const seen = status === undefined ? `${plan.zone} is there` : `${plan.zone} is ${status}`;
  if (status === undefined || WELL.includes(status)) return { subject: "zone", state: "ok", seen };
  const servers = nameServers.length === 0 ? "" : ` (${nameServers.join(", ")})`;
  return { subject: "zone", state: "warn", seen, fix: advice.mendZone(servers) };
}

/**
 * Records at a planned name and type that bear our comment and that the state does not know: a broken run made them.
 *
 * A set is ours only as a whole. Where the provider keeps no comments, none is known for ours; one that says the same as
 * ours can be taken over.
 */
export function findOrphanRecords(
  records: readonly ProviderRecord[],
  { records: planned, dnsProvider: provider }: Pick<Plan, "records" | "dnsProvider">,
  known: { has(type: string, id: string): boolean },
): OrphanRecord[] {
  const { resourceType, stateId } = DNS_PROVIDERS[provider];
  const plannedAs = ({ name, type, comment }: ProviderRecord): PlannedRecord | undefined =>
    planned.find((row) => row.name === name && row.type === type && row.purpose === comment);
  return Array.from(Map.groupBy(records, ({ importId }) => importId)).flatMap(([id, set]) => {
    const [first] = set;
    if (first === undefined || known.has(resourceType, stateId(id))) return [];
    const row = plannedAs(first);
    if (row === undefined || !set.every(plannedAs)) return [];
    const role = resourceName(provider, row);
    return [{ vendor: "dns", provider, id, role, name: `${first.type} ${first.name}` }];
  });
}

/**
 * Looks at token, zone and orphans.
 *
 * @throws whatever is not the vendor's answer
 */
export async function checkZone(
  plan: Pick<Plan, "zone" | "records" | "dnsProvider"> & { readonly server: Pick<PlannedServer, "provider"> },
  reader: ZoneReader,
  known: { has(type: string, id: string): boolean },
): Promise<{ findings: Finding[]; orphans: OrphanRecord[] }> {
  const { title, token, advice } = DNS_PROVIDERS[plan.dnsProvider];
  const [variable] = token.variables;
  // Where the server has the same token, the look at the cloud tells of it.
  const isShared = CLOUDS[plan.server.provider].token.key === token.key;
  const subject = isShared ? "zone" : `${title} token`;
  try {
    const zone = await reader.zone();
    const accepted: Finding[] = subject === "zone" ? [] : [{ subject, state: "ok", seen: "is accepted" }];
    const findings = [...accepted, zoneFinding(zone, plan)];
    if (zone === undefined) return { findings, orphans: [] };
    return { findings, orphans: findOrphanRecords(await reader.records(), plan, known) };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const fix = fixFor(error, `${advice.makeToken}; export ${variable}`);
    // Two zones of the name: the token is good.
    const about = error.status === SEVERAL_ZONES ? "zone" : subject;
    return { findings: [{ subject: about, state: "bad", seen: error.message, fix }], orphans: [] };
  }
}
