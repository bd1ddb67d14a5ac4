// Proves: zones and record sets of Hetzner's API do what the document says (ids and names, pages, filters, every action,
// zone files), refuse with its codes, survive a restart and reach the name server; every answer validates against the
// published schema where it is at hand.
// Cannot prove: that the real API's texts are the same, nor what a real name server answers (test/sandbox).
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rdataOf, type RrsetType } from "../../../../sandbox/cloud/hetzner/dns/recordValue.ts";
import { type Answer, type Started, started } from "./startedCloud.ts";

let cloud: Started;
beforeEach(async () => {
  cloud = await started({ hetznerZones: ["example.edu"] });
});
afterEach(() => cloud.close());

const SETS = "/zones/example.edu/rrsets";
const post = (path: string, body: unknown): Promise<Answer> => cloud.hetzner("POST", path, body);
const values = (...all: string[]) => ({ records: all.map((value) => ({ value })) });
const web = (...all: string[]) => post(SETS, { name: "www", type: "A", ...values(...all) });

async function refusal(method: string, path: string, body?: unknown): Promise<[number, unknown]> {
  const answer = await cloud.hetzner(method, path, body);
  return [answer.status, answer.body.at("error", "code")];
}

/** Waits for the action of an answer; gives its command. */
async function done(answer: Answer): Promise<unknown> {
  expect(answer.status).toBeLessThan(300);
  const action = await cloud.ended(answer.body.at("action", "id"));
  expect(action["status"]).toBe("success");
  return action["command"];
}

function served(name: string, type: string): unknown {
  const sets = cloud.dns.zones.get("example.edu") ?? [];
  return sets.find((set) => set.name === name && set.type === type);
}

describe("zones", () => {
  it("have SOA and three NS from the start, and are found by number and by name", async () => {
    const byName = await cloud.hetzner("GET", "/zones/example.edu");
    const id = byName.body.num("zone", "id");
    expect((await cloud.hetzner("GET", `/zones/${id}`)).body.raw).toEqual(byName.body.raw);
    expect(byName.body.at("zone", "authoritative_nameservers", "assigned")).toEqual([
      "hydrogen.ns.hetzner.com.",
      "oxygen.ns.hetzner.com.",
      "helium.ns.hetzner.de.",
    ]);
    const sets = await cloud.hetzner("GET", SETS);
    expect(sets.body.at("rrsets", 0, "id")).toBe("@/NS");
    expect(sets.body.at("rrsets", 1, "type")).toBe("SOA");
    expect(byName.body.at("zone", "record_count")).toBe(4);
  });

  it("are made with record sets or a zone file, listed, labelled and deleted", async () => {
    const body = { name: "one.test", mode: "primary", ttl: 600, labels: { app: "mail" } };
    const rrsets = [{ name: "@", type: "A", ...values("203.0.113.9") }];
    const made = await post("/zones", { ...body, rrsets });
    expect(await done(made)).toBe("create_zone");
    expect(cloud.dns.zones.get("one.test")).toEqual([
      { name: "one.test", type: "A", ttlSeconds: 600, rdata: ["203.0.113.9"] },
    ]);
    const zonefile =
      "$ORIGIN two.test.\n$TTL 300\n@ IN 60 MX 0 mx ; mail\nmx.two.test. 300 IN A 203.0.113.8\n";
    expect(await done(await post("/zones", { name: "two.test", mode: "primary", zonefile }))).toBe(
      "create_zone",
    );
    expect(cloud.dns.zones.get("two.test")).toEqual([
      { name: "mx.two.test", type: "A", ttlSeconds: 300, rdata: ["203.0.113.8"] },
      { name: "two.test", type: "MX", ttlSeconds: 60, rdata: ["0 mx.two.test."] },
    ]);
    const list = async (query: string) =>
      ((await cloud.hetzner("GET", `/zones?${query}`)).body.at("zones") as { name: string }[]).map(
        ({ name }) => name,
      );
    expect(await list("label_selector=app%3D%3Dmail")).toEqual(["one.test"]);
    expect(await list("name=two.test")).toEqual(["two.test"]);
    expect(await list("mode=secondary")).toEqual([]);
    expect(await list("sort=name:desc&per_page=1&page=2")).toEqual(["one.test"]);
    const labelled = await cloud.hetzner("PUT", "/zones/two.test", { labels: { a: "b" } });
    expect(labelled.body.at("zone", "labels")).toEqual({ a: "b" });
    expect(await done(await cloud.hetzner("DELETE", "/zones/one.test"))).toBe("delete_zone");
    expect(cloud.dns.zones.has("one.test")).toBe(false);
    expect(await refusal("GET", "/zones/one.test")).toEqual([404, "not_found"]);
  });

  it("are `updating` while the name server has not answered, and tell their actions", async () => {
    let go = (): void => undefined;
    cloud.dns.before = () => new Promise((resolve) => (go = resolve));
    const made = await web("203.0.113.7");
    expect(made.body.at("action", "status")).toBe("running");
    expect((await cloud.hetzner("GET", "/zones/example.edu")).body.at("zone", "status")).toBe("updating");
    go();
    await done(made);
    const id = made.body.num("action", "id");
    expect((await cloud.hetzner("GET", `/zones/example.edu/actions/${id}`)).body.at("action", "id")).toBe(id);
    expect((await cloud.hetzner("GET", "/zones/example.edu/actions")).body.at("actions", 0, "id")).toBe(id);
    expect((await cloud.hetzner("GET", "/zones/actions")).body.at("actions", 0, "id")).toBe(id);
    expect((await cloud.hetzner("GET", `/zones/actions/${id}`)).status).toBe(200);
    cloud.dns.before = () => Promise.reject(new Error("the name server says no"));
    const failed = await post(`${SETS}/www/A/actions/change_ttl`, { ttl: 60 });
    expect((await cloud.ended(failed.body.at("action", "id")))["status"]).toBe("error");
    expect((await cloud.hetzner("GET", "/zones/example.edu")).body.at("zone", "status")).toBe("error");
  });

  it("give and take zone files", async () => {
    const records = [{ value: '"v=spf1 a -all"', comment: "mail" }];
    await post(SETS, { name: "@", type: "TXT", ttl: 300, records });
    const exported = (await cloud.hetzner("GET", "/zones/example.edu/zonefile")).body.at("zonefile");
    expect(exported).toContain('@\tIN\t300\tTXT\t"v=spf1 a -all" ; mail\n');
    await cloud.hetzner("DELETE", `${SETS}/@/TXT`);
    expect(await done(await post("/zones/example.edu/actions/import_zonefile", { zonefile: exported }))).toBe(
      "import_zonefile",
    );
    const back = await cloud.hetzner("GET", `${SETS}/@/TXT`);
    expect(back.body.at("rrset", "records")).toEqual(records);
    expect(
      await refusal("POST", "/zones/example.edu/actions/import_zonefile", { zonefile: "nonsense" }),
    ).toEqual([422, "invalid_input"]);
  });

  it("keep what they have over a restart, and push it again", async () => {
    await done(await web("203.0.113.7"));
    cloud.dns.zones.clear();
    cloud = await cloud.restart();
    expect(served("www.example.edu", "A")).toMatchObject({ rdata: ["203.0.113.7"] });
  });
});

