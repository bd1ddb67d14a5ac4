/**
 * Proves: driven as the engine drives it, against the sandbox's Cloudflare API, the cloudflare stand-in sends the requests
 * that the real plugin was recorded to send, and is stable or drifts where the real one did.
 * Cannot prove what the real vendor answers.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cloudflare } from "../../../../sandbox/providers/cloudflare/provider.ts";
import type { ProviderClient, ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { CLOUDFLARE_TOKEN, type Started, started } from "../cloud/startedCloud.ts";
import { type StartedPlugin, startedPlugin } from "./startedPlugin.ts";
import { comparable, recorded } from "./traces.ts";
import type { TracedRequest } from "./traces.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const zoneId = "c7915704a794c5f99111b674c1985c3a";
const DKIM = `"v=DKIM1; k=rsa; p=${"A".repeat(237)}" "${"A".repeat(155)}"`;
const comment = "mailstead";

/** The recorded program. */
const RECORDS: Record<string, Properties> = {
  a: { type: "A", name: "example.com", content: "203.0.113.11", comment, ttl: 1, proxied: false },
  aaaa: { type: "AAAA", name: "example.com", content: "2001:db8:a::1", comment, ttl: 1, proxied: false },
  cname: {
    type: "CNAME",
    name: "imap.example.com",
    content: "mx.example.com",
    comment,
    ttl: 1,
    proxied: false,
  },
  mx: { type: "MX", name: "example.com", content: "mx.example.com", priority: 0, ttl: 1, comment },
  spf: { type: "TXT", name: "example.com", content: '"v=spf1 a -all"', ttl: 1, comment },
  dkim: { type: "TXT", name: "default._domainkey.example.com", content: DKIM, ttl: 3600, comment },
  srv: {
    type: "SRV",
    name: "_imaps._tcp.example.com",
    data: { priority: 0, weight: 1, port: 993, target: "imap.example.com" },
    priority: 0,
    ttl: 1,
  },
  caa: {
    type: "CAA",
    name: "example.com",
    data: { flags: 0, tag: "issue", value: "letsencrypt.org" },
    ttl: 1,
  },
  tlsa: {
    type: "TLSA",
    name: "_25._tcp.mx.example.com",
    data: { usage: 3, selector: 1, matchingType: 1, certificate: "ab".repeat(32) },
    ttl: 1,
  },
};

let cloud: Started;
let plugin: StartedPlugin;
let client: ProviderClient;
let seen = 0;
const stack: Record<string, ResourceState> = {};

beforeAll(async () => {
  cloud = await started();
  // The log is there from the first request on.
  await cloud.cloudflare("GET", "/zones");
  const baseUrl = `${cloud.cloud.cloudflareUrl}/client/v4/`;
  plugin = await startedPlugin(cloudflare(5), { apiToken: CLOUDFLARE_TOKEN, baseUrl });
  ({ client } = plugin);
});
afterAll(async () => {
  plugin.stop();
  await cloud.close();
});
beforeEach(() => {
  seen = cloud.log().length;
});

/** Requests since the test began, in no order: the recorded ones were sent side by side. */
function sent(): string[] {
  return inNoOrder(cloud.log().slice(seen) as unknown as TracedRequest[]);
}

