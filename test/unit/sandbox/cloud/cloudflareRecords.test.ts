// Proves: DNS records are taken, refused, listed and changed as Cloudflare's API documents and as the real plugin sends
// them; every answer validates against the published schema where it is at hand; and the name server gets the zone.
// Cannot prove: the real API's codes where the schema and the traces are silent (comments, tags, TXT length).
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started();
});
afterEach(() => cloud.close());

const ZONE = "/zones/c7915704a794c5f99111b674c1985c3a";
const RECORDS = `${ZONE}/dns_records`;
const LONG = "A".repeat(300);

type Body = Record<string, unknown>;

const post = (body: Body) => cloud.cloudflare("POST", RECORDS, { proxied: false, ttl: 1, ...body });

async function made(body: Body): Promise<Record<string, unknown>> {
  const answer = await post(body);
  expect(answer.status).toBe(200);
  return answer.body.at("result") as Record<string, unknown>;
}

const id = (record: Record<string, unknown>): string => String(record["id"]);

async function refusal(body: Body): Promise<unknown[]> {
  const answer = await post(body);
  const code = answer.body.at("errors", 0, "error_chain", 0, "code") ?? answer.body.at("errors", 0, "code");
  return [answer.status, code];
}

const A = { type: "A", name: "example.com", content: "203.0.113.11" };