describe("record sets", () => {
  it("reach the name server with each change", async () => {
    expect(await done(await web("203.0.113.7"))).toBe("create_rrset");
    expect(served("www.example.edu", "A")).toMatchObject({ ttlSeconds: 3600, rdata: ["203.0.113.7"] });
    const action = (name: string, body: unknown) => post(`${SETS}/www/A/actions/${name}`, body);
    expect(await done(await action("change_ttl", { ttl: 60 }))).toBe("change_rrset_ttl");
    expect(await done(await action("set_records", values("203.0.113.8")))).toBe("set_rrset_records");
    expect(await done(await action("add_records", values("203.0.113.9")))).toBe("add_rrset_records");
    expect(served("www.example.edu", "A")).toMatchObject({
      ttlSeconds: 60,
      rdata: ["203.0.113.8", "203.0.113.9"],
    });
    const commented = { records: [{ value: "203.0.113.9", comment: "web" }] };
    const updated = await action("update_records", commented);
    expect(updated.status).toBe(200);
    expect(await done(updated)).toBe("update_rrset_records");
    expect(await done(await action("remove_records", values("203.0.113.8")))).toBe("remove_rrset_records");
    const now = await cloud.hetzner("GET", `${SETS}/www/A`);
    expect(now.body.at("rrset")).toMatchObject({ id: "www/A", ttl: 60, ...commented });
    const zone = post("/zones/example.edu/actions/change_ttl", { ttl: 900 });
    expect(await done(await zone)).toBe("change_zone_ttl");
    await action("change_ttl", { ttl: null });
    expect(
      await done(
        await cloud
          .hetzner("PUT", `${SETS}/www/A`, { labels: { a: "b" } })
          .then(() => action("set_records", values("203.0.113.9"))),
      ),
    ).toBe("set_rrset_records");
    expect(served("www.example.edu", "A")).toMatchObject({ ttlSeconds: 900 });
    expect(await done(await cloud.hetzner("DELETE", `${SETS}/www/A`))).toBe("delete_rrset");
    expect(served("www.example.edu", "A")).toBeUndefined();
  });

  it("are made by their first record and end with their last", async () => {
    const path = `${SETS}/_acme-challenge/TXT`;
    await done(await post(`${path}/actions/add_records`, { ttl: 60, ...values('"one"') }));
    expect((await cloud.hetzner("GET", path)).body.at("rrset", "ttl")).toBe(60);
    expect(await refusal("POST", `${path}/actions/add_records`, { ttl: 90, ...values('"two"') })).toEqual([
      422,
      "invalid_input",
    ]);
    await done(await post(`${path}/actions/remove_records`, values('"one"')));
    expect(await refusal("GET", path)).toEqual([404, "not_found"]);
  });

  it("are listed in pages of at most 100, by name, type and label", async () => {
    for (let index = 0; index < 105; index += 1) {
      const labels = index === 7 ? { odd: "yes" } : {};
      const answer = await post(SETS, { name: `h${index}`, type: "A", labels, ...values("203.0.113.7") });
      expect(answer.status).toBe(201);
    }
    const list = (query: string) => cloud.hetzner("GET", `${SETS}?${query}`);
    const first = await list("per_page=500");
    expect(first.body.at("rrsets", "length")).toBe(100);
    expect(first.body.at("meta", "pagination")).toMatchObject({
      per_page: 100,
      next_page: 2,
      total_entries: 107,
    });
    expect((await list("per_page=100&page=2")).body.at("rrsets", "length")).toBe(7);
    expect((await list("name=h3")).body.at("rrsets", 0, "id")).toBe("h3/A");
    expect((await list("type=SOA&type=NS")).body.at("rrsets", "length")).toBe(2);
    expect((await list("label_selector=odd")).body.at("rrsets", 0, "name")).toBe("h7");
  });

  it("answer TXT in the form that was asked for", async () => {
    const value = '"v=DKIM1; " "p=abc"';
    await post(SETS, { name: "@", type: "TXT", ...values(value) });
    const shown = async (form: string): Promise<unknown> => {
      const body = JSON.stringify({ hetzner: form });
      await fetch(`${cloud.cloud.hetznerUrl}/_sandbox/text-forms`, { method: "PUT", body });
      return (await cloud.hetzner("GET", `${SETS}/@/TXT`)).body.at("rrset", "records", 0, "value");
    };
    expect(await shown("as-sent")).toBe(value);
    expect(await shown("unquoted")).toBe("v=DKIM1; p=abc");
  });
});

