/** The vendors' APIs, asked from inside the sandbox as somebody at their web pages would, with the sandbox's tokens. */
import type { HttpRequest } from "../../sandbox/client/httpRequests.ts";
import { paths } from "../../sandbox/groundPlan.ts";
import { requestInside } from "./requestInside.ts";

// Vitest gives each test file modules of its own: what is set here holds for its life alone.
/** The token of the life's project at Hetzner. */
let hetznerToken: HttpRequest["token"] = { variable: "HCLOUD_TOKEN" };

const CLOUDFLARE = { variable: "CLOUDFLARE_API_TOKEN" };
const DIGITALOCEAN = { variable: "DIGITALOCEAN_TOKEN" };

/** From here on the life is in the other customer's project at Hetzner. Returns the file with that one's token. */
export function moveToOtherProject(): string {
  const file = paths.otherTokens.hetzner;
  hetznerToken = { file };
  return file;
}

/** Calls a vendor as somebody at its web page would; the token stays inside. */
async function call(
  token: HttpRequest["token"],
  url: string,
  method: string,
  body?: object,
): Promise<unknown> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await requestInside({ method, url, ...(token && { token }), ...sent });
  return answer.trim() === "" ? undefined : JSON.parse(answer);
}

/** Cloudflare's API. */
export function cloudflare(path: string, method = "GET", body?: object): Promise<unknown> {
  return call(CLOUDFLARE, `https://api.cloudflare.com/client/v4/${path}`, method, body);
}

/** DigitalOcean's API. */
export function digitalocean(path: string, method = "GET", body?: object): Promise<unknown> {
  return call(DIGITALOCEAN, `https://api.digitalocean.com/v2/${path}`, method, body);
}

/** Hetzner's API. */
export function hetzner(path: string, method = "GET", body?: object): Promise<unknown> {
  return call(hetznerToken, `https://api.hetzner.cloud/v1/${path}`, method, body);
}

/** Ids of zones, which stay as long as the sandbox lives. */
const zoneIds = new Map<string, string>();

/** Path of the zone's records at Cloudflare. */
export async function recordsPath(zone: string): Promise<string> {
  let id = zoneIds.get(zone);
  if (id === undefined) {
    const { result } = (await cloudflare(`zones?name=${zone}`)) as { result: { id: string }[] };
    if (result[0] === undefined) throw new Error(`Cloudflare has no zone ${zone}`);
    ({ id } = result[0]);
    zoneIds.set(zone, id);
  }
  return `zones/${id}/dns_records`;
}

/** A record or set as the vendor tells it, its id included. */
type Kept = Readonly<Record<string, unknown>> & { readonly type: string };

const RECORDS: Readonly<Record<string, (zone: string) => Promise<readonly Kept[]>>> = {
  cloudflare: async (zone) =>
    ((await cloudflare(`${await recordsPath(zone)}?per_page=500`)) as { result: readonly Kept[] }).result,
  digitalocean: async (zone) =>
    ((await digitalocean(`domains/${zone}/records`)) as { domain_records: readonly Kept[] }).domain_records,
  hetzner: async (zone) =>
    ((await hetzner(`zones/${zone}/rrsets?per_page=50`)) as { rrsets: readonly Kept[] }).rrsets,
};

const MX_MAKERS: Readonly<Record<string, (zone: string) => Promise<unknown>>> = {
  cloudflare: async (zone) => {
    const mx = { type: "MX", name: zone, content: `mx.${zone}`, priority: 0, ttl: 1 };
    return cloudflare(await recordsPath(zone), "POST", mx);
  },
  digitalocean: (zone) => {
    const mx = { type: "MX", name: "@", data: `mx.${zone}.`, priority: 0, ttl: 1800 };
    return digitalocean(`domains/${zone}/records`, "POST", mx);
  },
  hetzner: (zone) => {
    const mx = { name: "@", type: "MX", records: [{ value: `0 mx.${zone}.` }] };
    return hetzner(`zones/${zone}/rrsets`, "POST", mx);
  },
};

/** Makes the zone's MX by hand, as a stack declares it; its id at the provider. */
export async function makeMx(provider: string, zone: string): Promise<string> {
  await MX_MAKERS[provider]?.(zone);
  return await mxId(provider, zone);
}

/** Id of the zone's only MX record, or set. */
export async function mxId(provider: string, zone: string): Promise<string> {
  const [mx, ...others] = ((await RECORDS[provider]?.(zone)) ?? []).filter(({ type }) => type === "MX");
  if (mx === undefined || others.length > 0) throw new Error(`${zone} has not one MX at ${provider}`);
  return String(mx["id"]);
}

/** What stands in the zone at a provider but for the provider's own: a line of JSON each, sorted. */
export async function recordsAt(provider: string, zone: string): Promise<readonly string[]> {
  const all = (await RECORDS[provider]?.(zone)) ?? [];
  return all
    .filter(({ type }) => !["NS", "SOA"].includes(type))
    .map((one) => JSON.stringify(one))
    .sort();
}