describe("what is kept and what the name server gets", () => {
  it.each<[string, Body, Body, [string, string]]>([
    ["A", A, { content: "203.0.113.11", proxiable: true }, ["example.com A", "203.0.113.11"]],
    ["@", { ...A, name: "@" }, { name: "example.com" }, ["example.com A", "203.0.113.11"]],
    [
      "a relative name",
      { ...A, name: "WWW" },
      { name: "www.example.com" },
      ["www.example.com A", "203.0.113.11"],
    ],
    [
      "AAAA, made canonical",
      { type: "AAAA", name: "v6.example.com", content: "2001:DB8:0:0::1" },
      { content: "2001:db8::1" },
      ["v6.example.com AAAA", "2001:db8::1"],
    ],
    [
      "CNAME with a final dot",
      { type: "CNAME", name: "imap.example.com", content: "MX.example.com." },
      { content: "mx.example.com" },
      ["imap.example.com CNAME", "mx.example.com."],
    ],
    [
      "MX 0",
      { type: "MX", name: "example.com", content: "mx.example.com", priority: 0 },
      { priority: 0 },
      ["example.com MX", "0 mx.example.com."],
    ],
    [
      "a null MX",
      { type: "MX", name: "no.example.com", content: ".", priority: 0 },
      { content: ".", priority: 0 },
      ["no.example.com MX", "0 ."],
    ],
    [
      "quoted TXT as sent",
      { type: "TXT", name: "example.com", content: '"v=spf1 a -all"' },
      { content: '"v=spf1 a -all"' },
      ["example.com TXT", '"v=spf1 a -all"'],
    ],
    [
      "two quoted pieces as sent",
      { type: "TXT", name: "k.example.com", content: `"${"A".repeat(255)}" "${"A".repeat(45)}"` },
      { content: `"${"A".repeat(255)}" "${"A".repeat(45)}"` },
      ["k.example.com TXT", `"${"A".repeat(255)}" "${"A".repeat(45)}"`],
    ],
    [
      "one long piece, split",
      { type: "TXT", name: "k.example.com", content: `"${LONG}"` },
      { content: `"${"A".repeat(255)}" "${"A".repeat(45)}"` },
      ["k.example.com TXT", `"${"A".repeat(255)}" "${"A".repeat(45)}"`],
    ],
    [
      "unquoted TXT as sent",
      { type: "TXT", name: "t.example.com", content: 'say "hi"' },
      { content: 'say "hi"' },
      ["t.example.com TXT", '"say \\"hi\\""'],
    ],
    [
      "SRV by data",
      {
        type: "SRV",
        name: "_imaps._tcp.example.com",
        data: { priority: 0, weight: 1, port: 993, target: "imap.example.com" },
      },
      { content: "0 1 993 imap.example.com", priority: 0 },
      ["_imaps._tcp.example.com SRV", "0 1 993 imap.example.com."],
    ],
    [
      "SRV by content",
      { type: "SRV", name: "_imaps._tcp.example.com", content: "1 993 imap.example.com", priority: 5 },
      { data: { priority: 5, weight: 1, port: 993, target: "imap.example.com" } },
      ["_imaps._tcp.example.com SRV", "5 1 993 imap.example.com."],
    ],
    [
      "CAA",
      { type: "CAA", name: "example.com", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
      { content: '0 issue "letsencrypt.org"' },
      ["example.com CAA", '0 issue "letsencrypt.org"'],
    ],
    [
      "TLSA",
      {
        type: "TLSA",
        name: "_25._tcp.mx.example.com",
        data: { usage: 3, selector: 1, matching_type: 1, certificate: "AB".repeat(32) },
      },
      { content: `3 1 1 ${"ab".repeat(32)}` },
      ["_25._tcp.mx.example.com TLSA", `3 1 1 ${"ab".repeat(32)}`],
    ],
  ])("%s", async (_, body, shown, [key, rdata]) => {
    const record = await made({ ...body, comment: "mailstead" });
    expect(record).toMatchObject({ ...shown, ttl: 1, proxied: false, comment: "mailstead" });
    const sets = cloud.dns.zones
      .get("example.com")
      ?.map((set) => [`${set.name} ${set.type}`, set.rdata, set.ttlSeconds]);
    expect(sets).toEqual([[key, [rdata], 300]]);
    expect((await cloud.cloudflare("GET", `${RECORDS}/${id(record)}`)).body.at("result")).toEqual(record);
  });

  it("answers only when the name server has the record, and puts what waits into one write", async () => {
    const before = cloud.dns.writes;
    const names = Array.from({ length: 20 }, (_, index) => `n${index}.example.com`);
    const gate = Promise.withResolvers<undefined>();
    cloud.dns.before = () => gate.promise.then(() => undefined);
    let answered = 0;
    const all = names.map(async (name) => {
      await made({ ...A, name });
      answered += 1;
      expect(cloud.dns.zones.get("example.com")?.map((set) => set.name)).toContain(name);
    });
    const limit = Date.now() + 5000;
    while ((await cloud.cloudflare("GET", RECORDS)).body.at("result_info", "total_count") !== 20) {
      if (Date.now() > limit) throw new Error("waited 5 s for 20 records in the API's books");
    }
    expect(answered).toBe(0);
    gate.resolve(undefined);
    await Promise.all(all);
    expect(cloud.dns.zones.get("example.com")).toHaveLength(20);
    expect(cloud.dns.writes - before).toBe(2);
  });

  it("hides a proxied record behind the proxy's addresses", async () => {
    await made({ ...A, proxied: true });
    const sets = cloud.dns.zones.get("example.com") ?? [];
    expect(sets.flatMap((set) => set.rdata)).not.toContain("203.0.113.11");
    expect(sets.map((set) => set.type)).toEqual(["A", "AAAA"]);
  });
});

describe("changes", () => {
  it("replaces the whole record by PUT, in the plugin's words", async () => {
    const data = { priority: 0, weight: 1, port: 993, target: "imap.example.com" };
    const name = "_imaps._tcp.example.com";
    const record = await made({ type: "SRV", name, data, comment: "old" });
    const answer = await cloud.cloudflare("PUT", `${RECORDS}/${id(record)}`, {
      ...{ type: "SRV", name, ttl: 300, proxied: false, settings: {}, tags: [], priority: null },
      ...{ content: "0 1 993 imap.example.com", data: { ...data, port: 994 } },
    });
    expect(answer.body.at("result")).toMatchObject({
      id: record["id"],
      ttl: 300,
      content: "0 1 994 imap.example.com",
    });
    expect(answer.body.at("result", "comment")).toBeUndefined();
    expect(answer.body.at("result", "created_on")).toBe(record["created_on"]);
    expect(cloud.dns.zones.get("example.com")?.[0]).toMatchObject({ ttlSeconds: 300 });
  });

  it("changes one thing by PATCH", async () => {
    const record = await made({ ...A, comment: "kept" });
    const answer = await cloud.cloudflare("PATCH", `${RECORDS}/${id(record)}`, { content: "203.0.113.12" });
    expect(answer.body.at("result")).toMatchObject({ content: "203.0.113.12", comment: "kept", type: "A" });
  });

  it("deletes, and then says that there is none", async () => {
    const record = await made(A);
    const path = `${RECORDS}/${id(record)}`;
    expect((await cloud.cloudflare("DELETE", path)).body.at("result")).toEqual({ id: record["id"] });
    expect(cloud.dns.zones.get("example.com")).toEqual([]);
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await cloud.cloudflare(method, path, method === "PUT" ? A : undefined);
      expect([answer.status, answer.body.at("errors", 0, "code")]).toEqual([404, 81044]);
    }
  });
});