function inNoOrder(requests: readonly TracedRequest[]): string[] {
  return comparable(requests)
    .map((request) => request.replaceAll(/#\d+/g, "#"))
    .sort();
}

/** Requests about records; the look-up of the zone is a test of its own. */
function trace(scenario: string): string[] {
  return inNoOrder(
    recorded("cloudflare", "records", scenario).filter(({ path }) => path.includes("/dns_records")),
  );
}

function inputs(key: string, change: Properties = {}): Properties {
  return { zoneId, ...RECORDS[key], ...change };
}

function state(key: string): ResourceState {
  const found = stack[key];
  if (found === undefined) throw new Error(`${key} was not made`);
  return found;
}

async function refreshed(one: ResourceState): Promise<ResourceState> {
  const now = await client.read(one);
  if (now === undefined) throw new Error(`${one.name} is gone`);
  return now;
}

describe.skipIf(sharedSpecs === undefined)(`cloudflare against its traces ${NEEDS_SHARED}`, () => {
  it("makes all records with the recorded requests", async () => {
    for (const key of Object.keys(RECORDS)) stack[key] = await client.create(RECORD, key, inputs(key));
    expect(sent()).toEqual(trace("up"));
    expect(state("a").outputs).toMatchObject({ name: "example.com", tags: [], settings: {}, proxied: false });
  });

  it("plans nothing after that, and nothing after a refresh", async () => {
    for (const key of Object.keys(RECORDS)) {
      expect(await client.diff(state(key), inputs(key)), key).toMatchObject({ changed: false });
      const now = await refreshed(state(key));
      expect(await client.diff(now, inputs(key)), key).toMatchObject({ changed: false });
      stack[key] = now;
    }
    expect(sent()).toEqual(trace("drift check"));
  });

  it("updates with one PUT of the whole record", async () => {
    const changes: Record<string, Properties> = {
      a: { content: "203.0.113.99" },
      aaaa: { ttl: 300 },
      cname: { name: "imap2.example.com" },
      mx: { priority: 10 },
      spf: { content: '"v=spf1 mx -all"' },
      dkim: { comment: "other" },
      srv: { data: { priority: 0, weight: 1, port: 143, target: "imap.example.com" } },
    };
    const planned: Record<string, string[]> = {};
    for (const [key, change] of Object.entries(changes)) {
      const { details, replaces } = await client.diff(state(key), inputs(key, change));
      expect(replaces).toEqual([]);
      planned[key] = Object.keys(details).map((path) => path.split(".")[0] ?? path);
      stack[key] = await client.update(state(key), inputs(key, change));
    }
    expect(sent()).toEqual(
      trace("A content, MX priority, SPF text, CNAME name, DKIM comment, SRV port, AAAA ttl changed"),
    );
    expect(planned.dkim?.sort()).toEqual(["comment", "commentModifiedOn", "modifiedOn"]);
    expect(planned.srv?.sort()).toEqual(["data", "modifiedOn"]);
  });

  it("replaces when the type changes, and is refused beside a CNAME", async () => {
    const news = inputs("cname", { type: "A", name: "imap2.example.com", content: "203.0.113.99" });
    expect((await client.diff(state("cname"), news)).replaces).toEqual(["type"]);
    await expect(client.create(RECORD, "cname", news)).rejects.toThrow(
      /^2 UNKNOWN: failed to make http request: POST ".*": 400 Bad Request .*81054/,
    );
    expect(sent()).toEqual(trace("CNAME becomes A at the same name (type replaces)"));
  });

  it("drifts for a priority that nobody asked for, and hides a relative name", async () => {
    const srv = inputs("srv", { name: "_s._tcp.example.com", priority: undefined });
    const made = await client.create(RECORD, "x", srv);
    expect(await client.diff(made, srv)).toMatchObject({ changed: false });
    const now = await refreshed(made);
    // Where the API tells the priority at top level too, as Cloudflare does.
    expect((await client.diff(now, srv)).changed).toBe(now.outputs.priority !== undefined);
    await client.delete(made);
    for (const name of ["www", "@"]) {
      const relative = inputs("a", { name, content: "203.0.113.12" });
      const record = await client.create(RECORD, "x", relative);
      expect(await client.diff(await refreshed(record), relative), name).toMatchObject({ changed: false });
      await client.delete(record);
    }
    const upper = inputs("a", { name: "WWW.example.com" });
    const record = await client.create(RECORD, "x", upper);
    expect(await client.diff(record, upper)).toMatchObject({ changed: false });
    expect(Object.keys((await client.diff(await refreshed(record), upper)).details)).toContain("name");
    await client.delete(record);
  });

  it("refuses a proxied record with a TTL, in a preview already", async () => {
    const proxied = inputs("a", { name: "p.example.com", proxied: true, ttl: 300 });
    const refusal = /ttl must be set to 1 when `proxied` is true/;
    await expect(client.create(RECORD, "p", proxied, { preview: true })).rejects.toThrow(refusal);
    await expect(client.create(RECORD, "p", proxied)).rejects.toThrow(refusal);
    expect(sent()).toEqual([]);
  });

  it("imports by zone and record", async () => {
    const { id } = state("mx");
    const empty = { type: RECORD, name: "mx", id: `${zoneId}/${id}`, inputs: {}, outputs: {}, secrets: {} };
    const found = await refreshed(empty);
    expect(found.id).toBe(id);
    expect(await client.diff(found, inputs("mx", { priority: 10 }))).toMatchObject({ changed: false });
  });

  it("looks up the zone in two calls, and lists until an empty page", async () => {
    const zone = await client.invoke("cloudflare:index/getZone:getZone", { filter: { name: "example.com" } });
    expect(zone).toMatchObject({ id: zoneId, zoneId, status: "active" });
    const list = await client.invoke("cloudflare:index/getDnsRecords:getDnsRecords", { zoneId, type: "TXT" });
    expect(list.results).toHaveLength(2);
    const zoneCalls = inNoOrder(recorded("cloudflare", "records", "getZone outputs"));
    expect(sent()).toEqual([...zoneCalls, ...trace("getDnsRecords type TXT")].sort());
    const missing = client.invoke("cloudflare:index/getZone:getZone", { filter: { name: "example.org" } });
    await expect(missing).rejects.toThrow(/failed to find exactly one result/);
  });

  it("finds a record that is gone, and takes the rest away", async () => {
    await client.delete(state("tlsa"));
    expect(await client.read(state("tlsa"))).toBeUndefined();
    expect(plugin.messages.at(-1)).toMatch(/^warning: .*removed from state/);
    for (const key of Object.keys(RECORDS).filter((name) => name !== "tlsa")) await client.delete(state(key));
    const left = await client.invoke("cloudflare:index/getDnsRecords:getDnsRecords", { zoneId });
    expect(left.results).toEqual([]);
  });
});
