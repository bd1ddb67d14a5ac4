/**
 * Proves: for DNS the hcloud stand-in, driven as the engine drives it against the sandbox's Hetzner API, sends the
 * requests that the real plugin was recorded to send, plans what it planned, sees what was changed behind it, and words
 * refusals as it did. ZoneRecord and the look-ups, which no trace has, are held to the API and the published outputs.
 * Cannot prove the number of polls, nor the id that the real plugin gives a ZoneRecord.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { type Started, started } from "../cloud/startedCloud.ts";
import { startedHcloud } from "./startedHcloud.ts";
import type { StartedPlugin } from "./startedPlugin.ts";
import { comparable, recorded, type TracedRequest } from "./traces.ts";

const ZONE = "hcloud:index/zone:Zone";
const RRSET = "hcloud:index/zoneRrset:ZoneRrset";
const RECORD = "hcloud:index/zoneRecord:ZoneRecord";
const GROUP = "zones and faults";

let cloud: Started;
let plugin: StartedPlugin;
let seen = 0;

beforeAll(async () => {
  cloud = await started();
  await cloud.hetzner("GET", "/locations");
  plugin = await startedHcloud(cloud);
});
afterAll(async () => {
  plugin.stop();
  await cloud.close();
});
beforeEach(() => {
  seen = cloud.log().length;
});

const sent = (): string[] => comparable(cloud.log().slice(seen) as unknown as TracedRequest[]);
const trace = (scenario: string, group = GROUP): string[] => comparable(recorded("hcloud", group, scenario));
/** Whatever their order: the recorded program's resources were made side by side. */
const sorted = (requests: readonly string[]): string[] =>
  requests.map((request) => request.replaceAll(/#\d+/g, "#")).sort();

interface First {
  readonly group: string;
  readonly inputs: { resources?: Record<string, { type: string; inputs: Properties; outputs: string[] }> };
}

/** Resources of the recorded program, with their inputs and the names of their outputs. */
function recordedResources(): [string, { type: string; inputs: Properties; outputs: string[] }][] {
  const text = readFileSync(join(sharedSpecs ?? "", "traces", "hcloud.json"), "utf8");
  const rows = JSON.parse(text) as First[];
  return Object.entries(rows.find(({ group }) => group === GROUP)?.inputs.resources ?? {});
}

const stack = new Map<string, ResourceState>();

function of(name: string): ResourceState {
  const state = stack.get(name);
  if (state === undefined) throw new Error(`no ${name} in the stack`);
  return state;
}

async function update(name: string, change: Properties): Promise<void> {
  const news = { ...of(name).inputs, ...change };
  expect((await plugin.client.diff(of(name), news)).replaces).toEqual([]);
  stack.set(name, await plugin.client.update(of(name), news));
}

const rrset = (name: string, type: string, ...records: string[]): Properties => {
  const listed = records.map((value) => ({ value }));
  return { zone: "example.com", name, type, records: listed };
};

describe.skipIf(sharedSpecs === undefined)(`hcloud's DNS against its traces ${NEEDS_SHARED}`, () => {
  it("makes a zone and its record sets with the recorded requests and outputs", async () => {
    const resources = recordedResources().sort(([left]) => (left === "zone" ? -1 : 1));
    expect(resources.length).toBe(11);
    for (const [name, { type, inputs, outputs }] of resources) {
      const made = await plugin.client.create(type, name, inputs);
      stack.set(name, made);
      const bridge = outputs.filter((output) => !output.startsWith("__")).sort();
      expect(Object.keys(made.outputs).sort(), name).toEqual(bridge);
    }
    expect(of("mx").id).toBe("@/MX");
    expect(sorted(sent())).toEqual(sorted(trace("zone and rrsets: up")));
  });

  it("plans nothing after that, and nothing after a refresh", async () => {
    for (const state of stack.values()) {
      expect(await plugin.client.diff(state, state.inputs), state.name).toMatchObject({ changed: false });
    }
    for (const state of stack.values()) {
      const now = await plugin.client.read(state);
      if (now === undefined) throw new Error(`${state.name} is gone`);
      expect(await plugin.client.diff(now, state.inputs), state.name).toMatchObject({ changed: false });
    }
    expect(sorted(sent())).toEqual(sorted(trace("zone and rrsets: drift check")));
  });

  it("changes values, TTLs and comments with the recorded requests, and no order", async () => {
    const two = [{ value: '"two"' }, { value: '"one"' }];
    expect(await plugin.client.diff(of("acme"), { ...of("acme").inputs, records: two })).toMatchObject({
      changed: false,
    });
    await update("caa", { records: [{ value: '0 issue "letsencrypt.org"', comment: "other" }] });
    await update("a", { records: [{ value: "203.0.113.99" }] });
    await update("mx", { ttl: 300 });
    expect(sorted(sent())).toEqual(sorted(trace("A value, MX ttl, acme order, CAA comment changed")));
    seen = cloud.log().length;
    await update("acme", { records: [{ value: '"one"' }] });
    expect(sent()).toEqual(trace("acme: one value less"));
    seen = cloud.log().length;
    await update("acme", { records: [{ value: '"one"' }, { value: '"two"' }] });
    await update("caa", { records: [{ value: '0 issue "letsencrypt.org"', comment: "mail" }] });
    await update("a", { records: [{ value: "203.0.113.11" }] });
    await update("mx", { ttl: 3600 });
    expect(sorted(sent())).toEqual(sorted(trace("rrsets back")));
  });

  it("sees what was changed, removed and added behind it, and puts it back", async () => {
    const path = "/zones/example.com/rrsets";
    const behind = (name: string, body: unknown) => cloud.hetzner("POST", `${path}/@/${name}`, body);
    const wanted = { a: of("a").inputs, mx: of("mx").inputs, aaaa: of("aaaa").inputs };
    await behind("A/actions/set_records", { records: [{ value: "203.0.113.66" }] });
    await behind("MX/actions/change_ttl", { ttl: 60 });
    await behind("AAAA/actions/change_ttl", { ttl: 60 });
    await cloud.hetzner("DELETE", `${path}/default._domainkey/TXT`);
    expect(await plugin.client.read(of("dkim"))).toBeUndefined();
    const changes = { a: "records", mx: "ttl", aaaa: "ttl" } as const;
    for (const [name, what] of Object.entries(changes) as [keyof typeof changes, string][]) {
      const now = await plugin.client.read(of(name));
      if (now === undefined) throw new Error(`${name} is gone`);
      const plan = await plugin.client.diff(now, wanted[name]);
      expect(plan.replaces).toEqual([]);
      expect(
        Object.keys(plan.details).some((key) => key.startsWith(what)),
        name,
      ).toBe(true);
      stack.set(name, await plugin.client.update(now, wanted[name]));
    }
    expect((await cloud.hetzner("GET", `${path}/@/AAAA`)).body.at("rrset", "ttl")).toBeNull();
    seen = cloud.log().length;
    stack.set("dkim", await plugin.client.create(RRSET, "dkim", of("dkim").inputs));
    expect(sent()[0]).toContain('"name":"default._domainkey"');
  });

  it.each([
    [
      "TXT unquoted",
      rrset("x7", "TXT", "unquoted"),
      "Field: records\nMessages:\n - invalid TXT value: unquoted\n",
    ],
    ["rrset name as FQDN", rrset("x.example.com", "TXT", '"x"'), "must be relative to the zone, lower case"],
    ["rrset name upper case", rrset("UPPER", "TXT", '"x"'), "must be relative to the zone, lower case"],
    [
      "A beside CNAME",
      rrset("imap", "A", "203.0.113.11"),
      "a CNAME must be alone at its name (invalid_input)\n\nError",
    ],
  ])("is refused as recorded: %s", async (scenario, inputs, text) => {
    const made = plugin.client.create(RRSET, "x", inputs);
    await expect(made).rejects.toThrow(/^(\d+ \w+: )?Invalid field in API request: An invalid field was/);
    await expect(made).rejects.toThrow(text);
    expect(sent()).toEqual(trace(scenario));
  });

  it("takes an MX without a final dot as it is", async () => {
    const made = await plugin.client.create(RRSET, "x", rrset("x9", "MX", "10 mx.example.com"));
    expect(sent()).toEqual(trace("MX without final dot"));
    expect(await plugin.client.diff(made, made.inputs)).toMatchObject({ changed: false });
    await plugin.client.delete(made);
  });

  it("imports by ZONE/NAME/TYPE, is refused what is there, and deletes it", async () => {
    const inputs = rrset("old", "TXT", '"x"');
    await cloud.hetzner("POST", "/zones/example.com/rrsets", {
      name: "old",
      type: "TXT",
      records: inputs.records,
    });
    seen = cloud.log().length;
    await expect(plugin.client.create(RRSET, "x", inputs)).rejects.toThrow("(uniqueness_error)");
    expect(sent()).toEqual(trace("rrset exists already: create"));
    seen = cloud.log().length;
    const blank = { type: RRSET, name: "x", id: "example.com/old/TXT", inputs: {}, outputs: {}, secrets: {} };
    const found = await plugin.client.read(blank);
    expect(sent()).toEqual(trace("rrset import by example.com/old/TXT"));
    if (found === undefined) throw new Error("nothing was imported");
    expect(found.id).toBe("old/TXT");
    expect(await plugin.client.diff(found, inputs)).toMatchObject({ changed: false });
    seen = cloud.log().length;
    await plugin.client.delete(found);
    expect(sent()).toEqual(trace("imported rrset removed from the program").slice(-1));
    await plugin.client.delete(found);
    const gone = { ...blank, id: "example.com/none/TXT" };
    expect(await plugin.client.read(gone)).toMatchObject({ outputs: {} });
  });

  it("retries 429 and 502, gives up at 500, and meets its own lost answer again", async () => {
    const create = (name: string) => plugin.client.create(RRSET, "x", rrset(name, "TXT", '"x"'));
    await cloud.fault({ method: "POST", path: "rrsets", kind: "rate_limit", times: 2 });
    await create("x18");
    await cloud.fault({ method: "POST", path: "rrsets", kind: "status", status: 502, times: 2 });
    await create("x20");
    await cloud.fault({ method: "POST", path: "rrsets", kind: "status", status: 500 });
    await expect(create("x19")).rejects.toThrow("(server_error)");
    await cloud.fault({ method: "POST", path: "rrsets", kind: "drop_after" });
    await expect(create("x27")).rejects.toThrow("EOF");
    seen = cloud.log().length;
    await expect(create("x27")).rejects.toThrow("an RRSet with name 'x27' and type 'TXT' already exists");
    expect(sent()).toEqual(trace("and again"));
  });

  it("replaces on name, type and zone; turns a CNAME into an A when the old one goes first", async () => {
    const old = of("cn");
    const news = rrset("imap", "A", "203.0.113.9");
    expect((await plugin.client.diff(old, news)).replaces).toEqual(["type"]);
    expect((await plugin.client.diff(old, { ...old.inputs, name: "y" })).replaces).toEqual(["name"]);
    expect((await plugin.client.diff(old, { ...old.inputs, zone: "other" })).replaces).toEqual(["zone"]);
    await plugin.client.delete(old);
    await plugin.client.create(RRSET, "cn", news);
    expect(sent()).toEqual(
      trace("the same with deleteBeforeReplace", "CNAME to A, key spelling, wrong import"),
    );
  });

  it.each([
    [
      "zone",
      { name: "example.org" },
      "authoritativeNameservers,deleteProtection,name,primaryNameservers,registrar",
    ],
    ["zone", { ttl: 600 }, "authoritativeNameservers,deleteProtection,primaryNameservers,registrar,ttl"],
    [
      "zone",
      { deleteProtection: true },
      "authoritativeNameservers,deleteProtection,primaryNameservers,registrar",
    ],
    ["mx", { name: "y" }, "changeProtection,name"],
    ["mx", { ttl: 600 }, "changeProtection,ttl"],
    ["mx", { records: [{ value: "5 mx.example.com." }] }, "changeProtection,records"],
    ["mx", { labels: { a: "b" } }, "changeProtection,labels"],
  ])("plans for %s %j the recorded differences", async (name, change, expected) => {
    const state = of(name);
    const { details } = await plugin.client.diff(state, { ...state.inputs, ...change });
    const tops = Object.keys(details).map((path) => path.split(/[.[]/)[0]);
    expect([...new Set(tops)].sort().join()).toBe(expected);
  });

  it("protects last and frees first", async () => {
    await update("mx", { changeProtection: true });
    await expect(plugin.client.delete(of("mx"))).rejects.toThrow("(protected)");
    await update("mx", { changeProtection: false, ttl: 600, labels: { a: "b" } });
    await update("zone", { deleteProtection: true });
    await expect(plugin.client.delete(of("zone"))).rejects.toThrow("(protected)");
    await update("zone", { deleteProtection: false, ttl: 900 });
    const mode = plugin.client.create(ZONE, "s", { name: "s.test", mode: "secondary" });
    await expect(mode).rejects.toThrow("This attribute is required when mode is secondary.");
  });

  it("takes over the SOA, whose serial is shown as 0", async () => {
    const soa = "hydrogen.ns.hetzner.com. dns.hetzner.com. 0 86400 10800 3600000 3600";
    const state = await plugin.client.create(RRSET, "soa", rrset("@", "SOA", soa));
    expect(await plugin.client.diff(state, state.inputs)).toMatchObject({ changed: false });
    const now = await plugin.client.read(state);
    expect(now?.outputs["records"]).toEqual([{ value: soa }]);
    await plugin.client.delete(state);
    expect(sent().every((request) => request.includes('"GET"'))).toBe(true);
  });

  it("keeps single records of a set that others share", async () => {
    const inputs = { zone: "example.com", name: "shared", type: "TXT" };
    const one = await plugin.client.create(RECORD, "one", { ...inputs, value: '"one"', comment: "mine" });
    const two = await plugin.client.create(RECORD, "two", { ...inputs, value: '"two"' });
    for (const state of [one, two]) {
      const now = await plugin.client.read(state);
      if (now === undefined) throw new Error("a record is gone");
      expect(await plugin.client.diff(now, state.inputs)).toMatchObject({ changed: false });
    }
    const other = { ...one.inputs, comment: "yours" };
    expect((await plugin.client.diff(one, other)).replaces).toEqual([]);
    expect((await plugin.client.update(one, other)).outputs).toMatchObject({ comment: "yours" });
    expect((await plugin.client.diff(one, { ...one.inputs, value: '"x"' })).replaces).toEqual(["value"]);
    await plugin.client.delete(one);
    expect(await plugin.client.read(one)).toBeUndefined();
    expect(await plugin.client.read(two)).toBeDefined();
    await plugin.client.delete(two);
    expect(await plugin.client.read(two)).toBeUndefined();
  });

  it("looks zones and record sets up", async () => {
    const invoke = (name: string, args: Properties) =>
      plugin.client.invoke(`hcloud:index/${name}:${name}`, args);
    const zone = await invoke("getZone", { name: "example.com" });
    expect(zone).toMatchObject({ id: Number(of("zone").id), mode: "primary", registrar: "other" });
    expect(await invoke("getZone", { id: zone["id"] ?? null })).toMatchObject({ name: "example.com" });
    expect((await invoke("getZones", {}))["zones"]).toMatchObject([{ name: "example.com" }]);
    const mx = await invoke("getZoneRrset", { zone: "example.com", name: "@", type: "MX" });
    expect(mx).toMatchObject({ id: "@/MX", records: [{ value: "0 mx.example.com.", comment: "" }] });
    const labelled = await invoke("getZoneRrset", { zone: "example.com", withSelector: "a=b" });
    expect(labelled["id"]).toBe("@/MX");
    const all = await invoke("getZoneRrsets", { zone: "example.com" });
    expect((all["rrsets"] as unknown[]).length).toBeGreaterThanOrEqual(11);
    await expect(invoke("getZone", { name: "nowhere.test" })).rejects.toThrow("was not found");
  });

  it("takes everything away, and what is gone already too", async () => {
    for (const [name, state] of stack)
      if (name !== "zone" && name !== "cn") await plugin.client.delete(state);
    await plugin.client.delete(of("zone"));
    await plugin.client.delete(of("zone"));
    await plugin.client.delete(of("mx"));
    expect((await cloud.hetzner("GET", "/zones")).body.at("zones", "length")).toBe(0);
  });
});
