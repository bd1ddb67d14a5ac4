/**
 * Proves: reverse names, greeting names and return path are judged right by what a resolver says; what only its memory has
 * wrong is on its way, with the wait; and each fault comes with a fix.
 * Cannot: prove how long real resolvers remember; they may keep less than they were told.
 */
import type { Answer as PacketRecord } from "dns-packet";
import { afterEach, describe, expect, test } from "vitest";
import { judgeServerNames, writeReverseName } from "../../../../verify/judge/around/serverNames.ts";
import { createRecursion } from "../../../../verify/observe/lookUp/resolvers.ts";
import { createNameServers } from "../../../../verify/observe/lookUp/nameServers.ts";
import type { AuditCheck } from "../../../../verify/model/observation.ts";
import { startWorld, told, type Scene, type World } from "./world.ts";

let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function start(scene: Scene = {}): Promise<World> {
  await world?.close();
  return (world = await startWorld(scene));
}

describe("names of the server", () => {
  const V4 = "192.0.2.10";
  const V6 = "2001:db8::10";
  const ptr = (address: string, data: string): readonly PacketRecord[] => [
    { type: "PTR", name: writeReverseName(address), ttl: 300, data },
  ];
  const good: Readonly<Record<string, readonly PacketRecord[]>> = {
    [`${writeReverseName(V4)} PTR`]: ptr(V4, "mx.example.test"),
    [`${writeReverseName(V6)} PTR`]: ptr(V6, "mx.example.test"),
    "mx.example.test A": [{ type: "A", name: "mx.example.test", ttl: 300, data: V4 }],
    "mx.example.test AAAA": [{ type: "AAAA", name: "mx.example.test", ttl: 300, data: V6 }],
    "smtp.example.test A": [{ type: "CNAME", name: "smtp.example.test", ttl: 300, data: "mx.example.test" }],
    "smtp.example.test AAAA": [
      { type: "CNAME", name: "smtp.example.test", ttl: 300, data: "mx.example.test" },
    ],
    "fe-bounces.example.test CNAME": [
      { type: "CNAME", name: "fe-bounces.example.test", ttl: 300, data: "example.test" },
    ],
  };
  /** What the resolver has in place of what is good, and what the name servers hold. */
  async function look(changed: Scene["known"] = {}, held: Scene["held"] = {}): Promise<AuditCheck[]> {
    const { recursion, nameServers } = await start({ known: { ...good, ...changed }, held });
    const checks = await judgeServerNames(
      { resolvers: recursion, nameServers },
      {
        addresses: { ipv4: V4, ipv6: V6 },
        ptr: "mx.example.test",
        helo: ["mx.example.test", "smtp.example.test"],
        bounces: { name: "fe-bounces.example.test", target: "example.test" },
      },
    );
    return told(checks);
  }
  async function states(changed: Scene["known"] = {}): Promise<Record<string, string>> {
    const checks = await look(changed);
    return Object.fromEntries(checks.map(({ check, subject, state }) => [`${check} ${subject}`, state]));
  }
  /** What is not in order, with nothing at the resolver in place of what is good. */
  async function faulty(absent: readonly string[], held: Scene["held"]): Promise<AuditCheck[]> {
    const checks = await look(Object.fromEntries(absent.map((key) => [key, undefined])), held);
    return checks.filter(({ state }) => state !== "ok");
  }
  const fine = {
    [`reverse-v4 ${V4}`]: "ok",
    [`reverse-v6 ${V6}`]: "ok",
    "helo mx.example.test": "ok",
    "helo smtp.example.test": "ok",
    "bounces fe-bounces.example.test": "ok",
  };
  test("in order", async () => {
    expect(await states()).toEqual(fine);
  });
  test("a reset reverse name", async () => {
    const reset = { [`${writeReverseName(V4)} PTR`]: ptr(V4, "static.10.2.0.192.vendor.test") };
    expect(await states(reset)).toEqual({ ...fine, [`reverse-v4 ${V4}`]: "bad" });
  });
  test("a reverse name that does not lead back", async () => {
    const stolen: readonly PacketRecord[] = [
      { type: "AAAA", name: "mx.example.test", ttl: 300, data: "2001:db8::66" },
    ];
    expect(await states({ "mx.example.test AAAA": stolen })).toEqual({
      ...fine,
      [`reverse-v6 ${V6}`]: "bad",
      "helo mx.example.test": "bad",
      "helo smtp.example.test": "bad",
    });
  });
  test("a reverse name behind an alias, as small blocks have it", async () => {
    const place = "10.0-15.2.0.192.in-addr.arpa";
    const alias: PacketRecord = { type: "CNAME", name: writeReverseName(V4), ttl: 300, data: place };
    const target: PacketRecord = { type: "PTR", name: place, ttl: 300, data: "mx.example.test" };
    expect(await states({ [`${writeReverseName(V4)} PTR`]: [alias], [`${place} PTR`]: [target] })).toEqual(
      fine,
    );
  });
  describe("what only a resolver remembers is on its way", () => {
    test("an absent reverse name, with how long the absence is kept", async () => {
      const key = `${writeReverseName(V4)} PTR`;
      const held = { [key]: good[key] ?? [], "mx.example.test A": good["mx.example.test A"] ?? [] };
      expect(await faulty([key], held)).toEqual([
        {
          ...{ check: "reverse-v4", subject: V4, state: "propagating", severity: "warning" },
          seen: expect.stringContaining("caches keep the old answer for 60 seconds at most") as string,
          fix: "sleep 60 && ./mailstead audit",
        },
      ]);
    });
    test("another reverse name, with what is left of its TTL", async () => {
      const key = `${writeReverseName(V4)} PTR`;
      const held = { [key]: good[key] ?? [], "mx.example.test A": good["mx.example.test A"] ?? [] };
      const old: PacketRecord = {
        type: "PTR",
        name: writeReverseName(V4),
        ttl: 177,
        data: "static.vendor.test",
      };
      const checks = await look({ [key]: [old] }, held);
      expect(checks.filter(({ state }) => state !== "ok")).toMatchObject([
        { check: "reverse-v4", state: "propagating", fix: "sleep 177 && ./mailstead audit" },
      ]);
    });
    test("a greeting's address, and the return path", async () => {
      const keys = ["mx.example.test AAAA", "fe-bounces.example.test CNAME"];
      const held = Object.fromEntries(Object.entries(good).filter(([key]) => !key.includes("arpa")));
      const found = await faulty(keys, held);
      // Nobody holds the reverse zone of this IPv6 address, so nobody can tell that its fault is a memory alone.
      expect(found.map(({ check, subject, state }) => `${check} ${subject}: ${state}`)).toEqual([
        `reverse-v6 ${V6}: bad`,
        "helo mx.example.test: propagating",
        "helo smtp.example.test: propagating",
        "bounces fe-bounces.example.test: propagating",
      ]);
      // The alias before the address is right everywhere: its own TTL, which is longer, is no wait.
      expect(new Set(found.slice(1).map(({ fix }) => fix))).toEqual(
        new Set(["sleep 60 && ./mailstead audit"]),
      );
    });
    test("not where the name servers are wrong too; what nobody answers for could not be told", async () => {
      const key = `${writeReverseName(V4)} PTR`;
      expect(await faulty([key], {})).toMatchObject([
        { state: "bad", fix: expect.stringContaining("up") as string },
      ]);
      const servers = { "one.example.test A": [], "two.example.test A": [] };
      expect(
        (await look({ [key]: [], ...servers }, good)).find(({ check }) => check === "reverse-v4"),
      ).toMatchObject({
        state: "unknown",
        seen: `resolvers know no PTR of ${writeReverseName(V4)}, and no name server of it could be asked`,
      });
    });
  });
  test("no answer is unknown, and the line asks again", async () => {
    const { client } = await start();
    const silent = createRecursion(client, ["127.0.0.9"]);
    const sources = { resolvers: silent, nameServers: createNameServers(client, silent) };
    const bounces = { name: "fe-bounces.example.test", target: "example.test" };
    const names = { addresses: { ipv4: V4 }, ptr: "mx.example.test", helo: ["mx.example.test"], bounces };
    const checks = told(await judgeServerNames(sources, names));
    expect(checks.map(({ state, fix }) => [state, fix])).toEqual([
      ["unknown", `dig @127.0.0.9 ${writeReverseName(V4)}. PTR`],
      ["unknown", "dig @127.0.0.9 mx.example.test. A"],
      ["unknown", "dig @127.0.0.9 fe-bounces.example.test. CNAME"],
    ]);
  });
  test("a return path that is no alias", async () => {
    const flat: readonly PacketRecord[] = [
      { type: "CNAME", name: "fe-bounces.example.test", data: "cdn.test" },
    ];
    expect(await states({ "fe-bounces.example.test CNAME": flat })).toEqual({
      ...fine,
      "bounces fe-bounces.example.test": "bad",
    });
  });
});
