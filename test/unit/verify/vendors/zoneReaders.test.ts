/**
 * Proves: each provider's zone is read whole with one call a page and none a record, in the largest pages; a zone that
 * is not there is told from a refusal; rate limits, faults at the vendor, silence and nonsense are named. The answers of
 * the loopback server are held to the vendors' published specifications where those are at hand.
 * Cannot prove: that the vendors page as they say.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { cloudflareForm } from "../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm } from "../../../../stack/vendors/digitalocean/dnsForm.ts";
import { hetznerForm } from "../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ZoneRecord } from "../../../../stack/model/zoneRecord.ts";
import { audit } from "../../../../verify/judge/sets/audit.ts";
import { readProvider } from "../../../../verify/observe/readProvider.ts";
import { VendorError } from "../../../../verify/vendors/http.ts";
import { checkZone } from "../../../../verify/preflight/zone.ts";
import { zoneReader } from "../../../../verify/vendors/zones.ts";
import { sharedSpecs } from "../../../support/shared.ts";
import { judgeOf } from "../../sandbox/cloud/specification.ts";
import { DNS_PROVIDER_NAMES } from "../../../../stack/vendors/registry.ts";
import type { DnsProviderName } from "../../../../stack/model/vendorNames.ts";

const ZONE = { name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" };
const MADE = "2026-01-01T00:00:00Z";

const PLAN = {
  zone: "example.com",
  server: { provider: "hetzner" },
  records: [],
  dnsProvider: "cloudflare",
} as const;

/** As many records as two pages and a bit hold, at the provider whose pages are given. */
function manyRecords(count: number): ZoneRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `h${index}.example.com`,
    type: "A",
    ttlSeconds: 300,
    value: `192.0.2.${index % 256}`,
  }));
}

interface Vendor {
  readonly specification: string;
  /** The path of the API in the specification, without its base. */
  readonly base: string;
  readonly pageSize: number;
  readonly variable: string;
  answer(path: string, page: number, size: number, records: readonly ZoneRecord[]): unknown;
}

function slice<T>(all: readonly T[], page: number, size: number): T[] {
  return all.slice((page - 1) * size, page * size);
}

const VENDORS: Readonly<Record<DnsProviderName, Vendor>> = {
  cloudflare: {
    specification: "cloudflare-openapi.json",
    base: "/client/v4",
    pageSize: 5000,
    variable: "CLOUDFLARE_BASE_URL",
    answer(path, page, size, records) {
      const frame = { success: true, errors: [], messages: [] };
      if (path === "/zones") return { ...frame, result: [zoneOfCloudflare()] };
      // The specification is older than the API, which answers `null` for no comment.
      const more = { comment: "", created_on: MADE, modified_on: MADE, tags: [] };
      const rows = cloudflareForm.write(records, ZONE).map((row) => ({ ...row, ...more }));
      const result = slice(rows, page, size);
      return {
        ...frame,
        result,
        result_info: { count: result.length, page, per_page: size, total_count: rows.length },
      };
    },
  },
  digitalocean: {
    specification: "digitalocean-openapi.json",
    base: "",
    pageSize: 200,
    variable: "DIGITALOCEAN_API_URL",
    answer(path, page, size, records) {
      if (!path.endsWith("/records")) return { domain: { name: "example.com", ttl: 1800, zone_file: null } };
      const rows = digitaloceanForm.write(records, ZONE);
      const next =
        page * size < rows.length ? { next: `https://api.digitalocean.com${path}?page=${page + 1}` } : {};
      return {
        domain_records: slice(rows, page, size),
        links: { pages: next },
        meta: { total: rows.length },
      };
    },
  },
  hetzner: {
    specification: "hetzner-openapi.json",
    base: "/v1",
    pageSize: 100,
    variable: "HCLOUD_ENDPOINT",
    answer(path, page, size, records) {
      if (!path.endsWith("/rrsets")) return { zone: zoneOfHetzner(records.length) };
      const rows = hetznerForm.write(records, { ...ZONE, id: "6001" });
      const last = Math.max(1, Math.ceil(rows.length / size));
      const pagination = {
        page,
        per_page: size,
        previous_page: page > 1 ? page - 1 : null,
        next_page: page < last ? page + 1 : null,
        last_page: last,
        total_entries: rows.length,
      };
      return { rrsets: slice(rows, page, size), meta: { pagination } };
    },
  },
};

