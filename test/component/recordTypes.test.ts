/**
 * Proves: a TLSA of one's own is asked for in each provider's own form, is taken by the stand-ins of the vendors' APIs, which
 * hold to the published schemas, is served as it was meant, and reads back as what was planned.
 * Cannot prove: that the plugins turn what they are asked into that form; their replays do.
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { cloudflareRecord } from "../../components/vendors/cloudflare/dnsZone.ts";
import { hetznerSet } from "../../components/vendors/hetzner/dnsZone.ts";
import { canonicalValue } from "../../stack/dns/types/recordData.ts";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import { cloudflareForm, type CloudflareRow } from "../../stack/vendors/cloudflare/dnsForm.ts";
import { hetznerForm, type HetznerRow } from "../../stack/vendors/hetzner/dnsForm.ts";
import { started, type Started } from "../unit/sandbox/cloud/startedCloud.ts";

const DIGEST = "0123456789abcdef".repeat(4);
const DATA = { type: "TLSA", usage: 3, selector: 1, matchingType: 1, data: DIGEST } as const;
const VALUE = `3 1 1 ${DIGEST}`;

const ZONES = {
  cloudflare: { name: "example.com", id: "c7915704a794c5f99111b674c1985c3a" },
  hetzner: { name: "example.edu", id: "example.edu" },
};

function planned(zone: string): PlannedRecord {
  const base = { role: "www-tlsa", ttlSeconds: 300, purpose: "key of www", level: "optional" } as const;
  return { ...base, name: `_443._tcp.www.${zone}`, ...DATA };
}

let cloud: Started;
beforeEach(async () => {
  cloud = await started({ hetznerZones: [ZONES.hetzner.name] });
});
afterEach(() => cloud.close());

/** What the name server has at the name. */
function served({ name }: { readonly name: string }): readonly unknown[] {
  const records = cloud.dns.zones.get(name) ?? [];
  return records.filter(({ type }) => type === "TLSA").map(({ name: owner, rdata }) => [owner, rdata]);
}

test("a record says its data as one value", () => {
  expect(canonicalValue(DATA)).toBe(VALUE);
});

test("Cloudflare takes it by `data`", async () => {
  const zone = ZONES.cloudflare;
  const record = planned(zone.name);
  expect(cloudflareRecord(record, {}, zone.id)).toMatchObject({
    type: "TLSA",
    data: { usage: 3, selector: 1, matchingType: 1, certificate: DIGEST },
  });
  const [row] = cloudflareForm.write([{ ...record, value: VALUE }], zone);
  const path = `/zones/${zone.id}/dns_records`;
  const made = await cloud.cloudflare("POST", path, { ...row, id: undefined, content: undefined });
  expect(made.status).toBe(200);
  const listed = (await cloud.cloudflare("GET", path)).body.at("result") as CloudflareRow[];
  expect(cloudflareForm.read(listed, zone)).toMatchObject([
    { name: record.name, type: "TLSA", value: VALUE },
  ]);
  expect(served(zone)).toEqual([[record.name, [VALUE]]]);
});

test("Hetzner takes it as a zone file has it", async () => {
  const zone = ZONES.hetzner;
  const record = planned(zone.name);
  const { name, type, ttl, records } = hetznerSet([record], {}, zone.name);
  expect(records).toEqual([{ value: VALUE, comment: "key of www" }]);
  const path = `/zones/${zone.name}/rrsets`;
  expect((await cloud.hetzner("POST", path, { name, type, ttl, records })).status).toBe(201);
  const listed = (await cloud.hetzner("GET", `${path}?type=TLSA`)).body.at("rrsets") as HetznerRow[];
  expect(hetznerForm.read(listed, zone)).toMatchObject([{ name: record.name, type: "TLSA", value: VALUE }]);
  expect(served(zone)).toEqual([[record.name, [VALUE]]]);
});
