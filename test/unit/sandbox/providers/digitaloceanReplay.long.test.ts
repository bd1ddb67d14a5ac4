/**
 * Proves: driven as the engine drives it, against the sandbox's DigitalOcean API, the digitalocean stand-in sends the
 * requests that the real plugin was recorded to send, plans what it planned, waits and retries as it did, and words
 * refusals as it did.
 * Cannot prove what the real vendor answers.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digitalocean } from "../../../../sandbox/providers/digitalocean/provider.ts";
import type { ProviderClient, ResourceState } from "../../../../sandbox/providers/protocol/client.ts";
import type { Properties } from "../../../../sandbox/providers/protocol/value.ts";
import { NEEDS_SHARED, sharedSpecs } from "../../../support/shared.ts";
import { DIGITALOCEAN_TOKEN, type Started, started } from "../cloud/startedCloud.ts";
import { failureOf, startedPlugin, type StartedPlugin } from "./startedPlugin.ts";
import { comparable, recorded, type TracedRequest } from "./traces.ts";

const RECORD = "digitalocean:index/dnsRecord:DnsRecord";
const PATH = "/v2/domains/example.com/records";
const FAULTS = "faults and import";

let cloud: Started;
let plugin: StartedPlugin;
let client: ProviderClient;
let seen = 0;
const stack = new Map<string, ResourceState>();

const settings = (): Properties => ({
  token: DIGITALOCEAN_TOKEN,
  apiEndpoint: cloud.cloud.digitaloceanUrl,
  httpRetryWaitMin: 0.01,
  httpRetryWaitMax: 0.2,
});

beforeAll(async () => {
  cloud = await started({ zones: [], digitaloceanDomains: ["example.com"] });
  // The log is there from the first request on.
  await cloud.digitalocean("GET", PATH);
  plugin = await startedPlugin(digitalocean(), settings());
  ({ client } = plugin);
});
afterAll(async () => {
  plugin.stop();
  await cloud.close();
});
beforeEach(() => {
  seen = cloud.log().length;
});

/** Requests about records, in no order: the recorded ones were sent side by side. */
function inNoOrder(requests: readonly TracedRequest[]): string[] {
  return comparable(requests.filter(({ path }) => path.includes("/records")))
    .map((request) => request.replaceAll(/#\d+/g, "#"))
    .sort();
}

const sent = (): string[] => inNoOrder(cloud.log().slice(seen) as unknown as TracedRequest[]);
const trace = (scenario: string, group = "records"): string[] =>
  inNoOrder(recorded("digitalocean", group, scenario));

interface First {
  readonly inputs: { resources?: Record<string, { type: string; inputs: Properties; outputs: string[] }> };
}

/** Records of the recorded program, with their inputs and the names of their outputs. */
function recordedRecords(): [string, { inputs: Properties; outputs: string[] }][] {
  const text = readFileSync(join(sharedSpecs ?? "", "traces", "digitalocean.json"), "utf8");
  const [first] = JSON.parse(text) as First[];
  return Object.entries(first?.inputs.resources ?? {}).filter(([, { type }]) => type === RECORD);
}

function of(name: string): ResourceState {
  const state = stack.get(name);
  if (state === undefined) throw new Error(`no ${name} in the stack`);
  return state;
}

async function refreshed(state: ResourceState): Promise<ResourceState> {
  const now = await client.read(state);
  if (now === undefined) throw new Error(`${state.name} is gone`);
  return now;
}

const txt = (name: string): Properties => ({
  domain: "example.com",
  name,
  type: "TXT",
  value: "x",
  ttl: 3600,
});
const alias = (change: Properties): Properties => ({
  ...{ domain: "example.com", name: "x", type: "CNAME", value: "mx.example.com.", ttl: 3600 },
  ...change,
});

async function update(name: string, change: Properties): Promise<string[]> {
  const news = { ...of(name).inputs, ...change };
  const { details, replaces } = await client.diff(of(name), news);
  expect(replaces).toEqual([]);
  stack.set(name, await client.update(of(name), news));
  return Object.keys(details);
}

describe.skipIf(sharedSpecs === undefined)(`digitalocean against its traces ${NEEDS_SHARED}`, () => {
  it("makes all records with the recorded requests and outputs", async () => {
    const records = recordedRecords();
    expect(records).toHaveLength(9);
    for (const [name, { inputs, outputs }] of records) {
      const made = await client.create(RECORD, name, inputs);
      stack.set(name, made);
      const bridge = outputs.filter((output) => !output.startsWith("__")).sort();
      expect(Object.keys(made.outputs).sort(), name).toEqual(bridge);
    }
    expect(sent()).toEqual(trace("domain and records: up"));
    expect(of("mx").outputs).toMatchObject({
      value: "mx.example.com.",
      fqdn: "example.com",
      port: 0,
      tag: "",
    });
    expect(of("cname-at").outputs).toMatchObject({ value: "@", fqdn: "smtp.example.com" });
  });

  it("plans nothing after that, and nothing after a refresh", async () => {
    for (const state of stack.values()) {
      expect(await client.diff(state, state.inputs), state.name).toMatchObject({ changed: false });
      const now = await refreshed(state);
      expect(await client.diff(now, state.inputs), state.name).toMatchObject({ changed: false });
    }
    expect(sent()).toEqual(trace("domain and records: drift check"));
  });

  it.each<[string, Properties]>([
    ["CNAME without final dot", { name: "pop3", value: "mx.example.com" }],
    ["ttl 20", { name: "imap2", ttl: 20 }],
    ["A beside a CNAME", { type: "A", name: "imap", value: "198.51.100.9" }],
  ])("is refused as recorded: %s", async (scenario, change) => {
    const error = recorded("digitalocean", "records", scenario).at(-1) as { error?: string };
    const { message } = await failureOf(client.create(RECORD, "x", alias(change)));
    expect(message).toMatch(/^2 UNKNOWN: 1 error occurred:\n\t\* Failed to create record: POST http:\/\/127/);
    expect(message).toMatch(/records: 422 \(request "[0-9a-f-]+"\) /);
    expect(message).toContain(String(error.error));
    expect(plugin.messages.at(-1)).toMatch(/^error: Failed to create record: POST /);
    expect(sent()).toEqual(trace(scenario));
  });

  it("refuses TLSA at check and an MX without priority in a preview, with no request", async () => {
    const tlsa = alias({ type: "TLSA", name: "_25._tcp.mx", value: `3 1 1 ${"ab".repeat(32)}` });
    await expect(client.create(RECORD, "x", tlsa)).rejects.toThrow(
      `expected type to be one of ["A" "AAAA" "CAA" "CNAME" "MX" "NS" "TXT" "SRV" "SOA"], got TLSA. Examine values at 'x.type'.`,
    );
    const mx = alias({ type: "MX", name: "sub" });
    const words = "`priority` is required for when type is `MX`";
    await expect(client.create(RECORD, "x", mx, { preview: true })).rejects.toThrow(words);
    const { message } = await failureOf(client.diff(of("a"), mx));
    expect(message).toMatch(/^2 UNKNOWN: diffing urn:pulumi:.*: 1 error occurred:\n\t\* `priority`/);
    await expect(client.create(RECORD, "x", alias({ ttl: 0 }))).rejects.toThrow("at least (1), got 0");
    await expect(client.create(RECORD, "x", alias({ flags: 256 }))).rejects.toThrow("range (0 - 255)");
    expect(sent()).toEqual([]);
  });

  it("takes a whole name, upper case and quotes as they are, and deletes before it replaces", async () => {
    const whole = await client.create(RECORD, "x", alias({ name: "api.example.com." }));
    expect(sent()).toEqual(trace("CNAME whose name is an FQDN with dot"));
    expect(whole.outputs.name).toBe("api");
    const upper = alias({ name: "cal", value: "MX.Example.COM." });
    const changed = await client.update(await refreshed(whole), upper);
    const quoted = { ...txt("q"), value: '"v=quoted"' };
    for (const [state, inputs] of [
      [whole, whole.inputs],
      [changed, upper],
    ] as const) {
      expect(await client.diff(state, inputs)).toMatchObject({ changed: false });
    }
    expect(await client.diff(await refreshed(changed), upper)).toMatchObject({ changed: false });
    expect((await client.diff(changed, quoted)).replaces).toEqual(["type"]);
    seen = cloud.log().length;
    await client.delete(changed);
    const now = await client.create(RECORD, "x", quoted);
    expect(sent()).toEqual(trace("TXT with quotes"));
    expect(await client.diff(await refreshed(now), quoted)).toMatchObject({ changed: false });
    const long = client.update(now, { ...txt("long"), value: "x".repeat(513) });
    await expect(long).rejects.toThrow(
      /^2 UNKNOWN: updating urn:.*: 1 error occurred:\n\t\* Failed to update record: PUT .*: 422 .* Data is too long \(maximum is 512 characters\)/,
    );
    await client.delete(now);
  });

  it("changes values, numbers and names with one PUT and one GET each", async () => {
    const planned = [
      await update("a", { value: "198.51.100.10" }),
      await update("aaaa", { ttl: 300 }),
      await update("cname-dot", { name: "imap4" }),
      await update("mx", { priority: 10 }),
      await update("spf", { value: "v=spf1 mx -all" }),
    ];
    expect(planned).toEqual([["value"], ["ttl"], ["name"], ["priority"], ["value"]]);
    expect(sent()).toEqual(trace("change A value, MX priority, TXT value, CNAME name, AAAA ttl"));
  });

  it("keeps a TTL that the program does not tell", async () => {
    const { ttl, ...inputs } = of("spf").inputs;
    expect(ttl).toBe(3600);
    const { changed } = await client.diff(of("spf"), inputs);
    expect(changed).toBe(false);
    await client.update(of("spf"), { ...inputs, value: "v=spf1 a -all" });
    const put = cloud.log().find(({ method }, index) => index >= seen && method === "PUT");
    expect(put?.["body"]).toMatchObject({ ttl: 3600 });
    const fresh = await client.create(RECORD, "x", { ...txt("t"), ttl: undefined });
    expect(fresh.outputs.ttl).toBe(1800);
    await client.delete(fresh);
  });

  it("sees what was changed and removed behind it, and puts it back", async () => {
    await cloud.digitalocean("PUT", `${PATH}/${of("a").id}`, { data: "198.51.100.66" });
    await cloud.digitalocean("DELETE", `${PATH}/${of("dkim").id}`);
    expect(await client.read(of("dkim"))).toBeUndefined();
    const now = await refreshed(of("a"));
    const plan = await client.diff(now, of("a").inputs);
    expect([plan.replaces, Object.keys(plan.details)]).toEqual([[], ["value"]]);
    stack.set("a", await client.update(now, of("a").inputs));
    const gone = of("dkim");
    await client.delete(gone);
    stack.set("dkim", await client.create(RECORD, "dkim", gone.inputs));
    expect((await refreshed(of("a"))).outputs.value).toBe("198.51.100.10");
  });

  it("imports by DOMAIN,ID with one GET, and is then equal", async () => {
    for (const key of ["cname-dot", "mx", "caa", "srv", "a"]) {
      seen = cloud.log().length;
      const { id, inputs } = of(key);
      const empty = {
        type: RECORD,
        name: key,
        id: `example.com,${id}`,
        inputs: {},
        outputs: {},
        secrets: {},
      };
      const found = await refreshed(empty);
      expect(sent()).toHaveLength(1);
      expect(found.id).toBe(id);
      // As a refresh does, before the program has said anything.
      expect(await client.diff(found, found.inputs), key).toMatchObject({ changed: false });
      expect(await client.diff(found, inputs), key).toMatchObject({ changed: false });
    }
    const empty = { type: RECORD, name: "x", id: "example.com,7", inputs: {}, outputs: {}, secrets: {} };
    expect(await client.read(empty)).toBeUndefined();
    await expect(client.read({ ...empty, id: "example.com,a/A" })).rejects.toThrow(
      'parsing "a/A": invalid syntax',
    );
  });

  it("never comes to rest with a target that is none: a read puts a second dot to it", async () => {
    const none = alias({ name: "_imap._tcp", type: "SRV", value: ".", priority: 0, weight: 0, port: 0 });
    const made = await client.create(RECORD, "x", none);
    expect(made.outputs.value).toBe("..");
    for (const state of [made, await refreshed(made)])
      expect((await client.diff(state, none)).changed).toBe(true);
    await client.delete(made);
  });

  it.each<[string, Properties, Properties]>([
    ["type", { type: "AAAA", value: "2001:db8::1" }, { type: "UPDATE_REPLACE", value: "UPDATE" }],
    ["domain", { domain: "example.net" }, { domain: "UPDATE_REPLACE" }],
    ["name", { name: "www" }, { name: "UPDATE" }],
    ["whole name", { name: "example.com." }, {}],
    ["port of no matter", { port: 0, weight: 0 }, {}],
  ])("plans for another %s", async (_, change, details) => {
    const plan = await client.diff(of("a"), { ...of("a").inputs, ...change });
    expect(plan.details).toEqual(details);
  });
});

describe.skipIf(sharedSpecs === undefined)(
  `digitalocean's retries against its traces ${NEEDS_SHARED}`,
  () => {
    const fault = (rest: object): Promise<void> =>
      cloud.fault({ vendor: "digitalocean", method: "POST", path: "/records$", ...rest });

    it.each<[string, object]>([
      ["fault 429 x3 on record POST", { kind: "rate_limit", times: 3, seconds: 0 }],
      ["fault 500 x3 on record POST", { kind: "status", status: 500, times: 3 }],
      ["fault 503 x2 on record POST", { kind: "status", status: 503, times: 2 }],
      ["fault 502 x1 on record POST", { kind: "status", status: 502, times: 1 }],
      ["fault drop x2 on record POST", { kind: "drop_before", times: 2 }],
      ["answer to record POST lost after it was done", { kind: "drop_after" }],
    ])("%s", async (scenario, told) => {
      await fault(told);
      const made = await client.create(RECORD, "x", txt("f"));
      const wanted = recorded("digitalocean", FAULTS, scenario).filter(({ method }) => method !== "DELETE");
      expect(sent().map((line) => line.slice(0, 20))).toEqual(
        inNoOrder(wanted).map((line) => line.slice(0, 20)),
      );
      const left = await cloud.digitalocean("GET", `${PATH}?name=f.example.com`);
      // So a lost answer makes doubles.
      const doubles = scenario.startsWith("answer") ? 2 : 1;
      expect(left.body.at("meta", "total")).toBe(doubles);
      await client.delete(made);
      const rest = await cloud.digitalocean("GET", `${PATH}?name=f.example.com`);
      for (const { id } of rest.body.at("domain_records") as { id: number }[])
        await cloud.digitalocean("DELETE", `${PATH}/${id}`);
    });

    it("gives up after four repetitions, or as many as it is told", async () => {
      await fault({ kind: "status", status: 500, times: 5 });
      await expect(client.create(RECORD, "x", txt("f"))).rejects.toThrow(
        /records: 500 \(request "[^"]+"\) Server was unable to give you a response\.; giving up after 5 attempt\(s\)/,
      );
      await fault({ kind: "drop_before", times: 3 });
      const other = await startedPlugin(digitalocean(), { ...settings(), httpRetryMax: 2 });
      await expect(other.client.create(RECORD, "x", txt("f"))).rejects.toThrow(
        /POST http:\S+ giving up after 3 attempt\(s\): Post "http:\S+": EOF/,
      );
      other.stop();
    });

    it("waits 1, 2, 4, 8 parts, and as long as the vendor says, above its longest wait", async () => {
      const waits = async (faults: object, config: Properties): Promise<number[]> => {
        const other = await startedPlugin(digitalocean(), { ...settings(), ...config });
        await fault(faults);
        seen = cloud.log().length;
        await client.delete(await other.client.create(RECORD, "x", txt("f")));
        other.stop();
        const posts = cloud
          .log()
          .slice(seen)
          .filter(({ method }) => method === "POST");
        const times = posts.map(({ time }) => Date.parse(String(time)));
        return times.slice(1).map((time, index) => time - (times[index] ?? 0));
      };
      const doubling = await waits(
        { kind: "status", status: 500, times: 4 },
        { httpRetryWaitMin: 0.05, httpRetryWaitMax: 30 },
      );
      expect(doubling).toHaveLength(4);
      for (const [index, wait] of doubling.entries())
        expect(wait).toBeGreaterThanOrEqual(50 * 2 ** index - 2);
      const [told] = await waits({ kind: "rate_limit", seconds: 1 }, {});
      expect(told).toBeGreaterThanOrEqual(990);
    });

    it("keeps a record in the state that it made and could not read back", async () => {
      await fault({ method: "GET", path: "/records/", kind: "status", status: 500, times: 5 });
      const { message, details } = await failureOf(client.create(RECORD, "x", txt("half")));
      expect(message).toContain("giving up after 5 attempt(s)");
      const left = await cloud.digitalocean("GET", `${PATH}?name=half.example.com`);
      expect(details).toContain(String(left.body.num("domain_records", 0, "id")));
    });
  },
);