describe("refusals", () => {
  it.each([
    ["GET", "/zones/nowhere.test"],
    ["DELETE", "/zones/6999"],
    ["GET", "/zones/nowhere.test/rrsets"],
    ["GET", `${SETS}/www/A`],
    ["PUT", `${SETS}/www/A`],
    ["DELETE", `${SETS}/www/A`],
    ["POST", `${SETS}/www/A/actions/set_records`],
    ["GET", "/zones/example.edu/actions/99"],
  ])("404 to %s %s", async (method, path) => {
    const body = method === "GET" || method === "DELETE" ? undefined : values("203.0.113.7");
    expect(await refusal(method, path, body)).toEqual([404, "not_found"]);
  });

  it("401 to another token", async () => {
    const answer = await cloud.hetzner("GET", "/zones", undefined, {
      authorization: `Bearer ${"x".repeat(64)}`,
    });
    expect([answer.status, answer.body.at("error", "code")]).toEqual([401, "unauthorized"]);
  });

  it("409 to what is there already", async () => {
    await web("203.0.113.7");
    expect(await refusal("POST", SETS, { name: "www", type: "A", ...values("203.0.113.8") })).toEqual([
      409,
      "uniqueness_error",
    ]);
    expect(await refusal("POST", "/zones", { name: "example.edu", mode: "primary" })).toEqual([
      409,
      "uniqueness_error",
    ]);
  });

  it.each([
    ["a name with the zone's", { name: "www.example.edu" }],
    ["upper case", { name: "WWW" }],
    ["a name with a final dot", { name: "www." }],
    ["an unknown type", { type: "SPF" }],
    ["no record", { records: [] }],
    ["a short TTL", { ttl: 59 }],
    ["another type's value", { records: [{ value: "2001:db8::1" }] }],
    ["a value twice", values("203.0.113.7", "203.0.113.7")],
    ["a field that is not known", { proxied: true }],
    ["a CNAME beside", { name: "alias", type: "TXT", ...values('"x"') }],
    ["a CNAME at the apex", { name: "@", type: "CNAME", ...values("www") }],
    ["two CNAME", { name: "c", type: "CNAME", ...values("a", "b") }],
  ])("422 to a record set with %s", async (_, change) => {
    await post(SETS, { name: "alias", type: "CNAME", ...values("www") });
    const body = { name: "www", type: "A", ...values("203.0.113.7"), ...change };
    expect(await refusal("POST", SETS, body)).toEqual([422, "invalid_input"]);
  });

  it.each([
    ["upper case", { name: "Example.test" }],
    ["one label", { name: "test" }],
    ["a subdomain of a zone", { name: "sub.example.edu" }],
    ["no mode", { mode: undefined }],
    ["a secondary zone", { mode: "secondary", primary_nameservers: [{ address: "203.0.113.1" }] }],
  ])("422 to a zone: %s, and nothing is kept", async (_, change) => {
    const body = { name: "new.test", mode: "primary", ...change };
    expect(await refusal("POST", "/zones", body)).toEqual([422, "invalid_input"]);
    expect((await cloud.hetzner("GET", "/zones")).body.at("zones", "length")).toBe(1);
  });

  it("423 to a protected zone or record set, until it is free again", async () => {
    await web("203.0.113.7");
    const zone = (protect: boolean) =>
      post("/zones/example.edu/actions/change_protection", { delete: protect });
    const set = (change: boolean) => post(`${SETS}/www/A/actions/change_protection`, { change });
    await done(await zone(true));
    await done(await set(true));
    const records = values("203.0.113.8");
    expect(await refusal("DELETE", "/zones/example.edu")).toEqual([423, "protected"]);
    expect(await refusal("DELETE", `${SETS}/www/A`)).toEqual([423, "protected"]);
    expect(await refusal("POST", `${SETS}/www/A/actions/set_records`, records)).toEqual([423, "protected"]);
    expect(await refusal("POST", `${SETS}/www/A/actions/add_records`, records)).toEqual([423, "protected"]);
    expect(await refusal("POST", `${SETS}/www/A/actions/change_ttl`, { ttl: 60 })).toEqual([
      423,
      "protected",
    ]);
    const zonefile = "@ IN A 203.0.113.8\n";
    const whole = "/zones/example.edu/actions/import_zonefile";
    expect(await refusal("POST", whole, { zonefile })).toEqual([423, "protected"]);
    await done(await set(false));
    await done(await zone(false));
    await done(await cloud.hetzner("DELETE", `${SETS}/www/A`));
    await done(await cloud.hetzner("DELETE", "/zones/example.edu"));
  });

  it("the zone's own SOA and NS, and primary name servers of a primary zone", async () => {
    expect(await refusal("DELETE", `${SETS}/@/SOA`)).toEqual([422, "invalid_input"]);
    expect(await refusal("POST", `${SETS}/@/NS/actions/set_records`, values("ns.example.net."))).toEqual([
      422,
      "invalid_input",
    ]);
    const body = { primary_nameservers: [{ address: "203.0.113.1" }] };
    expect(await refusal("POST", "/zones/example.edu/actions/change_primary_nameservers", body)).toEqual([
      422,
      "incorrect_zone_mode",
    ]);
  });
});

