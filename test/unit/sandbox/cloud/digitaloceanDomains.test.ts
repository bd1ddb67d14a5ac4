// Proves: domains and records of DigitalOcean's API do what the document says (ids, pages, filters, changes, zone file),
// answer targets without their final dot and as `@`, refuse in its form, survive a restart and reach the name server;
// every answer validates against the published schema where it is at hand.
// Cannot prove: that the real API's texts are the same, nor what a real name server answers (test/sandbox).
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digitaloceanForm, type DigitaloceanRow } from "../../../../stack/vendors/digitalocean/dnsForm.ts";
import { type Answer, type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started({ digitaloceanDomains: ["example.org"] });
});
afterEach(() => cloud.close());

const RECORDS = "/v2/domains/example.org/records";
/** What the real plugin sends with each record. */
const ZEROES = { priority: 0, port: 0, weight: 0, flags: 0 };
const WWW = { type: "A", name: "www", data: "203.0.113.7", ttl: 300, ...ZEROES };

const post = (body: unknown): Promise<Answer> => cloud.digitalocean("POST", RECORDS, body);
const at = (answer: Answer): string => `${RECORDS}/${answer.body.num("domain_record", "id")}`;

async function refusal(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const answer = await cloud.digitalocean(method, path, body);
  expect(answer.body.at("request_id")).toMatch(/^[0-9a-f-]{36}$/);
  return [answer.status, answer.body.at("id")];
}

function served(name: string, type: string): unknown {
  return (cloud.dns.zones.get("example.org") ?? []).find((set) => set.name === name && set.type === type);
}

describe("domains", () => {
  it("have a SOA and three NS from the start, which the server does not get twice", async () => {
    const { body } = await cloud.digitalocean("GET", RECORDS);
    const rows = body.at("domain_records") as DigitaloceanRow[];
    expect(rows.map(({ type, data }) => `${type} ${data}`)).toEqual([
      "SOA 1800",
      "NS ns1.digitalocean.com",
      "NS ns2.digitalocean.com",
      "NS ns3.digitalocean.com",
    ]);
    expect(body.at("meta")).toEqual({ total: 4 });
    expect(cloud.dns.zones.get("example.org")).toEqual([]);
  });

  it("are made, listed, shown with their zone file and deleted", async () => {
    const ip = { name: "New.Example.net", ip_address: "203.0.113.9" };
    const made = await cloud.digitalocean("POST", "/v2/domains", ip);
    expect([made.status, made.body.at("domain", "name")]).toEqual([201, "new.example.net"]);
    expect(cloud.dns.zones.get("new.example.net")).toEqual([
      { name: "new.example.net", type: "A", ttlSeconds: 1800, rdata: ["203.0.113.9"] },
    ]);
    const list = await cloud.digitalocean("GET", "/v2/domains");
    expect(list.body.at("domains", 1, "name")).toBe("new.example.net");
    const one = await cloud.digitalocean("GET", "/v2/domains/new.example.net");
    expect(one.body.at("domain", "zone_file")).toContain("\nnew.example.net. 1800 IN A 203.0.113.9\n");
    expect((await cloud.digitalocean("DELETE", "/v2/domains/new.example.net")).status).toBe(204);
    expect(cloud.dns.zones.has("new.example.net")).toBe(false);
    expect(await refusal("GET", "/v2/domains/new.example.net")).toEqual([404, "not_found"]);
  });

  it("keep what they have over a restart, and push it again", async () => {
    const made = await post(WWW);
    cloud.dns.zones.clear();
    cloud = await cloud.restart();
    expect(served("www.example.org", "A")).toMatchObject({ rdata: ["203.0.113.7"] });
    expect((await cloud.digitalocean("GET", at(made))).body.raw).toEqual(made.body.raw);
    expect(at(await post({ ...WWW, name: "two" }))).not.toBe(at(made));
  });
});

