/** A zone before the first `up`, with what is in the way in it, and what it becomes when a way out is taken. */
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { KnownResource } from "../../../../../verify/state/resources.ts";
import { zoneFacts } from "../../../../../stack/dns/zoneFacts.ts";
import type { Finding } from "../../../../../verify/model/finding.ts";
import { configOf, planned } from "../../../stack/support/planOf.ts";
import { rawWith, type Raw } from "../../../stack/support/validRaw.ts";
import { look, record } from "../existing/zoneBefore.ts";
import { DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "../../../../../stack/vendors/registry.ts";
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import { configured, put, removes } from "./applied.ts";

export interface EarlyWorld {
  readonly provider: DnsProviderName;
  readonly raw: Raw;
  readonly zone: readonly ZoneRecord[];
  readonly state: readonly KnownResource[];
}

const APEX = "example.com";
const TEXTS = [
  "v=spf1 include:_spf.example.net ~all",
  "v=spf1 redirect=_spf.example.net",
  "google=1",
  "MS=ms1",
  "forward-email=info:me@example.org",
  "forward-email-site-verification=0ldT0ken",
];

const RECORDS: readonly ZoneRecord[] = [
  ...TEXTS.map((text) => record(APEX, "TXT", text)),
  record(APEX, "A", "192.0.2.7"),
  record(APEX, "MX", "10 mx.example.com"),
  record(APEX, "MX", "20 mail.example.net"),
  record(`imap.${APEX}`, "A", "192.0.2.7"),
  record(`smtp.${APEX}`, "CNAME", "smtp.example.net"),
  record(`mx.${APEX}`, "CNAME", "mx.example.net"),
  record(`mx.${APEX}`, "TXT", "v=spf1 -all"),
  record(`_dmarc.${APEX}`, "TXT", "v=DMARC1; p=none"),
  record(`default._domainkey.${APEX}`, "TXT", "v=DKIM1; k=rsa; p=QUJD"),
  record(APEX, "CAA", "0 issue ca.example.net"),
  record(`_acme-challenge.${APEX}`, "CNAME", "acme.example.net"),
  record(`_mta-sts.${APEX}`, "TXT", "v=STSv1; id=1;"),
  record(`*.${APEX}`, "CNAME", "web.example.net"),
  record(`api.${APEX}`, "NS", "ns.example.net"),
  record(`blog.${APEX}`, "A", "192.0.2.9"),
];

/** Names with an alias take nothing beside it, at any provider. */
export const EARLY_RECORDS: Readonly<Record<DnsProviderName, ZoneRecord[]>> = Object.fromEntries(
  DNS_PROVIDER_NAMES.map((provider) => [provider, [...RECORDS]]),
) as Record<DnsProviderName, ZoneRecord[]>;

export function earlyWorld(provider: DnsProviderName, records: readonly ZoneRecord[]): EarlyWorld {
  const method = provider === "hetzner" ? { "certificates.method": "http-01" } : {};
  const raw = rawWith({ "dns.provider": provider, "dns.ttlSeconds": 3600, "dns.zone": APEX, ...method });
  const aliases = records.filter(({ type }) => type === "CNAME").map(({ name }) => name);
  const zone = records.filter(({ name, type }) => type === "CNAME" || !aliases.includes(name));
  return { provider, raw, zone, state: [] };
}

function lookAt({ provider, raw, zone, state }: EarlyWorld, agreed: readonly string[] = []) {
  const config = configOf(raw);
  const { records } = planned(raw).plan;
  return look(provider, zone, { records, state, agreed, facts: zoneFacts(config) });
}

/** What is in the way, by set and values; with what ways. */
export function obstaclesOf(world: EarlyWorld): { key: string; ways: string[] }[] {
  const { obstacles, findings } = lookAt(world);
  const told = findings.filter(({ seen }) => seen.startsWith("is in the way"));
  return obstacles.map(({ name, type, records }, index) => {
    const { fix = "", detail = [] } = told[index] ?? ({} as Partial<Finding>);
    const ways = [fix, ...detail.map((line) => line.replace(/^or: /, ""))];
    return { key: `${type} ${name}: ${records.map(({ value }) => value).join(", ")}`, ways };
  });
}

/** `mailstead import` and `pulumi import`: what may be taken over is in the state then. */
function imported(world: EarlyWorld, agreed: readonly string[]): EarlyWorld {
  const taken = lookAt(world, agreed).adoptions.map(({ role, importId }) => ({
    type: DNS_PROVIDERS[world.provider].resourceType,
    urn: `urn:pulumi:prod::mailstead::a$b::${role}`,
    id: DNS_PROVIDERS[world.provider].stateId(importId),
  }));
  return { ...world, state: [...world.state, ...taken] };
}

/** What only a person can do, done as one would; undefined where it wants knowledge that nobody has here. */
function byHand(raw: Raw, way: string, world: EarlyWorld): Raw | undefined {
  if (!way.includes("to what the other policy says")) return undefined;
  const text = world.zone.find(({ name }) => name === `_dmarc.${APEX}`)?.value ?? "";
  const after = structuredClone(raw);
  put(after, "dns.dmarc", { policy: /p=(\w+)/.exec(text)?.[1] ?? "" });
  return after;
}

/**
 * The world after one way of a finding; undefined for one that wants a person who knows more.
 *
 * @param set that the finding is about: `TXT example.com`
 */
export function followWay(world: EarlyWorld, way: string, set: string): EarlyWorld | undefined {
  if (/ by hand|certificates\.directory/.test(way)) return undefined;
  const zone = world.zone.filter((one) => !removes(way, one));
  const raw = byHand(world.raw, way, world) ?? configured(world.raw, way);
  const agreed = [...way.matchAll(/--adopt '([^']+)'/g)].map(([, set = ""]) => set);
  const first = way.includes("declare what else the set holds") ? declaredElse({ ...world, raw }, set) : raw;
  const next = { ...world, raw: first, zone };
  const imports = agreed.length > 0 || / import$/.test(way) || raw !== world.raw;
  return imports ? imported(next, agreed) : next;
}

/** The entries that other findings of the set print, put into the configuration. */
function declaredElse(world: EarlyWorld, set: string): Raw {
  const lines = obstaclesOf(world)
    .filter(({ key }) => key.startsWith(`${set}:`))
    .flatMap(({ ways }) => ways.filter((way) => /^(add to mailstead|pulumi config set)/.test(way)));
  const kept = lines.filter((line) => line.includes("kept-") || line.includes("dns.verification"));
  return kept.reduce((raw, line) => configured(raw, line), world.raw);
}
