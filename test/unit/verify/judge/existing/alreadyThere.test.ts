/**
 * Proves: at each of three providers a zone is compared with what is not in the state yet: what says the same is adopted
 * by its import id, what breaks it is in the way with the exact fault and lines, another sender's SPF is merged by the
 * line printed, and records of others are left alone.
 * Cannot prove: that `pulumi import` takes the ids; the engine's own runs do.
 */
import { describe, expect, test } from "vitest";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { PlannedRecord } from "../../../../../stack/model/plan.ts";
import { fillPlannedRecord } from "../../../../../verify/judge/existing/adoption.ts";
import { DNS_PROVIDERS, DNS_PROVIDER_NAMES } from "../../../../../stack/vendors/registry.ts";
import { known, look, PLAN, read, record } from "./zoneBefore.ts";

function declared(records: readonly PlannedRecord[] = PLAN.records): ZoneRecord[] {
  return records.map((one) => {
    const { name, type, value, ttlSeconds } = fillPlannedRecord(one, known);
    return { name, type, value, ttlSeconds };
  });
}

describe.each(DNS_PROVIDER_NAMES)("at %s", (provider) => {
  test("an empty zone, and one of others' records that harm nothing, have nothing in the way", () => {
    const others = [record("blog.example.com", "A", "192.0.2.9"), record("_x.example.com", "TXT", "x")];
    for (const zone of [[], others]) expect(look(provider, zone).findings).toEqual([]);
  });

  test("a whole zone as declared is adopted, each resource by an import id of its own", () => {
    const { adoptions, obstacles } = look(provider, declared());
    expect(obstacles).toEqual([]);
    const resources =
      provider === "hetzner"
        ? new Set(PLAN.records.map(({ name, type }) => `${name} ${type}`)).size
        : PLAN.records.length;
    expect(adoptions).toHaveLength(resources);
    expect(new Set(adoptions.map(({ importId }) => importId)).size).toBe(resources);
    expect(adoptions.every(({ why }) => why === "same")).toBe(true);
    // Whoever made them did not write our comments, which DigitalOcean has none of.
    const changes = provider === "digitalocean" ? [] : ["comment"];
    expect(adoptions.every((one) => JSON.stringify(one.changes) === JSON.stringify(changes))).toBe(true);
  });

  test("of a zone as Mailstead itself made it, the next up changes nothing", () => {
    const zone = read(provider, declared()).map((one) => {
      const ours = PLAN.records.find(
        (planned) =>
          planned.name === one.name &&
          planned.type === one.type &&
          fillPlannedRecord(planned, known).value === one.value,
      );
      return provider === "digitalocean" || ours === undefined ? one : { ...one, comment: ours.purpose };
    });
    const { adoptions, obstacles } = look(provider, [], { zone });
    expect(obstacles).toEqual([]);
    expect(adoptions.length).toBeGreaterThan(10);
    expect(adoptions.flatMap(({ changes }) => changes)).toEqual([]);
  });

  test("what the state knows is not told again", () => {
    const state = look(provider, declared()).adoptions.map(({ role, importId }) => ({
      type: DNS_PROVIDERS[provider].resourceType,
      urn: `urn:pulumi:prod::mailstead::a$b::${role}`,
      id: DNS_PROVIDERS[provider].stateId(importId),
    }));
    expect(look(provider, declared(), { state }).findings).toEqual([]);
    const unmanaged = record("imap.example.com", "TXT", "x");
    expect(look(provider, [...declared(), unmanaged], { state }).findings).toEqual([]);
  });

  /** Name of a resource at example.com: the role, or at Hetzner its set's. */
  const named = (role: string, type: string): string =>
    provider === "hetzner" ? `${type}-example.com` : role;

  test("what the state knows and somebody changed is drift, and no obstacle to the rest", () => {
    const drifted = record("example.com", "A", "192.0.2.66");
    const zone = [drifted, record("example.com", "MX", "0 mx.example.com")];
    const [apex] = read(provider, [drifted]);
    const id = DNS_PROVIDERS[provider].stateId(apex?.importId ?? "");
    const state = [
      {
        type: DNS_PROVIDERS[provider].resourceType,
        urn: `urn:pulumi:prod::mailstead::a$b::${named("apex", "a")}`,
        id,
      },
    ];
    expect(look(provider, zone, { state })).toMatchObject({
      obstacles: [],
      adoptions: [{ role: named("apex-mx", "mx") }],
    });
  });

  test("another SPF policy is merged by the line printed, and adopted once the configuration has it", () => {
    const google = record("example.com", "TXT", "v=spf1 include:_spf.google.com ip4:192.0.2.0/24 ~all");
    const { findings, obstacles } = look(provider, [google]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ subject: "record TXT example.com", state: "bad" });
    expect(findings[0]?.fix).toBe(
      "pulumi config set --path 'mailstead:dns.spf.mechanisms[0]' 'include:_spf.google.com' && " +
        "pulumi config set --path 'mailstead:dns.spf.mechanisms[1]' 'ip4:192.0.2.0/24', then ./mailstead import",
    );
    expect(obstacles[0]?.records.map(({ value }) => value)).toEqual([google.value]);
    const records = PLAN.records.map((one): PlannedRecord =>
      one.role === "apex-spf" && one.type === "TXT"
        ? { ...one, text: ["v=spf1 a include:_spf.google.com ip4:192.0.2.0/24 -all"] }
        : one,
    );
    const merged = look(provider, [google], { records });
    expect(merged.obstacles).toEqual([]);
    expect(merged.adoptions).toMatchObject([
      { role: named("apex-spf", "txt"), why: "merged", changes: ["value"] },
    ]);
  });

  test.each([
    ["an address of another server", record("example.com", "A", "192.0.2.7"), "A example.com"],
    ["a stolen MX", record("example.com", "MX", "10 mx.example.net"), "MX example.com"],
    ["an alias elsewhere", record("imap.example.com", "CNAME", "imap.example.net"), "CNAME imap.example.com"],
    ["a second DMARC", record("_dmarc.example.com", "TXT", "v=DMARC1; p=none"), "TXT _dmarc.example.com"],
  ])("%s is in the way, with its ways out", (_, unmanaged, set) => {
    const { findings, obstacles } = look(provider, [unmanaged]);
    expect(findings).toMatchObject([{ subject: `record ${set}`, state: "bad" }]);
    const [finding] = findings;
    const ways = [finding?.fix, ...(finding?.detail ?? [])].join("\n");
    expect(ways).toContain(`./mailstead import --adopt '${set}'`);
    expect(ways).toMatch(/mailstead:(domain|dns\.)/);
    // Without its last MX the domain would have none until the next \`pulumi up\`.
    if (unmanaged.type === "MX") expect(ways).not.toContain("remove at");
    else expect(ways).toContain(`remove at ${provider}: ${unmanaged.name}.`);
    expect(obstacles[0]?.canBeAdopted).toBe(true);
    const { adoptions } = look(provider, [unmanaged], { agreed: [set] });
    expect(adoptions).toMatchObject([
      { why: "agreed", changes: ["value"], importId: expect.any(String) as string },
    ]);
  });

  test("two records where one is declared cannot be adopted", () => {
    const two = [
      record("example.com", "MX", "10 a.example.net"),
      record("example.com", "MX", "20 b.example.net"),
    ];
    const { adoptions, obstacles } = look(provider, two, { agreed: ["MX example.com"] });
    // One set at Hetzner is one thing to agree to.
    const isSet = provider === "hetzner";
    expect(adoptions).toHaveLength(isSet ? 1 : 0);
    expect(obstacles).toMatchObject(isSet ? [] : [{ type: "MX", canBeAdopted: false }]);
  });

  test("a TTL of its own is said, as the next up changes it", () => {
    const { adoptions } = look(provider, [record("example.com", "MX", "0 mx.example.com", 300)]);
    expect(adoptions[0]?.changes).toContain("TTL");
  });

  test("an address not known yet is never taken for ours", () => {
    const { adoptions, obstacles } = look(provider, [record("mx.example.com", "A", "203.0.113.10")], {
      slotValue: () => undefined,
    });
    expect(adoptions).toEqual([]);
    expect(obstacles).toMatchObject([{ type: "A", name: "mx.example.com" }]);
  });
});

