/**
 * The calls that `mailstead init` lives by, and nothing else: what Hetzner offers, a zone and its records at Cloudflare, and
 * four images at their registries with a token for each. All at once, where none needs another's answer. Plain JavaScript,
 * so that it does not bring the machinery for TypeScript in.
 *
 * usage: bareCalls.js ZONE; tokens in HCLOUD_TOKEN and CLOUDFLARE_API_TOKEN. Prints the digests.
 */
import { createHash } from "node:crypto";
import { request } from "node:https";
import process from "node:process";

const [zone = ""] = process.argv.slice(2);
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * @param {string} url
 * @param {Record<string, string>} headers
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, body: Buffer }>}
 */
function ask(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const call = request(url, { headers, timeout: 10_000 }, (answer) => {
      /** @type {Buffer[]} */
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) });
      });
    });
    call.on("timeout", () => call.destroy(new Error(`${url} did not answer within 10 seconds`)));
    call.on("error", reject);
    call.end();
  });
}

/**
 * @param {string} url
 * @param {Record<string, string>} [headers]
 */
async function json(url, headers) {
  const { status, body } = await ask(url, headers);
  if (status !== 200) throw new Error(`${url}: ${status} ${body.toString("utf8").slice(0, 200)}`);
  return JSON.parse(body.toString("utf8"));
}

async function offer() {
  const headers = { authorization: `Bearer ${process.env["HCLOUD_TOKEN"] ?? ""}` };
  const list = (/** @type {string} */ path) =>
    json(`https://api.hetzner.cloud/v1/${path}per_page=50`, headers);
  const system = "images?type=system&include_deprecated=true&";
  await Promise.all([list("locations?"), list("server_types?"), list(system)]);
}

async function records() {
  const headers = { authorization: `Bearer ${process.env["CLOUDFLARE_API_TOKEN"] ?? ""}` };
  const api = "https://api.cloudflare.com/client/v4/zones";
  const { result } = await json(`${api}?name=${zone}`, headers);
  await json(`${api}/${result[0].id}/dns_records?per_page=5000&page=1`, headers);
}

/**
 * @param {string} host
 * @param {string} name
 */
async function repository(host, name) {
  const base = `https://${host}/v2/${name}`;
  const { headers } = await ask(`${base}/tags/list?n=1`);
  const challenge = headers["www-authenticate"] ?? "";
  const [, realm = ""] = /realm="([^"]+)"/.exec(challenge) ?? [];
  const [, service = ""] = /service="([^"]+)"/.exec(challenge) ?? [];
  const { token } = await json(`${realm}?service=${service}&scope=repository:${name}:pull`);
  const asked = { accept: MANIFESTS, authorization: `Bearer ${token}` };
  return (/** @type {string} */ path) => ask(`${base}/${path}`, asked);
}

/**
 * @param {string} host
 * @param {string} name
 * @param {string} [tag] the newest release, where there is none
 */
async function image(host, name, tag) {
  const get = await repository(host, name);
  const newest = async () => {
    const { tags } = JSON.parse((await get("tags/list?n=1000")).body.toString("utf8"));
    return tags
      .filter((/** @type {string} */ one) => /^v\d+\.\d+\.\d+$/.test(one))
      .sort()
      .at(-1);
  };
  const { status, body } = await get(`manifests/${tag ?? (await newest())}`);
  if (status !== 200) throw new Error(`${name}: ${status}`);
  const { config } = JSON.parse(body.toString("utf8"));
  if (config !== undefined) {
    const { headers } = await get(`blobs/${config.digest}`);
    if (headers.location !== undefined) await json(headers.location);
  }
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

const HUB = "registry-1.docker.io";
const found = await Promise.all([
  image("ghcr.io", "forwardemail/forwardemail.net-selfhosted"),
  image(HUB, "library/nginx", "1.28"),
  image(HUB, "library/mongo", "8.0"),
  image(HUB, "library/redis", "8.2"),
  offer(),
  records(),
]);
process.stdout.write(`${found.filter((one) => one !== undefined).join("\n")}\n`);
