/**
 * Proves: at each DNS provider a preflight names a token that is refused, a zone that is not there and one that is not
 * well, finds the records that a broken run left, and takes them away and nothing else. The vendors' APIs are stand-ins
 * on loopback.
 * Cannot prove: that the real vendors answer alike; the stand-ins are held to their published schemas elsewhere.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DNS_PROVIDERS, type DnsProviderName } from "../../../stack/dns/providers/dnsForm.ts";
import type { ProviderRecord } from "../../../stack/dns/zoneRecord.ts";
import type { Plan } from "../../../stack/plan.ts";
import type { KnownIds } from "../../../verify/preflight.ts";
import { checkZone, findOrphanRecords } from "../../../verify/preflightZone.ts";
import { zoneReader } from "../../../verify/providers/readers.ts";
import { removeRecord } from "../../../verify/providers/removeRecord.ts";
import type { ZoneFacts } from "../../../verify/providers/zoneReader.ts";
import {
  CLOUDFLARE_TOKEN,
  DIGITALOCEAN_TOKEN,
  HETZNER_TOKEN,
  started,
  type Started,
} from "../cloud/startedCloud.ts";
import { planOf } from "../stack/support/planOf.ts";
import { rawWith } from "../stack/support/validRaw.ts";

const CLOUDFLARE_ZONE = "/zones/c7915704a794c5f99111b674c1985c3a/dns_records";

let cloud: Started;

beforeEach(async () => {
  cloud = await started();
  vi.stubEnv("HCLOUD_ENDPOINT", `${cloud.cloud.hetznerUrl}/v1`);
  vi.stubEnv("CLOUDFLARE_BASE_URL", `${cloud.cloud.cloudflareUrl}/client/v4`);
  vi.stubEnv("DIGITALOCEAN_API_URL", cloud.cloud.digitaloceanUrl);
  const zone = await cloud.hetzner("POST", "/zones", { name: "example.com", mode: "primary" });
  const domain = await cloud.digitalocean("POST", "/v2/domains", { name: "example.com" });
  expect([zone.status, domain.status]).toEqual([201, 201]);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await cloud.close();
});

function planned(provider: DnsProviderName): Plan {
  return planOf(rawWith({ "dns.provider": provider, "certificates.method": "http-01" }));
}

const KNOWS_NOTHING: KnownIds = { has: () => false };

/** The plan's MX as a broken run leaves it, and its own comment. */
function leftOver(plan: Plan): { exchange: string; comment: string } {
  const record = plan.records.find(({ role }) => role === "apex-mx");
  if (record?.type !== "MX") throw new Error("no MX is planned");
  return { exchange: record.exchange, comment: record.purpose };
}

/** The API of each provider: its token, and how our MX and a stranger's are made. */
const PROVIDERS: Readonly<
  Record<DnsProviderName, { token: string; make: (plan: Plan, comment?: string) => Promise<number> }>
> = {
  cloudflare: {
    token: CLOUDFLARE_TOKEN,
    make: async (plan, comment) => {
      const content = leftOver(plan).exchange;
      const record = { type: "MX", name: "example.com", content, priority: 0, ttl: 1, comment };
      return (await cloud.cloudflare("POST", CLOUDFLARE_ZONE, record)).status;
    },
  },
  digitalocean: {
    token: DIGITALOCEAN_TOKEN,
    make: async (plan) => {
      const data = `${leftOver(plan).exchange}.`;
      const record = { type: "MX", name: "@", data, priority: 0 };
      return (await cloud.digitalocean("POST", "/v2/domains/example.com/records", record)).status;
    },
  },
  hetzner: {
    token: HETZNER_TOKEN,
    make: async (plan, comment) => {
      const value = `0 ${leftOver(plan).exchange}.`;
      const set = { name: "@", type: "MX", records: [{ value, comment }] };
      return (await cloud.hetzner("POST", "/zones/example.com/rrsets", set)).status;
    },
  },
};

function readerOf(provider: DnsProviderName, zone = "example.com", token = PROVIDERS[provider].token) {
  return zoneReader(provider, zone, token);
}

async function exchangers(provider: DnsProviderName): Promise<readonly ProviderRecord[]> {
  return (await readerOf(provider).records()).filter(({ type }) => type === "MX");
}

function short(findings: readonly { subject: string; state: string }[]): string[] {
  return findings.map(({ subject, state }) => `${subject}: ${state}`);
}

test.each(DNS_PROVIDERS)("%s: token and zone are well", async (provider) => {
  const { findings, orphans } = await checkZone(planned(provider), readerOf(provider), KNOWS_NOTHING);
  const token = {
    cloudflare: ["Cloudflare token: ok"],
    digitalocean: ["DigitalOcean token: ok"],
    hetzner: [],
  };
  expect(short(findings)).toEqual([...token[provider], "zone: ok"]);
  expect(orphans).toEqual([]);
});