test("ids of the state are those of the import without the zone", () => {
  const [record] = read("cloudflare", [
    { name: "example.com", type: "A", value: "192.0.2.1", ttlSeconds: 60 },
  ]);
  expect(DNS_PROVIDERS.cloudflare.stateId(record?.importId ?? "")).toBe("00000000000000000000000000000001");
  expect(DNS_PROVIDERS.digitalocean.stateId("example.com,9000005")).toBe("9000005");
  expect(DNS_PROVIDERS.hetzner.stateId("example.com/imap/CNAME")).toBe("imap/CNAME");
});

test("at Hetzner a set with another's value is kept by the configuration, not changed", () => {
  const zone = [record("example.com", "TXT", "v=spf1 a -all"), record("example.com", "TXT", "google=1")];
  const { findings, adoptions } = look("hetzner", zone);
  expect(adoptions).toEqual([]);
  expect(findings).toMatchObject([{ subject: "record TXT example.com", state: "bad" }]);
  expect(findings[0]?.fix).toBe(
    `add to mailstead:dns.records: { role: kept-txt, name: 'example.com', type: TXT, text: "google=1" }, then ./mailstead import`,
  );
  for (const provider of ["cloudflare", "digitalocean"] as const) {
    expect(look(provider, zone)).toMatchObject({ obstacles: [], adoptions: [{ role: "apex-spf" }] });
  }
});

test("at Cloudflare a record with our comment is ours, whatever it says, and a proxied one is adopted and opened", () => {
  const [, mx] = read("cloudflare", [
    record("x.example.com", "A", "192.0.2.1"),
    record("mx.example.com", "A", "203.0.113.99"),
  ]);
  if (mx === undefined) throw new Error("two records were written");
  const purpose = PLAN.records.find(({ role }) => role === "mx-host")?.purpose ?? "";
  const ours = look("cloudflare", [], { zone: [{ ...mx, comment: purpose }] });
  expect(ours).toMatchObject({
    obstacles: [],
    adoptions: [{ role: "mx-host", why: "ours", changes: ["value"] }],
  });
  const proxied = look("cloudflare", [], { zone: [{ ...mx, value: "203.0.113.10", proxied: true }] });
  expect(proxied.adoptions[0]?.changes).toEqual(["comment", "proxying"]);
});
