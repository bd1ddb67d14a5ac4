/**
 * Proves: the servers of a zone are found from a resolver alone, both columns report every server by itself, and
 * delegation, serials, DNSSEC and greeting are judged right, each fault with a fix, on a small Internet of loopback servers.
 * Cannot: prove that real signatures are judged right; a validating resolver is played.
 */
import type { Answer as PacketRecord, DnskeyData } from "dns-packet";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { judgeDelegation } from "../../../../verify/judge/around/delegation.ts";
import { judgeDnssec } from "../../../../verify/judge/around/dnssec.ts";
import { judgeGreeting } from "../../../../verify/judge/around/greeting.ts";
import { judgeSerials } from "../../../../verify/judge/around/serials.ts";
import { askDnssec } from "../../../../verify/observe/dnssec.ts";
import { readGreeting } from "../../../../verify/observe/greeting.ts";
import { readSerials } from "../../../../verify/observe/serials.ts";
import { computeDs, writeDs, matchesKey, computeKeyTag } from "../../../../verify/judge/around/dsDigest.ts";
import { askAuthoritative, askResolvers, type SetName } from "../../../../verify/observe/lookUp/columns.ts";
import { findServers } from "../../../../verify/observe/lookUp/findServers.ts";
import { createRecursion } from "../../../../verify/observe/lookUp/resolvers.ts";
import type { AuditCheck } from "../../../../verify/model/observation.ts";
import { ADDRESS, ns, startWorld, told, type Scene, type World } from "./world.ts";

const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

async function start(scene: Scene = {}): Promise<World> {
  const world = await startWorld(scene);
  worlds.push(world);
  return world;
}

const ZONE = "example.test";
const NAMES = ["one.example.test", "two.example.test"];
const KEY: DnskeyData = { flags: 257, algorithm: 13, key: Buffer.from("key of the zone") };
const OTHER: DnskeyData = { flags: 257, algorithm: 13, key: Buffer.from("key of another") };

function ds(key: DnskeyData): PacketRecord {
  const data = computeDs(ZONE, key);
  if (data === undefined) throw new Error("no DS");
  return { type: "DS", name: ZONE, ttl: 300, data };
}

test("servers come from the zone above, with their addresses and own NS sets", async () => {
  const { client, recursion } = await start();
  const found = await findServers(client, recursion, ZONE);
  expect(found).toMatchObject({ zone: ZONE, parent: "test", delegation: { state: "answer", values: NAMES } });
  expect(found.servers.map(({ name, address }) => [name, address])).toEqual([
    [NAMES[0], ADDRESS.one],
    [NAMES[1], ADDRESS.two],
  ]);
  expect(found.parentServers).toEqual([{ name: "ns.test", address: ADDRESS.parent }]);
});

test("a server that only the zone itself names is found too", async () => {
  const { client, recursion } = await start({ delegated: ["one.example.test"] });
  const found = await findServers(client, recursion, ZONE);
  expect(found.servers.map(({ name }) => name)).toEqual(NAMES);
});

test("each server answers for itself, and one that is silent is given up after the first six", async () => {
  const { client, recursion, servers } = await start({
    two: ({ type }) =>
      type === "NS" ? { authoritative: true, answers: [ns(ZONE, "one.example.test")] } : undefined,
  });
  const found = await findServers(client, recursion, ZONE);
  const sets = Array.from({ length: 20 }, (_, index) => ({ name: `n${String(index)}.${ZONE}`, type: "A" }));
  const column = await askAuthoritative(client, ZONE, sets, found.servers);
  expect(column).toHaveLength(20);
  for (const { observations } of column) {
    expect(observations.map(({ server, answer }) => [server, answer.state])).toEqual([
      [`one.example.test (${ADDRESS.one})`, "empty"],
      [`two.example.test (${ADDRESS.two})`, "timeout"],
    ]);
  }
  expect(servers[3]?.seen.filter(({ type }) => type === "A").length).toBe(6);
  const [asked] = await askResolvers(client, [{ name: ZONE, type: "SOA" }], [ADDRESS.resolver]);
  expect(asked?.observations).toMatchObject([{ server: ADDRESS.resolver, answer: { state: "answer" } }]);
});

async function delegation(scene: Scene, wanted = NAMES): Promise<AuditCheck[]> {
  const { client, recursion } = await start(scene);
  return told(judgeDelegation(await findServers(client, recursion, ZONE), wanted));
}

describe("delegation", () => {
  test("in order", async () => {
    expect(await delegation({})).toMatchObject([{ check: "delegation", state: "ok" }]);
  });
  test("not delegated, and the provider's servers known or not", async () => {
    const bad = { state: "bad", severity: "critical" };
    expect(await delegation({ delegated: [] })).toMatchObject([
      { ...bad, fix: expect.stringContaining(NAMES.join(", ")) as string },
    ]);
    expect(await delegation({ delegated: [] }, [])).toMatchObject([bad]);
  });
  test("to servers of somebody else", async () => {
    const [check] = await delegation({}, ["ns1.provider.test"]);
    expect(check).toMatchObject({ state: "bad", severity: "critical" });
    expect(check?.fix).toContain("ns1.provider.test");
  });
  test.each([
    ["refuses", { rcode: 5 }],
    ["fails", { rcode: 2 }],
    ["refers upwards", { authorities: [ns(".", "ns.test")] }],
  ])("a lame server that %s is named", async (_, said) => {
    const checks = await delegation({ two: () => said });
    expect(checks[1]).toMatchObject({ subject: `two.example.test (${ADDRESS.two})`, state: "bad" });
    expect(checks).toHaveLength(2);
  });
  test("a silent server is unknown, one with another NS set is bad", async () => {
    expect((await delegation({ two: () => undefined }))[1]).toMatchObject({ state: "unknown" });
    const other = { authoritative: true, answers: [ns(ZONE, "one.example.test")] };
    expect((await delegation({ two: () => other }))[1]).toMatchObject({ state: "bad", severity: "warning" });
  });
  test("a name server without an address is named", async () => {
    const checks = await delegation({ delegated: [...NAMES, "three.example.test"] }, []);
    expect(checks.find(({ subject }) => subject === "three.example.test")).toMatchObject({ state: "bad" });
  });
});

