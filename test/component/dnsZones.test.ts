/**
 * Proves: what DigitalOcean and Hetzner are asked for, record by record or set by set, in the spellings whose second
 * preview was seen empty; that a set has one name, its protection and its TTL; and that what is declared reads
 * back, over the provider's own form, as what was planned.
 * Cannot prove: that the plugins find no change afterwards; the sandbox does.
 */
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { MailDns } from "../../components/dns/mailDns.ts";
import { canonicalValue } from "../../stack/dns/types/recordData.ts";
import { hetznerForm, type HetznerRow } from "../../stack/vendors/hetzner/dnsForm.ts";
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { RecordData } from "../../stack/dns/types/registry.ts";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import { recordProgram, type RecordedRun } from "./support/recordedProgram.ts";
import { slot, template } from "../../stack/values/slots.ts";

const KEY = "K".repeat(392);

function planned(
  role: string,
  name: string,
  data: RecordData<PlannedText>,
  more: Partial<Row> = {},
): PlannedRecord {
  return { role, name, ttlSeconds: "auto", purpose: `for ${role}`, level: "optional", ...more, ...data };
}
type PlannedText = Extract<PlannedRecord, { type: "TXT" }>["text"];
type Row = Pick<PlannedRecord, "ttlSeconds" | "level">;

const RECORDS: readonly PlannedRecord[] = [
  planned(
    "apex",
    "example.com",
    { type: "A", address: template`${slot("serverIpv4")}` },
    { level: "required" },
  ),
  planned("apex-mx", "example.com", { type: "MX", priority: 0, exchange: "mx.example.com" }),
  planned("apex-spf", "example.com", { type: "TXT", text: ["v=spf1 a -all"] }, { ttlSeconds: 3600 }),
  planned("site", "example.com", { type: "TXT", text: ['say "hi"'] }, { level: "required", ttlSeconds: 300 }),
  planned("dkim", "default._domainkey.example.com", {
    type: "TXT",
    text: template`p=${slot("dkimPublicKey")}`,
  }),
  planned("imap", "imap.example.com", { type: "CNAME", target: "example.com" }),
  planned("www", "www.example.com", { type: "CNAME", target: "www.example.net" }),
  planned("srv", "_imaps._tcp.example.com", {
    ...{ type: "SRV", priority: 0, weight: 1, port: 993, target: "imap.example.com" },
  }),
  planned("caa", "example.com", { type: "CAA", flags: 0, tag: "issue", value: "letsencrypt.org" }),
  planned("iodef", "mx.example.com", { type: "CAA", flags: 0, tag: "iodef", value: "mailto:me@example.net" }),
  planned("sub", "sub.example.com", { type: "NS", target: "ns1.example.net" }, { ttlSeconds: 60 }),
];

async function declared(
  provider: DnsProviderName,
  records: readonly PlannedRecord[] = RECORDS,
): Promise<RecordedRun & { dns: MailDns }> {
  let dns: MailDns | undefined;
  const run = await recordProgram(
    () => {
      dns = new MailDns("dns", {
        plan: { protectRecords: true, zone: "example.com", records },
        provider,
        values: { serverIpv4: pulumi.output("203.0.113.10"), dkimPublicKey: pulumi.output(KEY) },
      });
    },
    { calls: {} },
  );
  if (dns === undefined) throw new Error("nothing was declared");
  return { ...run, dns };
}

function rowsOf(run: RecordedRun, type: string) {
  return run.registrations.filter((resource) => resource.type === type);
}

test("DigitalOcean has one resource a record", async () => {
  const run = await declared("digitalocean");
  const rows = rowsOf(run, "digitalocean:index/dnsRecord:DnsRecord");
  const inputs = Object.fromEntries(rows.map((row) => [row.name, row.inputs]));
  const domain = "example.com";
  expect(inputs).toEqual({
    apex: { domain, name: "@", type: "A", value: "203.0.113.10" },
    "apex-mx": { domain, name: "@", type: "MX", value: "mx.example.com.", priority: 0 },
    "apex-spf": { domain, name: "@", type: "TXT", value: "v=spf1 a -all", ttl: 3600 },
    site: { domain, name: "@", type: "TXT", value: 'say "hi"', ttl: 300 },
    dkim: { domain, name: "default._domainkey", type: "TXT", value: `p=${KEY}` },
    imap: { domain, name: "imap", type: "CNAME", value: "@" },
    www: { domain, name: "www", type: "CNAME", value: "www.example.net." },
    srv: {
      domain,
      name: "_imaps._tcp",
      type: "SRV",
      value: "imap.example.com.",
      priority: 0,
      weight: 1,
      port: 993,
    },
    caa: { domain, name: "@", type: "CAA", value: "letsencrypt.org.", flags: 0, tag: "issue" },
    iodef: { domain, name: "mx", type: "CAA", value: "mailto:me@example.net", flags: 0, tag: "iodef" },
    sub: { domain, name: "sub", type: "NS", value: "ns1.example.net.", ttl: 60 },
  });
  expect(
    rows
      .filter(({ protect }) => protect)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["apex", "site"]);
});

test("Hetzner has one resource a set, and it reads back as what was planned", async () => {
  const run = await declared("hetzner");
  const rows = rowsOf(run, "hcloud:index/zoneRrset:ZoneRrset");
  const sets = new Set(RECORDS.map(({ name, type }) => `${type.toLowerCase()}-${name}`));
  expect(rows.map(({ name }) => name).sort()).toEqual([...sets].sort());
  expect(rows.find(({ name }) => name === "txt-example.com")).toMatchObject({
    protect: true,
    inputs: {
      zone: "example.com",
      name: "@",
      type: "TXT",
      ttl: 300,
      records: [
        { value: '"v=spf1 a -all"', comment: "for apex-spf" },
        { value: '"say \\"hi\\""', comment: "for site" },
      ],
    },
  });
  expect(run.dns.records.get("site")).toBe(run.dns.records.get("apex-spf"));

  const answered = rows.map(({ inputs }) => ({ ttl: null, ...inputs }) as unknown as HetznerRow);
  const read = hetznerForm.read(answered, { name: "example.com", id: "example.com" });
  const meant = RECORDS.map((record) => {
    const fill = (text: PlannedText): string =>
      text
        .map((piece) =>
          typeof piece === "string" ? piece : piece.slot === "serverIpv4" ? "203.0.113.10" : KEY,
        )
        .join("");
    const data = (
      "address" in record
        ? { ...record, address: fill(record.address) }
        : "text" in record
          ? { ...record, text: fill(record.text) }
          : record
    ) as RecordData<string>;
    return [record.name, record.type, canonicalValue(data)];
  });
  expect(read.map(({ name, type, value }) => [name, type, value]).sort()).toEqual(meant.sort());
});

test("at Hetzner a set stays the same resource when its first record goes", async () => {
  const of = async (records: readonly PlannedRecord[]): Promise<string[]> =>
    rowsOf(await declared("hetzner", records), "hcloud:index/zoneRrset:ZoneRrset").map(({ name }) => name);
  const without = RECORDS.filter(({ role }) => role !== "apex-spf");
  expect((await of(without)).sort()).toEqual((await of(RECORDS)).sort());
});