describe("values", () => {
  it.each<[RrsetType, string, string | undefined]>([
    ["MX", "10 mx", "10 mx.example.edu."],
    ["MX", "10 mx.example.net.", "10 mx.example.net."],
    ["MX", "70000 mx", undefined],
    ["MX", "mx", undefined],
    ["CNAME", "@", "example.edu."],
    ["CNAME", "a b", undefined],
    ["SRV", "0 1 993 imap.example.edu.", "0 1 993 imap.example.edu."],
    ["SRV", "0 0 0 .", "0 0 0 ."],
    [
      "CAA",
      '0 issue "ca.test; accounturi=https://ca.test/1"',
      '0 issue "ca.test; accounturi=https://ca.test/1"',
    ],
    ["CAA", "0 issue ca.test", undefined],
    ["TXT", "unquoted", undefined],
    ["TXT", `"${"a".repeat(256)}"`, undefined],
    ["TXT", `"${"a".repeat(255)}" "b c"`, `"${"a".repeat(255)}" "b c"`],
    ["TXT", '"open', undefined],
    ["TLSA", "3 1 1 abab", "3 1 1 abab"],
    ["TLSA", "3 1 1 xyz", undefined],
    ["HTTPS", '1 . alpn="h2,h3" port=443', '1 . alpn="h2,h3" port=443'],
    ["AAAA", "2001:db8::1", "2001:db8::1"],
    ["A", "203.0.113.256", undefined],
  ])("%s %s is served as %s", (type, value, rdata) => {
    expect(rdataOf(type, value, "example.edu")).toBe(rdata);
  });
});
