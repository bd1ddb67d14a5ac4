/** What happens to a zone between two audits: by hand at the vendor, at the name servers alone, in the zone above. */
import { join } from "node:path";
import { inside, project, succeed } from "./sandbox.ts";

const DNS = join(project, ".sandbox/run/dns");

/** Calls a vendor as somebody at its web page would; the token stays inside. */
async function call(tokenVariable: string, url: string, method: string, body?: object): Promise<unknown> {
  const script = `curl -sf -X ${method} -H "Authorization: Bearer $${tokenVariable}" -H "content-type: application/json" ${body === undefined ? "" : "--data-binary @- "}"${url}"`;
  const printed = await succeed(
    ["bash", "-c", script],
    body === undefined ? {} : { input: JSON.stringify(body) },
  );
  return printed.trim() === "" ? undefined : JSON.parse(printed);
}

/** Cloudflare's API. */
export function cloudflare(path: string, method = "GET", body?: object): Promise<unknown> {
  return call("CLOUDFLARE_API_TOKEN", `https://api.cloudflare.com/client/v4/${path}`, method, body);
}

/** DigitalOcean's API. */
export function digitalocean(path: string, method = "GET", body?: object): Promise<unknown> {
  return call("DIGITALOCEAN_TOKEN", `https://api.digitalocean.com/v2/${path}`, method, body);
}

/** Hetzner's API. */
export function hetzner(path: string, method = "GET", body?: object): Promise<unknown> {
  return call("HCLOUD_TOKEN", `https://api.hetzner.cloud/v1/${path}`, method, body);
}

/** A record at Cloudflare. */
export interface CloudflareRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

/** Path of the zone's records at Cloudflare. */
export async function recordsPath(zone: string): Promise<string> {
  const { result } = (await cloudflare(`zones?name=${zone}`)) as { result: { id: string }[] };
  return `zones/${result[0]?.id ?? ""}/dns_records`;
}

/** The one record of a name and type at Cloudflare. */
export async function recordAt(path: string, name: string, type: string): Promise<CloudflareRecord> {
  const { result } = (await cloudflare(`${path}?name=${name}&type=${type}`)) as {
    result: CloudflareRecord[];
  };
  const [only] = result;
  if (only === undefined || result.length > 1) throw new Error(`${result.length} records ${type} ${name}`);
  return only;
}

/** A record or set as the vendor tells it, its id included. */
type Kept = Readonly<Record<string, unknown>> & { readonly type: string };

const RECORDS: Readonly<Record<string, (zone: string) => Promise<readonly Kept[]>>> = {
  cloudflare: async (zone) =>
    ((await cloudflare(await recordsPath(zone))) as { result: readonly Kept[] }).result,
  digitalocean: async (zone) =>
    ((await digitalocean(`domains/${zone}/records`)) as { domain_records: readonly Kept[] }).domain_records,
  hetzner: async (zone) =>
    ((await hetzner(`zones/${zone}/rrsets?per_page=50`)) as { rrsets: readonly Kept[] }).rrsets,
};

/** What stands in the zone at a provider but for the provider's own: a line of JSON each, sorted. */
export async function recordsAt(provider: string, zone: string): Promise<readonly string[]> {
  const all = (await RECORDS[provider]?.(zone)) ?? [];
  return all
    .filter(({ type }) => !["NS", "SOA"].includes(type))
    .map((one) => JSON.stringify(one))
    .sort();
}

async function knotc(...args: readonly string[]): Promise<void> {
  await succeed(["knotc", "--socket", join(DNS, "knot.sock"), "--blocking", "--timeout", "20", ...args]);
}

/** Changes a zone at the name servers alone, past the vendor's books: each line is the rest of a `knotc zone-…`. */
export async function changeServed(zone: string, changes: readonly (readonly string[])[]): Promise<void> {
  await knotc("zone-begin", `${zone}.`);
  for (const [verb = "", ...rest] of changes) await knotc(`zone-${verb}`, `${zone}.`, ...rest);
  await knotc("zone-commit", `${zone}.`);
}

/** Makes the name servers serve a zone again as its file has it. */
export async function serveAsWritten(zone: string): Promise<void> {
  await knotc("zone-reload", `${zone}.`);
}

/** Makes the resolver forget a zone and what is below. */
export async function forget(zone: string): Promise<void> {
  const config = join(DNS, "resolver/unbound.conf");
  await succeed(["unbound-control", "-c", config, "flush_zone", zone]);
}

/** What the resolver answers; it remembers that. */
export async function resolve(name: string, type: string): Promise<string> {
  return (await inside(["dig", "+short", "@203.0.113.2", name, type])).stdout.trim();
}