describe("refusals", () => {
  const cname = { type: "CNAME", name: "imap.example.com", content: "mx.example.com" };
  it.each<[string, Body[], Body, number]>([
    ["a CNAME beside an A", [{ ...A, name: "imap.example.com" }], cname, 81053],
    ["a second CNAME", [cname], { ...cname, content: "other.example.com" }, 81053],
    ["an A beside a CNAME", [cname], { ...A, name: "imap.example.com" }, 81054],
    ["an identical record", [A], A, 81058],
    ["an A that is no IPv4", [], { ...A, content: "2001:db8::1" }, 9005],
    ["an AAAA that is no IPv6", [], { ...A, type: "AAAA" }, 9006],
    ["a CNAME to itself", [], { ...cname, content: "imap.example.com" }, 9039],
    ["an MX without priority", [], { type: "MX", name: "example.com", content: "mx.example.com" }, 9100],
    ["an MX that is no name", [], { type: "MX", name: "no", content: "..", priority: 0 }, 9009],
    ["a TTL of 30", [], { ...A, ttl: 30 }, 9021],
    ["a TTL of two days", [], { ...A, ttl: 172_800 }, 9021],
    ["a proxied TXT", [], { type: "TXT", name: "t", content: '"x"', proxied: true }, 9004],
    ["a proxied A with a TTL", [], { ...A, proxied: true, ttl: 300 }, 9021],
    ["a comment of 101 characters", [], { ...A, comment: "c".repeat(101) }, 9313],
    ["tags", [], { ...A, tags: ["a:b"] }, 9300],
    ["a name that is none", [], { ...A, name: "a..b" }, 9000],
    ["an unknown type", [], { ...A, type: "NOPE" }, 9004],
    ["an open quote", [], { type: "TXT", name: "t", content: '"x' }, 9208],
    [
      "an SRV without port",
      [],
      { type: "SRV", name: "_s._tcp", data: { priority: 0, weight: 0, target: "a.b" } },
      9101,
    ],
    [
      "a CAA with an unknown tag",
      [],
      { type: "CAA", name: "@", data: { flags: 0, tag: "x", value: "y" } },
      9101,
    ],
  ])("%s", async (_, first, body, code) => {
    for (const one of first) await made(one);
    expect(await refusal(body)).toEqual([400, code]);
    expect((await cloud.cloudflare("GET", RECORDS)).body.at("result_info", "total_count")).toBe(first.length);
  });

  it("wraps a fault of the record into a DNS Validation Error", async () => {
    const answer = await post({ ...A, content: "x" });
    expect(answer.body.at("errors", 0)).toMatchObject({ code: 1004, message: "DNS Validation Error" });
  });

  it("tells a missing, a malformed and a wrong token apart", async () => {
    const ask = async (path: string, authorization: string) => {
      const answer = await cloud.cloudflare("GET", path, undefined, { authorization });
      return [answer.status, answer.body.at("errors", 0, "code")];
    };
    expect(await ask("/zones", "Bearer short")).toEqual([400, 6003]);
    expect(await ask("/zones", `Bearer ${"d".repeat(40)}`)).toEqual([403, 9109]);
    expect(await ask("/user/tokens/verify", `Bearer ${"d".repeat(40)}`)).toEqual([401, 1000]);
    const bare = await fetch(`${cloud.cloud.cloudflareUrl}/client/v4/zones`);
    expect([bare.status, JSON.stringify(await bare.json()).includes("9106")]).toEqual([400, true]);
    expect((await cloud.cloudflare("GET", "/user/tokens/verify")).body.at("result", "status")).toBe("active");
  });

  it("does not know other zones, and makes none", async () => {
    const answer = await cloud.cloudflare("POST", `/zones/${"0".repeat(32)}/dns_records`, A);
    expect([answer.status, answer.body.at("errors", 0, "code")]).toEqual([404, 7003]);
    const made = await cloud.cloudflare("POST", "/zones", { name: "other.com" });
    expect([made.status, made.body.at("errors", 0, "code")]).toEqual([403, 10000]);
  });
});