describe("records", () => {
  const DKIM = `v=DKIM1; k=rsa; p=${"A".repeat(392)}`;

  // Sent, answered (with null for what the type does not have), served.
  it.each<[object, object, string]>([
    [{ type: "A", data: "203.0.113.7" }, { data: "203.0.113.7", priority: null, port: null }, "203.0.113.7"],
    [{ type: "AAAA", data: "2001:db8::1" }, { data: "2001:db8::1", weight: null }, "2001:db8::1"],
    [{ type: "CNAME", data: "mx.example.net." }, { data: "mx.example.net" }, "mx.example.net."],
    [{ type: "CNAME", data: "example.org." }, { data: "@" }, "example.org."],
    [{ type: "NS", data: "@" }, { data: "@" }, "example.org."],
    [
      { type: "MX", data: "MX.example.net.", priority: 10 },
      { data: "MX.example.net", priority: 10 },
      "10 MX.example.net.",
    ],
    [{ type: "MX", data: "." }, { data: ".", priority: 0, port: null }, "0 ."],
    [
      { type: "SRV", data: "example.org.", port: 993, weight: 1 },
      { data: "@", priority: 0, weight: 1, port: 993, flags: null },
      "0 1 993 example.org.",
    ],
    [
      { type: "CAA", data: "ca.test.", tag: "issue" },
      { data: "ca.test", flags: 0, tag: "issue" },
      '0 issue "ca.test"',
    ],
    [
      { type: "CAA", data: "mailto:a@b.test", tag: "iodef", flags: 128 },
      { data: "mailto:a@b.test" },
      '128 iodef "mailto:a@b.test"',
    ],
    [{ type: "TXT", data: "v=spf1 a -all" }, { data: "v=spf1 a -all", tag: null }, '"v=spf1 a -all"'],
    [{ type: "TXT", data: '"one" "two"' }, { data: '"one" "two"' }, '"one" "two"'],
    [{ type: "TXT", data: DKIM }, { data: DKIM }, `"${DKIM.slice(0, 255)}" "${DKIM.slice(255)}"`],
  ])("%j", async (sent, answered, rdata) => {
    const made = await post({ name: "x", ttl: 300, ...ZEROES, ...sent });
    expect(made.status).toBe(201);
    const type = String(made.body.at("domain_record", "type"));
    expect(made.body.at("domain_record")).toMatchObject({ name: "x", ttl: 300, ...answered });
    expect(served("x.example.org", type)).toEqual({
      name: "x.example.org",
      type,
      ttlSeconds: 300,
      rdata: [rdata],
    });
  });

  it("are changed by PUT and PATCH, without a type too, and deleted", async () => {
    const made = await post(WWW);
    const untyped = { ...WWW, type: undefined };
    const put = await cloud.digitalocean("PUT", at(made), { ...untyped, data: "203.0.113.8", ttl: 60 });
    expect(put.body.at("domain_record")).toMatchObject({ type: "A", data: "203.0.113.8", ttl: 60 });
    const patched = await cloud.digitalocean("PATCH", at(made), { type: "A", name: "ftp" });
    expect(patched.body.at("domain_record")).toMatchObject({ name: "ftp", data: "203.0.113.8", ttl: 60 });
    expect(served("ftp.example.org", "A")).toMatchObject({ ttlSeconds: 60, rdata: ["203.0.113.8"] });
    expect(served("www.example.org", "A")).toBeUndefined();
    expect((await cloud.digitalocean("DELETE", at(made))).status).toBe(204);
    expect(cloud.dns.zones.get("example.org")).toEqual([]);
  });

  it("keep a target that a change does not tell", async () => {
    for (const data of ["@", "mx.example.net.", "."]) {
      const made = await post({ type: "MX", name: "m", data, priority: 5 });
      const now = await cloud.digitalocean("PATCH", at(made), { type: "MX", priority: 6 });
      const before = made.body.at("domain_record", "data");
      expect(now.body.at("domain_record")).toMatchObject({ data: before, priority: 6 });
    }
  });

  it("take whole names with a final dot, and the same record twice, with the lowest TTL", async () => {
    const made = await post({ ...WWW, name: "api.example.org." });
    expect(made.body.at("domain_record", "name")).toBe("api");
    const apex = await post({ ...WWW, name: "example.org." });
    expect(apex.body.at("domain_record", "name")).toBe("@");
    await post(WWW);
    expect((await post({ ...WWW, ttl: 60 })).status).toBe(201);
    expect(served("www.example.org", "A")).toMatchObject({ ttlSeconds: 60, rdata: ["203.0.113.7"] });
    expect((await post({ ...WWW, name: "t", ttl: undefined })).body.at("domain_record", "ttl")).toBe(1800);
  });

  it("are listed in pages of 20, at most 200, by name and type", async () => {
    for (let index = 0; index < 200; index += 1) await post({ ...WWW, name: `h${index}` });
    const list = (query: string) => cloud.digitalocean("GET", `${RECORDS}?${query}`);
    const first = await list("");
    expect(first.body.at("domain_records", "length")).toBe(20);
    expect(first.body.at("links", "pages")).toEqual({
      next: `https://api.digitalocean.com${RECORDS}?page=2`,
      last: `https://api.digitalocean.com${RECORDS}?page=11`,
    });
    const last = await list("per_page=500&page=2");
    expect(last.body.at("domain_records", "length")).toBe(4);
    expect(last.body.at("links", "pages")).toEqual({
      first: `https://api.digitalocean.com${RECORDS}?per_page=500&page=1`,
      prev: `https://api.digitalocean.com${RECORDS}?per_page=500&page=1`,
    });
    expect((await list("per_page=200&page=9")).body.at("domain_records")).toEqual([]);
    const named = await list("name=h3.example.org&type=A");
    expect([named.body.at("meta", "total"), named.body.at("links")]).toEqual([1, {}]);
    expect((await list("type=NS")).body.at("meta", "total")).toBe(3);
  });

  it("answer TXT in the form that was asked for", async () => {
    const made = await post({ type: "TXT", name: "@", data: "v=spf1 a -all" });
    const shown = async (form: string): Promise<unknown> => {
      const body = JSON.stringify({ digitalocean: form });
      await fetch(`${cloud.cloud.digitaloceanUrl}/_sandbox/text-forms`, { method: "PUT", body });
      return (await cloud.digitalocean("GET", at(made))).body.at("domain_record", "data");
    };
    expect(await shown("quoted")).toBe('"v=spf1 a -all"');
    expect(await shown("as-sent")).toBe("v=spf1 a -all");
  });

  it("are what the product's form of this vendor reads", async () => {
    await post({ type: "MX", name: "@", data: "example.org.", priority: 10 });
    const rows = (await cloud.digitalocean("GET", RECORDS)).body.at("domain_records") as DigitaloceanRow[];
    const read = digitaloceanForm.read(rows, { name: "example.org", id: "example.org" });
    expect(read.at(-1)).toMatchObject({ name: "example.org", type: "MX", value: "10 example.org" });
    expect(read.filter(({ providerOwned }) => providerOwned === true)).toHaveLength(4);
  });
});