test.each<[AuditCheck["state"], readonly [number, number]]>([
  ["ok", [7, 7]],
  ["propagating", [7, 8]],
])("serials: %s", async (state, serials) => {
  const { client, recursion } = await start({ serials });
  const found = await findServers(client, recursion, ZONE);
  expect(told([judgeSerials(ZONE, await readSerials(client, found))])).toMatchObject([{ state }]);
});

test("of a zone whose servers nobody can name all is unknown, and each line says how to look", async () => {
  const { client } = await start();
  const silent = createRecursion(client, ["127.0.0.9"]);
  const found = await findServers(client, silent, ZONE);
  const checks = [
    ...judgeDelegation(found, []),
    judgeSerials(ZONE, await readSerials(client, found)),
    judgeDnssec(ZONE, await askDnssec(client, found, ["127.0.0.9"])),
  ];
  expect(told(checks).map(({ check, state, fix }) => [check, state, fix])).toEqual([
    ["delegation", "unknown", `dig ${ZONE}. NS +trace`],
    ["serials", "unknown", `dig ${ZONE}. SOA +trace`],
    ["dnssec", "unknown", `dig ${ZONE}. DS +trace`],
  ]);
});

async function dnssec(scene: Scene, sets: readonly SetName[] = []): Promise<AuditCheck | undefined> {
  const { client, recursion } = await start(scene);
  const found = await findServers(client, recursion, ZONE);
  return told([judgeDnssec(ZONE, await askDnssec(client, found, [ADDRESS.resolver]), sets)])[0];
}

describe("DNSSEC", () => {
  test("not signed", async () => {
    expect(await dnssec({})).toMatchObject({ state: "ok", seen: "not signed, and no DS" });
  });
  test("not signed, and so of no use to a TLSA that is declared", async () => {
    const sets = [
      { name: `_443._tcp.${ZONE}`, type: "TLSA" },
      { name: ZONE, type: "A" },
    ];
    const check = await dnssec({}, sets);
    expect(check).toMatchObject({ state: "bad", severity: "warning" });
    expect(check?.seen).toBe(`not signed, and no DS: nobody heeds the TLSA of _443._tcp.${ZONE}`);
    expect(await dnssec({ keys: [KEY], ds: [ds(KEY)] }, sets)).toMatchObject({ state: "ok" });
    expect(await dnssec({}, sets.slice(1))).toMatchObject({ state: "ok" });
  });
  test("pending: signed, and the DS to enter is printed", async () => {
    const check = await dnssec({ keys: [KEY] });
    const data = computeDs(ZONE, KEY);
    expect(check).toMatchObject({ state: "propagating" });
    expect(check?.fix).toContain(data === undefined ? "?" : writeDs(data));
  });
  test("in order, and who validated it", async () => {
    const check = await dnssec({ keys: [KEY], ds: [ds(KEY)] });
    expect(check).toMatchObject({ state: "ok" });
    expect(check?.seen).toContain(ADDRESS.resolver);
  });
  test("broken: a DS for a key that is not there, or for no key at all", async () => {
    for (const keys of [[OTHER], []])
      expect(await dnssec({ keys, ds: [ds(KEY)] })).toMatchObject({ state: "bad", severity: "critical" });
  });
  test("broken: a resolver fails it until told not to validate", async () => {
    const check = await dnssec({ keys: [KEY], ds: [ds(KEY)], bogus: true });
    expect(check).toMatchObject({ state: "bad", severity: "critical" });
    expect(check?.seen).toContain("SERVFAIL");
  });
});

test("key tag and digests are those of the RFCs' example (RFC 4034 5.4, RFC 4509 2.3)", () => {
  const key: DnskeyData = {
    flags: 256,
    algorithm: 5,
    key: Buffer.from(
      "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
      "base64",
    ),
  };
  expect(computeKeyTag(key)).toBe(60485);
  const texts = [1, 2]
    .map((type) => computeDs("dskey.example.com", key, type))
    .map((data) => data && writeDs(data));
  expect(texts).toEqual([
    "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
  ]);
  const unknown = { keyTag: 60485, algorithm: 5, digestType: 3, digest: Buffer.alloc(32) };
  expect(matchesKey("dskey.example.com", unknown, key)).toBeUndefined();
});

test.each<[AuditCheck["state"], string | undefined]>([
  ["ok", "220 mx.example.test ESMTP ready\r\n"],
  ["bad", "220 localhost ESMTP\r\n"],
  ["bad", "554 no\r\n"],
  ["unknown", undefined],
])("greeting: %s for %j", async (state, line) => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (line !== undefined) socket.write(line);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const said = await readGreeting("127.0.0.1", { port, timeoutMs: 200 });
  const check = judgeGreeting("127.0.0.1", said, ["mx.example.test"]);
  expect(told([check])).toMatchObject([{ state }]);
  await new Promise((resolve) => server.close(resolve));
});