test.each([
  ["cloudflare", "Cloudflare token", "Zone:Read and DNS:Edit for the zone; export CLOUDFLARE_API_TOKEN"],
  ["digitalocean", "DigitalOcean token", "export DIGITALOCEAN_TOKEN"],
  ["hetzner", "zone", "read and write: Hetzner console, Security, API tokens; export HCLOUD_TOKEN"],
] as const)("%s: a token that is refused, and how one is made", async (provider, subject, fix) => {
  const bad = readerOf(provider, "example.com", "x".repeat(64));
  const { findings } = await checkZone(planned(provider), bad, KNOWS_NOTHING);
  expect(short(findings)).toEqual([`${subject}: bad`]);
  expect(findings[0]?.fix).toContain(fix);
  expect(JSON.stringify(findings)).not.toMatch(/x{20}/);
});

test.each([
  ["cloudflare", "give the token that zone"],
  ["digitalocean", "the team that the token is of"],
  ["hetzner", "the project that the token is of"],
] as const)("%s: a zone that the token does not see", async (provider, fix) => {
  const plan = { ...planned(provider), zone: "example.net" };
  const { findings } = await checkZone(plan, readerOf(provider, "example.net"), KNOWS_NOTHING);
  expect(findings.at(-1)).toMatchObject({
    ...{ subject: "zone", state: "bad", seen: "the token sees no zone example.net" },
    fix: expect.stringContaining(fix) as string,
  });
});

test.each([
  ["cloudflare", "pending", "(bob.ns.example) at your registrar"],
  ["hetzner", "error", "Hetzner's console"],
] as const)("%s: a zone that is %s is a warning", async (provider, status, fix) => {
  const facts: ZoneFacts = { id: "z", status, nameServers: ["bob.ns.example"] };
  const reader = { provider, zone: () => Promise.resolve(facts), records: () => Promise.resolve([]) };
  const { findings } = await checkZone(planned(provider), reader, KNOWS_NOTHING);
  expect(findings.at(-1)).toMatchObject({ state: "warn", seen: `example.com is ${status}` });
  expect(findings.at(-1)?.fix).toContain(fix);
});

test.each(["cloudflare", "hetzner"] as const)(
  "%s: what a broken run left is found by its comment and taken away; what the state knows, and others', are not",
  async (provider) => {
    const plan = planned(provider);
    const { token, make } = PROVIDERS[provider];
    const look = (known = KNOWS_NOTHING) => checkZone(plan, readerOf(provider), known);
    expect([200, 201]).toContain(await make(plan, "somebody else's"));
    expect((await look()).orphans).toEqual([]);
    const [foreign] = await exchangers(provider);
    await removeRecord(provider, token, foreign?.importId ?? "");
    expect(await exchangers(provider)).toEqual([]);

    expect([200, 201]).toContain(await make(plan, leftOver(plan).comment));
    const before = await readerOf(provider).records();
    const { orphans } = await look();
    expect(orphans).toMatchObject([{ vendor: "dns", provider, name: "MX example.com" }]);
    const id = orphans[0]?.id ?? "";
    const stateIdOf = provider === "hetzner" ? id : id.split("/")[1];
    expect((await look({ has: (_, one) => one === stateIdOf })).orphans).toEqual([]);
    await removeRecord(provider, token, id);
    const after = await readerOf(provider).records();
    expect(after).toEqual(before.filter(({ importId }) => importId !== id));
    expect(after).toHaveLength(before.length - 1);
  },
);

test("digitalocean: without comments no record is known for ours; one can be taken away by its id", async () => {
  const plan = planned("digitalocean");
  expect(await PROVIDERS.digitalocean.make(plan)).toBe(201);
  const { orphans } = await checkZone(plan, readerOf("digitalocean"), KNOWS_NOTHING);
  expect(orphans).toEqual([]);
  const [record] = await exchangers("digitalocean");
  await removeRecord("digitalocean", DIGITALOCEAN_TOKEN, record?.importId ?? "");
  expect(await exchangers("digitalocean")).toEqual([]);
});

test("hetzner: a set with a stranger's value in it is no orphan, since it would go as a whole", () => {
  const plan = planned("hetzner");
  const { comment } = leftOver(plan);
  const record = {
    name: "example.com",
    type: "MX",
    ttlSeconds: "auto",
    importId: "example.com/@/MX",
  } as const;
  const ours = { ...record, value: "0 mx.example.com", comment };
  const foreign = { ...record, value: "10 mx.example.net" };
  expect(findOrphanRecords([ours, foreign], plan, KNOWS_NOTHING)).toEqual([]);
  expect(findOrphanRecords([ours], plan, KNOWS_NOTHING)).toHaveLength(1);
});