function zoneOfCloudflare() {
  return {
    ...{ id: ZONE.id, name: "example.com", status: "active", name_servers: ["bob.ns.cloudflare.com"] },
    ...{ account: { id: "023e105f4ecef8ad9ca31a8372d0c353", name: "Example" }, owner: {}, meta: {} },
    ...{ development_mode: 0, original_dnshost: null, original_name_servers: null, original_registrar: null },
    ...{ activated_on: MADE, created_on: MADE, modified_on: MADE },
  };
}

function zoneOfHetzner(count: number) {
  const servers = ["hydrogen.ns.hetzner.com.", "Oxygen.ns.hetzner.com."];
  return {
    ...{ id: 6001, name: "example.com", mode: "primary", ttl: 3600, status: "ok", record_count: count },
    ...{ created: MADE, labels: {}, protection: { delete: false }, registrar: "other" },
    authoritative_nameservers: {
      ...{ assigned: servers, delegated: servers, delegation_last_check: MADE, delegation_status: "valid" },
    },
  };
}

let server: Server | undefined;

afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

/** Serves one vendor and hands back what was asked, path and query. */
async function serving(
  provider: DnsProviderName,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string[]> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    expect(request.headers.authorization).toBe("Bearer token");
    asked.push(request.url ?? "");
    handle(request, response);
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const { variable, base } = VENDORS[provider];
  vi.stubEnv(variable, `http://127.0.0.1:${port}${base}`);
  return asked;
}

async function servingZone(provider: DnsProviderName, records: readonly ZoneRecord[]): Promise<string[]> {
  const vendor = VENDORS[provider];
  const judge = sharedSpecs === undefined ? undefined : judgeOf(vendor.specification);
  return serving(provider, (request, response) => {
    const url = new URL(request.url ?? "", "http://vendor.invalid");
    const path = url.pathname.slice(vendor.base.length);
    const page = Number(url.searchParams.get("page") ?? 1);
    const size = Number(url.searchParams.get("per_page") ?? 20);
    const answer = vendor.answer(path, page, size, records);
    const fault = judge?.("GET", path, 200, answer);
    response.writeHead(fault === undefined ? 200 : 500, { "content-type": "application/json" });
    response.end(fault ?? JSON.stringify(answer));
  });
}

test.each(DNS_PROVIDER_NAMES)("%s: a zone is described", async (provider) => {
  await servingZone(provider, []);
  const zone = await zoneReader(provider, "example.com", "token").zone();
  expect(zone).toEqual(
    {
      cloudflare: { id: ZONE.id, status: "active", nameServers: ["bob.ns.cloudflare.com"] },
      digitalocean: {
        id: "example.com",
        nameServers: ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"],
      },
      hetzner: {
        id: "6001",
        status: "ok",
        nameServers: ["hydrogen.ns.hetzner.com", "oxygen.ns.hetzner.com"],
      },
    }[provider],
  );
});

test.each(["digitalocean", "hetzner"] as const)("%s: all pages are read, one call each", async (provider) => {
  const { pageSize } = VENDORS[provider];
  const records = manyRecords(2 * pageSize + 1);
  const asked = await servingZone(provider, records);
  const read = await zoneReader(provider, "example.com", "token").records();
  expect(read).toHaveLength(records.length);
  expect(read.at(-1)).toMatchObject(records.at(-1) ?? {});
  expect(asked).toHaveLength(3);
  expect(asked[2]).toContain(`per_page=${pageSize}&page=3`);
});

test("Cloudflare: a full page brings the next, a given id spares the look-up", async () => {
  const records = manyRecords(5001);
  const asked: string[] = await serving("cloudflare", (request, response) => {
    const page = Number(new URL(request.url ?? "", "http://vendor.invalid").searchParams.get("page"));
    response.end(JSON.stringify(VENDORS.cloudflare.answer("/dns_records", page, 5000, records)));
  });
  const read = await zoneReader("cloudflare", "example.com", "token", ZONE.id).records();
  expect(read).toHaveLength(5001);
  expect(asked.map((url) => url.replace(/.*page=5000/, ""))).toEqual(["&page=1", "&page=2"]);
});

test("Cloudflare: without an id the zone is looked up once", async () => {
  const asked = await servingZone("cloudflare", manyRecords(3));
  const reader = zoneReader("cloudflare", "example.com", "token");
  const [facts, records] = await Promise.all([reader.zone(), reader.records()]);
  expect([facts?.id, records.length]).toEqual([ZONE.id, 3]);
  expect(asked).toHaveLength(2);
});

