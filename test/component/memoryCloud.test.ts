/**
 * Proves: the whole program comes up on a cloud that is none of the product's: all but the cloud's own things is declared
 * as at Hetzner, and none of Hetzner's. A location of another cloud, an account without the stack's address and a generation
 * that would lose mail are refused in this cloud's words. Preflight, its fixes, adoption and teardown know its things. What it
 * cannot (reverse names, closed mail ports, offers), nobody asks of it.
 * Cannot prove: that a real second cloud fits; each has surprises of its own.
 */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { findFixes, describeOrphan } from "../../cli/fixes.ts";
import { parseConfig } from "../../stack/config/parseConfig.ts";
import { foundIds, knownAddresses } from "../../verify/adopt/cloudThings.ts";
import { placeUnderParents } from "../../verify/adopt/underParents.ts";
import { runPreflight } from "../../verify/preflight/preflight.ts";
import { planTeardown } from "../../verify/state/teardown.ts";
import { planOf } from "../unit/stack/support/planOf.ts";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { ZONE_ID } from "./support/declareSmall.ts";
import { MEMORY, memoryAccount, NOTHING, type MemoryThings } from "./support/memoryCloud.ts";
import { runProgram } from "./support/wholeProgram.ts";

const world = vi.hoisted((): { things: unknown; removed: string[] } => ({ things: undefined, removed: [] }));

vi.mock("../../stack/vendors/registry.ts", async (original) => {
  const actual = await original<typeof import("../../stack/vendors/registry.ts")>();
  const { memoryCloud } = await import("./support/memoryCloud.ts");
  return {
    ...actual,
    CLOUDS: { ...actual.CLOUDS, memory: memoryCloud },
    CLOUD_NAMES: [...actual.CLOUD_NAMES, "memory"],
  };
});

vi.mock("../../components/vendors/registry.ts", async (original) => {
  const actual = await original<typeof import("../../components/vendors/registry.ts")>();
  const { memoryResources } = await import("./support/memoryCloud.ts");
  const memory = memoryResources(() => world.things as MemoryThings);
  return { ...actual, CLOUD_RESOURCES: { ...actual.CLOUD_RESOURCES, memory } };
});

vi.mock("../../verify/vendors/registry.ts", async (original) => {
  const actual = await original<typeof import("../../verify/vendors/registry.ts")>();
  const memory = () => memoryAccount(world.things as MemoryThings, world.removed);
  return { ...actual, OPEN_ACCOUNT: { ...actual.OPEN_ACCOUNT, memory } };
});

const AT_HETZNER = rawWith({ "dns.zoneId": ZONE_ID });
const AT_MEMORY = rawWith({
  "dns.zoneId": ZONE_ID,
  "server.provider": MEMORY,
  "server.location": "shelf-1",
  "server.type": "tiny",
});
const OURS = "203.0.113.10";

function put(things: Partial<MemoryThings>): void {
  world.things = { ...NOTHING, ...things };
}

function address(name: string, ip: string) {
  return { id: "41", name, ip, hostIp: ip, hasReverseName: false };
}

beforeEach(() => {
  put({});
  world.removed.length = 0;
});

/** Resources that no cloud declares, as `TYPE NAME`. */
function beside(registrations: readonly { readonly type: string; readonly name: string }[]): string[] {
  return registrations
    .filter(({ type }) => !/^(hcloud|memory|test:memory|mailstead:host):/.test(type))
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

test("the whole program comes up on it", async () => {
  const [hetzner, memory] = [await runProgram(AT_HETZNER), await runProgram(AT_MEMORY)];
  expect(memory.errors).toEqual([]);
  expect(beside(memory.registrations)).toEqual(beside(hetzner.registrations));
  const own = memory.registrations.filter(({ type }) => type.startsWith("memory:"));
  expect(own.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "memory:index:Address ipv4",
    "memory:index:Address ipv6",
    "memory:index:Firewall firewall",
    "memory:index:Key deploy-key",
    "memory:index:Server server",
    "memory:index:Volume data-volume",
  ]);
  expect(own.find(({ name }) => name === "server")).toMatchObject({
    protect: false,
    inputs: { type: "tiny", image: "ubuntu-24-04-x64" },
  });
  expect(memory.registrations.filter(({ type }) => /hcloud|hetzner/i.test(type))).toEqual([]);
  const web = memory.registrations.find(({ type, name }) => type.startsWith("docker:") && name === "web");
  expect(web?.deletedWith).toBe("server");
  expect(memory.outputs?.nextSteps.join("\n")).not.toMatch(/ports 25|hetzner/i);
  expect(hetzner.outputs?.nextSteps.join("\n")).toMatch(/ports 25/);
});

