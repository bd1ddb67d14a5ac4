/** A zone planned from a random configuration, as a provider lists it, with records of others, and its judge. */
import { cloudflareForm } from "../../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm } from "../../../../../stack/vendors/digitalocean/dnsForm.ts";
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import { hetznerForm } from "../../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { PlannedRecord } from "../../../../../stack/model/plan.ts";
import { planMailServer } from "../../../../../stack/planMailServer.ts";
import { audit } from "../../../../../verify/judge/sets/audit.ts";
import { zoneFacts } from "../../../../../stack/dns/zoneFacts.ts";
import { listDesiredSets } from "../../../../../verify/judge/sets/desiredSets.ts";
import {
  respelledCloudflare,
  respelledDigitalocean,
  respelledHetzner,
  ZONE,
  type Choose,
} from "../../../../support/zoneRows.ts";
import { configOf } from "../../../stack/support/planOf.ts";
import type { Raw } from "../../../stack/support/validRaw.ts";
import { wordsOfRecord } from "../../../stack/support/wordsOfRecord.ts";
import { strangerPolicies, type GoodZone, type MutatedRecord } from "./goodZone.ts";

const VALUES: Readonly<Record<string, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(392),
};
export const slotValue = (name: string) => VALUES[name] ?? name;

/** What the API lists, in one of the ways in which it may spell it. */
export const READ: Readonly<
  Record<
    DnsProviderName,
    (records: readonly MutatedRecord[], choose?: Choose) => ReturnType<typeof cloudflareForm.read>
  >
> = {
  cloudflare: (records, choose) => {
    const rows = cloudflareForm
      .write(records, ZONE)
      .map((row, index) => (records[index]?.proxied ? { ...row, proxied: true } : row));
    return cloudflareForm.read(
      shuffled(choose ? rows.map((row) => respelledCloudflare(row, choose)) : rows, choose),
      ZONE,
    );
  },
  digitalocean: (records, choose) => {
    const rows = digitaloceanForm.write(records, ZONE);
    return digitaloceanForm.read(
      shuffled(choose ? rows.map((row) => respelledDigitalocean(row, choose)) : rows, choose),
      ZONE,
    );
  },
  hetzner: (records, choose) => {
    const rows = hetznerForm.write(records, ZONE);
    return hetznerForm.read(
      shuffled(choose ? rows.map((row) => respelledHetzner(row, choose)) : rows, choose),
      ZONE,
    );
  },
};

function shuffled<Row>(rows: readonly Row[], choose: Choose | undefined): readonly Row[] {
  if (choose === undefined) return rows;
  const at = choose(...rows.keys());
  return choose(rows, rows.toReversed(), [...rows.slice(at), ...rows.slice(0, at)]);
}

/** Canonical data of a planned record, written apart from the code that is tried. */
function valueOf(record: PlannedRecord): string {
  return wordsOfRecord(record, slotValue).join(" ");
}

/** A wildcard that harms nothing: an alias only where no name is caught at which a text is a policy. */
function wildcardOf(domain: string, declared: readonly ZoneRecord[], choose: Choose): ZoneRecord {
  const base = { name: `*.${ZONE.name}`, ttlSeconds: 300 };
  const alias = choose(true, false) && !strangerPolicies(base, declared, domain);
  return alias
    ? { ...base, type: "CNAME", value: "web.example.net" }
    : { ...base, type: "A", value: "192.0.2.8" };
}

/** Records that others keep in the zone, and what an audit says of them. */
function foreignRecords(
  domain: string,
  provider: DnsProviderName,
  declared: readonly ZoneRecord[],
  choose: Choose,
) {
  const text = declared.find(({ name, type }) => name === domain && type === "TXT");
  const ttlSeconds = 300;
  const inSet = provider === "hetzner" ? (text?.ttlSeconds ?? "auto") : choose(300, 900);
  const owned = [
    { name: ZONE.name, type: "NS", value: "ns1.example.net", ttlSeconds },
    { name: ZONE.name, type: "SOA", value: "ns1.example.net h.example.net 1 2 3 4 5", ttlSeconds },
  ];
  const unmanaged = [
    { name: `blog.${ZONE.name}`, type: "A", value: "192.0.2.9", ttlSeconds },
    { name: domain, type: "TXT", value: "google-site-verification=Ab", ttlSeconds: inSet },
    ...choose([], [wildcardOf(domain, declared, choose)]),
  ];
  const told = (verdict: string, records: readonly ZoneRecord[]) =>
    records.map(({ name, type }) => [`${type} ${name}`, verdict] as const);
  return {
    foreign: choose([], [...choose([], owned), ...unmanaged]),
    told: new Map([...told("provider-owned", owned), ...told("unmanaged", unmanaged)]),
  };
}

/** What is declared, once for all providers. */
export function plannedOf(raw: Raw, choose: Choose) {
  const domain = choose(ZONE.name, `mail.${ZONE.name}`, `${ZONE.name}.${ZONE.name}`);
  const config = configOf({ ...raw, domain });
  const { records } = planMailServer(config).plan;
  const declared = records.map((record) => {
    const { name, type, ttlSeconds } = record;
    return { name, type, ttlSeconds, value: valueOf(record) };
  });
  const { method, directoryUrl } = config.certificates;
  const certificate: GoodZone["certificate"] = {
    issuer: directoryUrl.includes(".letsencrypt.org/") ? "letsencrypt.org" : config.dns.caa?.issuer,
    method: method === "http-01" ? "http-01" : "dns-01",
  };
  return { config, declared, desired: listDesiredSets(records, slotValue), certificate };
}

/** A planned zone with its judge. */
export function zoneOf(planned: ReturnType<typeof plannedOf>, provider: DnsProviderName, choose: Choose) {
  const { config, declared, desired, certificate } = planned;
  const { domain } = config;
  const { foreign, told } = foreignRecords(domain, provider, declared, choose);
  const good: GoodZone = { provider, zone: ZONE.name, domain, certificate, declared, foreign };
  const context = { ...zoneFacts(config), provider };
  const judge = (records: readonly MutatedRecord[], spelling?: Choose) => {
    const listed = { state: "listed", records: READ[provider](records, spelling) } as const;
    const { rows } = audit({ desired, provider: listed, ignore: [], context });
    return rows.filter(({ verdict }) => verdict !== "ok");
  };
  const before = Object.fromEntries(
    foreign.map(({ name, type }) => [`${type} ${name}`, told.get(`${type} ${name}`) ?? ""]),
  );
  return { good, judge, before };
}
