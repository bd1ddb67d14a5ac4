/** The zone before anything is made in it: whether the token opens it, and what a broken run left there. */
import type { DnsProviderName } from "../../stack/model/dnsProviders.ts";
import { DNS_TOKEN_PLACES } from "../../stack/vendors/tokenPlaces.ts";
import { hetznerSetName } from "../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord } from "../../stack/model/zoneRecord.ts";
import type { Plan, PlannedRecord } from "../../stack/model/plan.ts";
import { RECORD_TYPES, stateId } from "../judge/existing/alreadyThere.ts";
import type { Finding } from "../model/finding.ts";
import { fixFor, VendorError } from "../vendors/http.ts";
import { SEVERAL_ZONES } from "../vendors/zoneReader.ts";
import type { ProviderZone, ZoneReader } from "../vendors/zoneReader.ts";

/** A record that bears our comment, at Hetzner a whole set of them, and that the state does not know. */
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

/** What people need to hear of each provider. */
interface Words {
  readonly name: string;
  /** How a token is made that is enough. */
  readonly token: string;
  /** How the provider comes to have the zone, and the token to see it. */
  readonly addZone: (zone: string) => string;
  /** What to do about a zone whose state is not well. */
  readonly unwell: (nameServers: string) => string;
}

const WORDS: Readonly<Record<DnsProviderName, Words>> = {
  cloudflare: {
    name: "Cloudflare",
    token: "make a token with Zone:Read and DNS:Edit for the zone",
    addZone: (zone) => `add ${zone} at Cloudflare, give the token that zone (Zone:Read, DNS:Edit)`,
    unwell: (nameServers) => `point the domain to Cloudflare's name servers${nameServers} at your registrar`,
  },
  digitalocean: {
    name: "DigitalOcean",
    token: "make a token that may create, read, update and delete domains: DigitalOcean, API, Tokens",
    addZone: (zone) => `add the domain ${zone} at DigitalOcean, Networking, in the team that the token is of`,
    unwell: () => "look at the domain at DigitalOcean",
  },
  hetzner: {
    name: "Hetzner",
    token: "make a token that may read and write: Hetzner console, Security, API tokens",
    addZone: (zone) => `add the zone ${zone} at Hetzner, DNS, in the project that the token is of`,
    unwell: () => "look at the zone in Hetzner's console",
  },
};

/** Words of the vendors for a zone that works. */
const WELL = ["active", "ok"];

function zoneFinding(zone: ProviderZone | undefined, plan: Pick<Plan, "zone" | "dnsProvider">): Finding {
  const words = WORDS[plan.dnsProvider];
  if (zone === undefined) {
    const seen = `the token sees no zone ${plan.zone}`;
    const fix = `${words.addZone(plan.zone)}, or mend mailstead:dns.zone`;
    return { subject: "zone", state: "bad", seen, fix };
  }
  const { status, nameServers } = zone;
  const seen = status === undefined ? `${plan.zone} is there` : `${plan.zone} is ${status}`;
  if (status === undefined || WELL.includes(status)) return { subject: "zone", state: "ok", seen };
  const servers = nameServers.length === 0 ? "" : ` (${nameServers.join(", ")})`;
  return { subject: "zone", state: "warn", seen, fix: words.unwell(servers) };
}

/**
 * Records at a planned name and type that bear our comment and that the state does not know: a broken run made them.
 *
 * A set at Hetzner is ours only as a whole. DigitalOcean keeps no comments, so none is known for ours there; one that
 * says the same as ours can be taken over.
 */
export function findOrphanRecords(
  records: readonly ProviderRecord[],
  { records: planned, dnsProvider: provider }: Pick<Plan, "records" | "dnsProvider">,
  known: { has(type: string, id: string): boolean },
): OrphanRecord[] {
  const plannedAs = ({ name, type, comment }: ProviderRecord): PlannedRecord | undefined =>
    planned.find((row) => row.name === name && row.type === type && row.purpose === comment);
  return Array.from(Map.groupBy(records, ({ importId }) => importId)).flatMap(([id, set]) => {
    const [first] = set;
    if (first === undefined || known.has(RECORD_TYPES[provider], stateId(id, provider))) return [];
    const row = plannedAs(first);
    if (row === undefined || !set.every(plannedAs)) return [];
    const role = provider === "hetzner" ? hetznerSetName(row) : row.role;
    return [{ vendor: "dns", provider, id, role, name: `${first.type} ${first.name}` }];
  });
}

/**
 * Looks at token, zone and orphans.
 *
 * @throws whatever is not the vendor's answer
 */
export async function checkZone(
  plan: Pick<Plan, "zone" | "records" | "dnsProvider">,
  reader: ZoneReader,
  known: { has(type: string, id: string): boolean },
): Promise<{ findings: Finding[]; orphans: OrphanRecord[] }> {
  const { name, token } = WORDS[plan.dnsProvider];
  const [variable] = DNS_TOKEN_PLACES[plan.dnsProvider].variables;
  // At Hetzner the server has the same token, and its look tells of it.
  const subject = plan.dnsProvider === "hetzner" ? "zone" : `${name} token`;
  try {
    const zone = await reader.zone();
    const accepted: Finding[] = subject === "zone" ? [] : [{ subject, state: "ok", seen: "is accepted" }];
    const findings = [...accepted, zoneFinding(zone, plan)];
    if (zone === undefined) return { findings, orphans: [] };
    return { findings, orphans: findOrphanRecords(await reader.records(), plan, known) };
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const fix = fixFor(error, `${token}; export ${variable}`);
    // Two zones of the name: the token is good.
    const about = error.status === SEVERAL_ZONES ? "zone" : subject;
    return { findings: [{ subject: about, state: "bad", seen: error.message, fix }], orphans: [] };
  }
}