test("a location and a size of another cloud are faults", () => {
  const { issues } = parseConfig(rawWith({ "server.provider": MEMORY, "server.type": "cx23" }));
  expect(issues.map(({ path, message, fix }) => `${path}: ${message} → ${fix}`)).toEqual([
    "mailstead:server.location: this is no shelf → set shelf-1",
    "mailstead:server.type: there is one size → set tiny",
  ]);
});

test("an account without the stack's address is refused in its words", async () => {
  put({ address: [address("x", "203.0.113.99")] });
  const { errors, registrations } = await runProgram(AT_MEMORY, { addresses: { ipv4: OURS } });
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message).join("\n")).toMatch(
    /memory:token: the Memory drawer that this token opens does not have this stack's address \(203\.0\.113\.10\), so it is another drawer: .*\(the drawer's label\)/,
  );
});

test("a generation that would lose mail is refused", async () => {
  const labels = { "mailstead-generation": "7" };
  const deployed = { name: "mx.example.com", location: "shelf-1", image: "x", serverType: "tiny", labels };
  put({ server: [{ id: "1", name: "mx.example.com", deployed }] });
  const { errors } = await runProgram({ ...AT_MEMORY, data: { kind: "disk" } });
  expect(errors.map(({ message }) => message).join("\n")).toContain("the running server is generation 7");
});

describe("what is there", () => {
  const plan = planOf(AT_MEMORY);
  const zone = {
    provider: "cloudflare",
    zone: () => Promise.resolve({ id: ZONE_ID, nameServers: [] }),
    records: () => Promise.resolve([]),
  } as const;

  test("preflight names orphans and a server that is off, and asks for no offer", async () => {
    put({
      server: [{ id: "7", name: "mx.example.com", isOff: true, deployed: {} as never }],
      firewall: [{ id: "9", name: "old" }],
    });
    const { findings, orphans } = await runPreflight(plan, "prod", "TOKEN", zone, { has: () => false });
    expect(findings.map(({ subject, state, fix = "" }) => `${subject}: ${state} ${fix}`)).toEqual([
      "Memory token: ok ",
      "server mx.example.com: bad press the button, or raise mailstead:generation by one and run `pulumi up`: a new server, with the same data volume",
      "Cloudflare token: ok ",
      "zone: ok ",
    ]);
    expect(orphans.map(describeOrphan)).toEqual(["server mx.example.com (7)", "firewall old (9)"]);
    const tokens = { cloud: "TOKEN", dns: "TOKEN" };
    const fixes = findFixes(orphans, { stack: "prod", plan, tokens, resources: [], recordIds: [] });
    await fixes[1]?.run();
    expect(world.removed).toEqual(["firewall 9"]);
  });

  test("it is adopted under the names of the plan, below its components", async () => {
    const things = {
      ...NOTHING,
      server: [{ id: "7", name: "mx.example.com", deployed: {} as never }],
      address: [address("mailstead-prod-ipv4", OURS)],
    };
    expect(await knownAddresses(memoryAccount(things), "prod")).toEqual({ serverIpv4: OURS });
    const found = foundIds(things, "prod", plan);
    expect(found).toEqual([
      { type: "memory:index:Address", name: "ipv4", id: "41" },
      { type: "memory:index:Server", name: "server", id: "7" },
    ]);
    const state = [{ urn: "urn:pulumi:prod::mailstead::test:memory:Host::host", type: "test:memory:Host" }];
    expect(placeUnderParents(found, state).resources).toEqual([
      { type: "memory:index:Server", name: "server", id: "7", parent: "host" },
    ]);
  });

  test("teardown tells what stays of it", () => {
    const server = { urn: "urn:pulumi:prod::mailstead::memory:index:Server::server", protect: true };
    const { stays, keptIds } = planTeardown([{ ...server, type: "memory:index:Server", id: "7" }]);
    expect(stays).toEqual([{ what: "server", names: ["server"] }]);
    expect([...keptIds]).toEqual(["memory:index:Server 7"]);
  });
});
