/**
 * Proves: each provider's form gives back what was written, whatever harmless spelling the API answers with, and never
 * takes a real difference for one; rows that a provider keeps itself are marked; ids are those of `pulumi import`.
 * Cannot prove: which of those spellings a vendor really answers with.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloudflareForm, type CloudflareRow } from "../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm, type DigitaloceanRow } from "../../../../stack/vendors/digitalocean/dnsForm.ts";
import type { DnsForm } from "../../../../stack/vendors/dnsForm.ts";
import { hetznerForm, type HetznerRow } from "../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord, ZoneRecord } from "../../../../stack/model/zoneRecord.ts";
import {
  arbitraryChoose,
  arbitraryZone,
  type Choose,
  respelledCloudflare,
  respelledDigitalocean,
  respelledHetzner,
  ZONE,
} from "../../../support/zoneRows.ts";

const seconds = fc.constantFrom(60, 300, 1800, 3600, 86_400);
const orAuto = fc.oneof(seconds, fc.constant("auto" as const));

/** Records as text, in an order of their own: sets have none. */
function sorted(records: readonly ZoneRecord[]): string[] {
  return records
    .map(({ name, type, ttlSeconds, value }) => JSON.stringify([name, type, ttlSeconds, value]))
    .sort();
}

function laws<Row>(
  form: DnsForm<Row>,
  ttl: fc.Arbitrary<ZoneRecord["ttlSeconds"]>,
  respelled: (row: Row, choose: Choose) => Row,
): void {
  const zone = arbitraryZone(ttl);
  describe(form.provider, () => {
    test("reads back what was written", () => {
      fc.assert(
        fc.property(zone, (records) => {
          expect(sorted(form.read(form.write(records, ZONE), ZONE))).toEqual(sorted(records));
        }),
        { numRuns: 300 },
      );
    });

    test("a harmless difference of form says the same", () => {
      fc.assert(
        fc.property(zone, arbitraryChoose, (records, choose) => {
          const rows = form.write(records, ZONE).map((row) => respelled(row, choose));
          expect(sorted(form.read(choose(rows, rows.toReversed()), ZONE))).toEqual(sorted(records));
        }),
        { numRuns: 500 },
      );
    });
  });
}

laws<CloudflareRow>(cloudflareForm, orAuto, respelledCloudflare);
laws<DigitaloceanRow>(digitaloceanForm, seconds, respelledDigitalocean);
laws<HetznerRow>(hetznerForm, orAuto, respelledHetzner);

function only(records: readonly ProviderRecord[]): ProviderRecord {
  const [record, ...more] = records;
  if (record === undefined || more.length > 0) throw new Error(`${records.length} records instead of one`);
  return record;
}

describe("Cloudflare's rows", () => {
  const row: CloudflareRow = { id: "a1", name: "imap.example.com", type: "A", content: "192.0.2.1", ttl: 1 };

  test("say proxied, comment and the id of an import", () => {
    const read = only(cloudflareForm.read([{ ...row, proxied: true, comment: "Mail" }], ZONE));
    expect(read).toEqual({
      name: "imap.example.com",
      type: "A",
      ttlSeconds: "auto",
      value: "192.0.2.1",
      importId: "6001/a1",
      proxied: true,
      comment: "Mail",
    });
  });

  test("of Email Routing are the provider's own", () => {
    const routed: CloudflareRow = {
      ...row,
      name: "example.com",
      type: "MX",
      content: "route1.mx.cloudflare.net",
      priority: 12,
      meta: { email_routing: true, read_only: true },
    };
    const marks = cloudflareForm.read([routed, { ...routed, meta: { auto_added: true } }], ZONE);
    expect(marks.map(({ providerOwned }) => providerOwned)).toEqual([true, undefined]);
  });
});

describe("DigitalOcean's rows", () => {
  const row: DigitaloceanRow = { id: 7, name: "@", type: "NS", data: "ns1.digitalocean.com", ttl: 1800 };

  test("of the zone itself are the provider's own, delegations below are not", () => {
    const soa = { ...row, type: "SOA", data: "1800" };
    const read = digitaloceanForm.read([row, soa, { ...row, name: "sub" }], ZONE);
    expect(read.map(({ providerOwned }) => providerOwned)).toEqual([true, true, undefined]);
    expect(read[0]).toMatchObject({ importId: "example.com,7", value: "ns1.digitalocean.com" });
  });

  test("a record without its own TTL gets the provider's", () => {
    const record = { name: "example.com", type: "A", ttlSeconds: "auto", value: "192.0.2.1" } as const;
    expect(digitaloceanForm.write([record], ZONE)[0]?.ttl).toBe(1800);
  });
});

describe("Hetzner's rows", () => {
  const base = { ttl: null, labels: {}, protection: { change: false }, zone: 6001 };

  test("a target without a final dot is below the zone, as it is served", () => {
    const set = {
      ...base,
      id: "www/CNAME",
      name: "www",
      type: "CNAME",
      records: [{ value: "mx.example.net" }],
    };
    expect(only(hetznerForm.read([set], ZONE))).toMatchObject({
      name: "www.example.com",
      ttlSeconds: "auto",
      value: "mx.example.net.example.com",
      importId: "example.com/www/CNAME",
    });
  });

  test("records of a set share its id, each keeps its comment", () => {
    const records = [{ value: '"one"', comment: "first" }, { value: '"two"' }];
    const read = hetznerForm.read([{ ...base, id: "@/TXT", name: "@", type: "TXT", ttl: 60, records }], ZONE);
    expect(read).toEqual([
      {
        name: "example.com",
        type: "TXT",
        ttlSeconds: 60,
        value: "one",
        importId: "example.com/@/TXT",
        comment: "first",
      },
      { name: "example.com", type: "TXT", ttlSeconds: 60, value: "two", importId: "example.com/@/TXT" },
    ]);
  });

  test("SOA and NS of the zone are the provider's own", () => {
    const value = "hydrogen.ns.hetzner.com. dns.hetzner.com. 1 86400 10800 3600000 3600";
    const soa = { ...base, id: "@/SOA", name: "@", type: "SOA", records: [{ value }] };
    expect(only(hetznerForm.read([soa], ZONE))).toMatchObject({
      providerOwned: true,
      value: "hydrogen.ns.hetzner.com dns.hetzner.com 1 86400 10800 3600000 3600",
    });
  });
});