test.each(DNS_PROVIDER_NAMES)("%s: a zone that is not there is no refusal", async (provider) => {
  await serving(provider, (_request, response) => {
    if (provider === "cloudflare") response.end(JSON.stringify({ success: true, result: [] }));
    else response.writeHead(404).end("{}");
  });
  const reader = zoneReader(provider, "example.com", "token");
  expect(await reader.zone()).toBeUndefined();
  await expect(reader.records()).rejects.toMatchObject({ status: 404 });
});

test("Cloudflare: with an id a token need not see the zone; another zone's id is no zone of this name", async () => {
  await serving("cloudflare", (_request, response) => {
    response.end(JSON.stringify({ success: true, result: [] }));
  });
  const hidden = await zoneReader("cloudflare", "example.com", "token", ZONE.id).zone();
  expect(hidden).toEqual({ id: ZONE.id, nameServers: [] });
  server?.close();
  await servingZone("cloudflare", []);
  expect(await zoneReader("cloudflare", "example.com", "token", "0".repeat(32)).zone()).toBeUndefined();
});

/** What goes wrong when the records are asked for. */
async function fault(provider: DnsProviderName): Promise<VendorError> {
  const error: unknown = await zoneReader(provider, "example.com", "token", ZONE.id)
    .records()
    .catch((reason: unknown) => reason);
  if (!(error instanceof VendorError)) throw new Error(`no VendorError but ${String(error)}`);
  return error;
}

test("Cloudflare: of two zones of the name none is taken; both are told, and the id says which", async () => {
  const zones = [
    { ...zoneOfCloudflare(), id: "a".repeat(32), status: "pending" },
    { ...zoneOfCloudflare(), id: "b".repeat(32), status: "active" },
  ];
  const asked = await serving("cloudflare", (request, response) => {
    const records = VENDORS.cloudflare.answer("/dns_records", 1, 5000, manyRecords(2));
    const isZones = request.url?.includes("/dns_records") !== true;
    response.end(JSON.stringify(isZones ? { success: true, result: zones } : records));
  });
  const told = {
    message: `the token sees 2 zones example.com at Cloudflare: ${"a".repeat(32)} (pending, in Example), ${"b".repeat(32)} (active, in Example)`,
    fix: `say which one is meant: pulumi config set --path 'mailstead:dns.zoneId' ${"b".repeat(32)}`,
  };
  const reader = zoneReader("cloudflare", "example.com", "token");
  await expect(reader.zone()).rejects.toMatchObject(told);
  await expect(reader.records()).rejects.toMatchObject(told);
  expect(asked.every((url) => !url.includes("/dns_records"))).toBe(true);
  const { findings } = await checkZone(PLAN, reader, { has: () => false });
  expect(findings).toEqual([{ subject: "zone", state: "bad", seen: told.message, fix: told.fix }]);
  const column = await readProvider(reader);
  const { checks } = audit({
    desired: [],
    provider: column,
    ignore: [],
    context: { domain: "example.com", zone: "example.com" },
  });
  expect(checks).toMatchObject([{ check: "provider-api", state: "unknown", fix: told.fix }]);

  const chosen = zoneReader("cloudflare", "example.com", "token", "b".repeat(32));
  expect(await chosen.zone()).toMatchObject({ id: "b".repeat(32), status: "active" });
  expect(await chosen.records()).toHaveLength(2);
});

test.each(DNS_PROVIDER_NAMES)("%s: a rate limit says when to ask again", async (provider) => {
  await serving(provider, (_request, response) => response.writeHead(429, { "retry-after": "17" }).end("{}"));
  const error = await fault(provider);
  expect(error).toMatchObject({ status: 429, retryAfterSeconds: 17 });
  expect(error.message).toContain("rate limit reached, ask again in 17 seconds");
});

test.each([
  [401, "wrong token", "401 wrong token"],
  [503, "busy", "503 busy (a fault at the vendor)"],
  [200, "<html>", "answered something else than JSON"],
])("a status of %i with %j is named", async (status, body, said) => {
  await serving("hetzner", (_request, response) => response.writeHead(status).end(body));
  const error = await fault("hetzner");
  expect(error.status).toBe(status);
  expect(error.message).toContain(said);
});

test("a line cut off is no answer", async () => {
  await serving("digitalocean", (request) => request.socket.destroy());
  const error = await fault("digitalocean");
  expect(error.status).toBe(0);
  expect(error.message).toMatch(/^GET \/v2\/domains\/example\.com\/records: no answer from 127\.0\.0\.1/);
});