describe("refusals", () => {
  it.each([
    ["GET", "/v2/domains/nowhere.test"],
    ["DELETE", "/v2/domains/nowhere.test"],
    ["GET", "/v2/domains/nowhere.test/records"],
    ["POST", "/v2/domains/nowhere.test/records"],
    ["GET", `${RECORDS}/1`],
    ["PUT", `${RECORDS}/1`],
    ["DELETE", `${RECORDS}/1`],
  ])("404 to %s %s", async (method, path) => {
    const body = method === "POST" || method === "PUT" ? WWW : undefined;
    expect(await refusal(method, path, body)).toEqual([404, "not_found"]);
  });

  it("401 to another token and to none", async () => {
    for (const authorization of [`Bearer dop_v1_${"e".repeat(64)}`, ""]) {
      const answer = await cloud.digitalocean("GET", RECORDS, undefined, { authorization });
      expect([answer.status, answer.body.at("id")]).toEqual([401, "unauthorized"]);
    }
  });

  it("400 to what is no JSON", async () => {
    expect(await refusal("POST", RECORDS, "{")).toEqual([400, "bad_request"]);
  });

  it.each<[string, object, string]>([
    [
      "a target without its dot",
      { type: "CNAME", data: "mx.example.org" },
      "Data needs to end with a dot (.)",
    ],
    [
      "an issuer without its dot",
      { type: "CAA", tag: "issue", data: "ca.test" },
      "Data needs to end with a dot (.)",
    ],
    ["a long text", { type: "TXT", data: "x".repeat(513) }, "Data is too long (maximum is 512 characters)"],
    ["a short TTL", { ttl: 29 }, "Ttl must be greater than or equal to 30"],
    ["an alias beside", { name: "alias" }, "CNAME records cannot share a name with other records."],
    [
      "an alias at the apex",
      { type: "CNAME", name: "@", data: "mx.example.org." },
      "CNAME records cannot share",
    ],
    ["another type's address", { data: "2001:db8::1" }, "IP address did not match IPv4 format"],
    ["an unknown type", { type: "TLSA" }, "Type is not included in the list"],
    ["a made SOA", { type: "SOA", name: "@" }, "Type is not included in the list"],
    ["no name", { name: undefined }, "Name can't be blank"],
    ["no data", { data: undefined }, "Data can't be blank"],
    ["a bad name", { name: "a b" }, "Name is not a valid hostname"],
    ["no priority", { type: "MX", data: "mx.example.org.", priority: undefined }, "Priority can't be blank"],
    ["an unknown tag", { type: "CAA", tag: "x", data: "ca.test." }, "Tag is invalid"],
    ["a large port", { type: "SRV", data: "@", port: 70_000 }, "Port is invalid"],
  ])("422 to %s, and nothing is kept", async (_, change, message) => {
    const alias = await post({ type: "CNAME", name: "alias", data: "www.example.org." });
    const before = (await cloud.digitalocean("GET", RECORDS)).body.raw;
    const answer = await post({ ...WWW, ...change });
    expect([answer.status, answer.body.at("id")]).toEqual([422, "unprocessable_entity"]);
    expect(answer.body.at("message")).toContain(message);
    expect((await cloud.digitalocean("GET", RECORDS)).body.raw).toEqual(before);
    expect(await refusal("PUT", at(alias), { ttl: 1 })).toEqual([422, "unprocessable_entity"]);
    expect((await cloud.digitalocean("GET", at(alias))).body.raw).toEqual(alias.body.raw);
  });

  it("422 to a domain that is there, to what is none, to the SOA's end and to another type", async () => {
    for (const name of ["example.org", "test", "a b.test"])
      expect(await refusal("POST", "/v2/domains", { name })).toEqual([422, "unprocessable_entity"]);
    const soa = (await cloud.digitalocean("GET", `${RECORDS}?type=SOA`)).body.num("domain_records", 0, "id");
    expect(await refusal("DELETE", `${RECORDS}/${soa}`)).toEqual([422, "unprocessable_entity"]);
    expect((await cloud.digitalocean("PUT", `${RECORDS}/${soa}`, { ttl: 900 })).status).toBe(200);
    const made = await post(WWW);
    expect(await refusal("PATCH", at(made), { type: "AAAA" })).toEqual([422, "unprocessable_entity"]);
  });

  it("told faults, in this vendor's form and at this vendor alone", async () => {
    await cloud.fault({ vendor: "digitalocean", kind: "rate_limit", seconds: 2 });
    expect((await cloud.hetzner("GET", "/ssh_keys")).status).toBe(200);
    const limited = await cloud.digitalocean("GET", RECORDS);
    expect([limited.status, limited.body.at("id")]).toEqual([429, "too_many_requests"]);
    expect(limited.headers.get("retry-after")).toBe("2");
    await cloud.fault({ vendor: "digitalocean", kind: "status", status: 503 });
    expect(await refusal("GET", RECORDS)).toEqual([503, "service_unavailable"]);
    await cloud.fault({ vendor: "digitalocean", method: "POST", kind: "drop_after" });
    await expect(post(WWW)).rejects.toThrow("fetch failed");
    expect(served("www.example.org", "A")).toBeDefined();
    const line = cloud.log().find(({ fault }) => fault === "rate_limit");
    expect(line).toMatchObject({
      vendor: "digitalocean",
      error: "too_many_requests",
      authorization: "***78",
    });
  });
});
