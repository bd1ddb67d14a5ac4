/**
 * Proves: the cloud's other customer sees nothing of the first one's things at any of the three vendors, may use the same
 * names, gets numbers and addresses of their own, and is told apart in the request log; books outlive a restart.
 * Cannot prove: what the real vendors answer to a token of somebody else about a zone by its number.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AccountTokens } from "../../../../sandbox/cloud/startCloud.ts";
import { started, type Started } from "./startedCloud.ts";

const OTHER: AccountTokens = {
  hetzner: "o".repeat(64),
  cloudflare: "o".repeat(40),
  digitalocean: `dop_v1_${"0".repeat(64)}`,
};
const ZONE = "c7915704a794c5f99111b674c1985c3a";
const as = (token: string) => ({ authorization: `Bearer ${token}` });

let cloud: Started;

beforeEach(async () => {
  cloud = await started({
    otherTokens: OTHER,
    hetznerZones: ["example.edu"],
    digitaloceanDomains: ["example.org"],
  });
});
afterEach(() => cloud.close());

const address = { name: "mailstead-prod-ipv4", type: "ipv4", auto_delete: false, location: "nbg1" };

it("gives each project its own things under the same names", async () => {
  const mine = await cloud.hetzner("POST", "/primary_ips", address);
  const theirs = await cloud.hetzner("POST", "/primary_ips", address, as(OTHER.hetzner));
  expect([mine.status, theirs.status]).toEqual([201, 201]);
  const ids = [mine.body.num("primary_ip", "id"), theirs.body.num("primary_ip", "id")];
  expect(new Set(ids).size).toBe(2);
  expect(mine.body.at("primary_ip", "ip")).not.toBe(theirs.body.at("primary_ip", "ip"));
  const [own = 0, others = 0] = ids;
  expect((await cloud.hetzner("GET", `/primary_ips/${own}`, undefined, as(OTHER.hetzner))).status).toBe(404);
  expect((await cloud.hetzner("DELETE", `/primary_ips/${own}`, undefined, as(OTHER.hetzner))).status).toBe(
    404,
  );
  expect((await cloud.hetzner("GET", `/primary_ips/${others}`)).status).toBe(404);
  const again = await cloud.restart();
  const listed = await again.hetzner("GET", "/primary_ips", undefined, as(OTHER.hetzner));
  expect(listed.body.at("primary_ips", 0, "id")).toBe(others);
  expect(listed.body.at("primary_ips", 1)).toBeUndefined();
  await again.cloud.close();
});

it("shows the other one no zone", async () => {
  expect((await cloud.hetzner("GET", "/zones/example.edu", undefined, as(OTHER.hetzner))).status).toBe(404);
  const zones = await cloud.cloudflare("GET", "/zones?name=example.com", undefined, as(OTHER.cloudflare));
  expect(zones.body.at("result")).toEqual([]);
  const records = `/zones/${ZONE}/dns_records`;
  expect((await cloud.cloudflare("GET", records, undefined, as(OTHER.cloudflare))).status).toBe(404);
  const domain = "/v2/domains/example.org";
  expect((await cloud.digitalocean("GET", domain, undefined, as(OTHER.digitalocean))).status).toBe(404);
  expect((await cloud.digitalocean("GET", domain)).status).toBe(200);
});

it("tells the accounts apart in the log, without their tokens", async () => {
  await cloud.hetzner("GET", "/servers");
  await cloud.hetzner("GET", "/servers", undefined, as(OTHER.hetzner));
  const lines = cloud.log().filter(({ path }) => path === "/v1/servers");
  expect(lines.map(({ account }) => account)).toEqual([undefined, "other"]);
  expect(JSON.stringify(lines)).not.toContain(OTHER.hetzner);
});