describe("lists", () => {
  it("finds the zone by name, and none for another", async () => {
    const found = await cloud.cloudflare("GET", "/zones?name=example.com");
    expect(found.body.at("result", 0)).toMatchObject({ name: "example.com", status: "active" });
    expect((found.body.at("result", 0, "name_servers") as string[]).length).toBe(2);
    expect((await cloud.cloudflare("GET", ZONE)).body.at("result", "name")).toBe("example.com");
    expect((await cloud.cloudflare("GET", "/zones?name=x.com&per_page=1")).body.at("result")).toEqual([]);
  });

  it("filters, orders and turns pages until one is empty", async () => {
    await made({ ...A, comment: "Mailstead: apex" });
    await made({ type: "TXT", name: "_acme-challenge.example.com", content: '"one"' });
    await made({ type: "TXT", name: "_acme-challenge.example.com", content: '"two"', ttl: 120 });
    const names = async (query: string) =>
      ((await cloud.cloudflare("GET", `${RECORDS}?${query}`)).body.at("result") as Body[]).map(
        (one) => one["content"],
      );
    expect(await names("type=TXT")).toEqual(['"one"', '"two"']);
    expect(await names("type=TXT&name=_acme-challenge.example.com&content=two&per_page=1")).toEqual([
      '"two"',
    ]);
    expect(await names("name.exact=example.com")).toEqual(["203.0.113.11"]);
    expect(await names("name.contains=acme&content.startswith=%22o")).toEqual(['"one"']);
    expect(await names("comment.contains=mailstead")).toEqual(["203.0.113.11"]);
    expect(await names("comment.absent=")).toEqual(['"one"', '"two"']);
    expect(await names("match=any&type=A&content=%22one%22")).toEqual(["203.0.113.11", '"one"']);
    expect(await names("search=APEX")).toEqual(["203.0.113.11"]);
    expect(await names("order=content&direction=desc")).toEqual(["203.0.113.11", '"two"', '"one"']);
    expect(await names("per_page=2&page=2")).toEqual(['"two"']);
    const empty = await cloud.cloudflare("GET", `${RECORDS}?per_page=2&page=3`);
    expect(empty.body.at("result")).toEqual([]);
    expect(empty.body.at("result_info")).toEqual({
      page: 3,
      per_page: 2,
      count: 0,
      total_count: 3,
      total_pages: 2,
    });
  });
});
