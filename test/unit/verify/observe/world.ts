/**
 * A small Internet on loopback: a resolver, a server of the root, `test` and `in-addr.arpa`, and two servers of the zones below them,
 * `example.test` and the reverse names of 192.0.2.0/24.
 */
import type { Answer as PacketRecord, DnskeyData } from "dns-packet";
import { expect } from "vitest";
import type { AuditCheck } from "../../../../verify/model/observation.ts";
import { createDnsClient, type DnsClient } from "../../../../verify/observe/lookUp/dnsClient.ts";
import type { AnswerSource } from "../../../../verify/model/answerSource.ts";
import { createNameServers } from "../../../../verify/observe/lookUp/nameServers.ts";
import { isWithin } from "../../../../stack/values/domainName.ts";
import { createRecursion, type Recursion } from "../../../../verify/observe/lookUp/resolvers.ts";
import { startFakeDns, type FakeDns, type Said, type Seen } from "../../../support/fakeDns.ts";

export const ADDRESS = {
  resolver: "127.0.0.2",
  parent: "127.0.0.3",
  one: "127.0.0.4",
  two: "127.0.0.5",
} as const;

/** What a test changes of it. */
export interface Scene {
  /** NS of `example.test` as `test` has it; empty: not delegated. */
  readonly delegated?: readonly string[];
  readonly ds?: readonly PacketRecord[];
  readonly keys?: readonly DnskeyData[];
  readonly serials?: readonly [number, number];
  /** In place of what the second server says. */
  readonly two?: (seen: Seen) => Said | undefined;
  /** Other data that the resolver knows, `NAME TYPE` → records; undefined: it says that there is no such name. */
  readonly known?: Readonly<Record<string, readonly PacketRecord[] | "silence" | undefined>>;
  /** Other data that the servers of the lower zones have, `NAME TYPE` → records. */
  readonly held?: Readonly<Record<string, readonly PacketRecord[]>>;
  /** The resolver fails `example.test` as long as it is to validate. */
  readonly bogus?: boolean;
}

/** Zones, the lower ones first, and the one of them that a name is in. */
const ZONES = ["example.test", "2.0.192.in-addr.arpa", "test", "in-addr.arpa", "."];
/** Those that the upper server holds. */
const HERE = ["test", "in-addr.arpa", "."];
function zoneOf(name: string): string {
  return ZONES.find((zone) => zone === "." || isWithin(name, zone)) ?? ".";
}

const BOTH = ["one.example.test", "two.example.test"];

export const ns = (name: string, data: string): PacketRecord => ({ type: "NS", name, ttl: 300, data });
const a = (name: string, data: string): PacketRecord => ({ type: "A", name, ttl: 300, data });

function soa(name: string, serial = 1): PacketRecord {
  return {
    type: "SOA",
    name,
    ttl: 300,
    data: { mname: "one.example.test", rname: "h.test", serial, minimum: 60 },
  };
}

function resolver(scene: Scene, { name, type, packet }: Seen): Said | undefined {
  if (scene.bogus === true && name === "example.test" && type === "SOA" && !packet.flag_cd)
    return { rcode: 2, recursion: true };
  const answers: NonNullable<Scene["known"]> = {
    ...Object.fromEntries(ZONES.map((zone) => [`${zone} SOA`, [soa(zone)]])),
    ". NS": [ns(".", "ns.test")],
    "test NS": [ns("test", "ns.test")],
    "in-addr.arpa NS": [ns("in-addr.arpa", "ns.test")],
    "ns.test A": [a("ns.test", ADDRESS.parent)],
    "one.example.test A": [a("one.example.test", ADDRESS.one)],
    "two.example.test A": [a("two.example.test", ADDRESS.two)],
    ...scene.known,
  };
  const found = answers[`${name} ${type}`];
  if (found === "silence") return undefined;
  return found === undefined
    ? { rcode: 3, recursion: true, authorities: [soa(zoneOf(name))] }
    : { recursion: true, authentic: (scene.ds ?? []).length > 0, answers: found };
}

function parent(scene: Scene, { name, type }: Seen): Said {
  const { delegated = BOTH, ds = [] } = scene;
  if (delegated.length === 0) return { rcode: 3, authoritative: true, authorities: [soa("test")] };
  if (type === "DS" && ds.length === 0) return { authoritative: true, authorities: [soa("test")] };
  if (type === "DS") return { authoritative: true, answers: ds };
  const zone = zoneOf(name);
  if (HERE.includes(zone)) {
    const own = type === "NS" && name === zone;
    return own
      ? { authoritative: true, answers: [ns(zone, "ns.test")] }
      : { rcode: 3, authoritative: true, authorities: [soa(zone)] };
  }
  return { authorities: delegated.map((server) => ns(zone, server)) };
}

function child(scene: Scene, index: 0 | 1, { name, type }: Seen): Said {
  const zone = zoneOf(name);
  const own: Readonly<Record<string, readonly PacketRecord[]>> = {
    [`${zone} NS`]: BOTH.map((server) => ns(zone, server)),
    [`${zone} SOA`]: [soa(zone, scene.serials?.[index] ?? 1)],
    [`${zone} DNSKEY`]: (scene.keys ?? []).map((data) => ({ type: "DNSKEY", name: zone, ttl: 300, data })),
    ...scene.held,
  };
  const answers = own[`${name} ${type}`] ?? [];
  return answers.length > 0
    ? { authoritative: true, answers }
    : { authoritative: true, authorities: [soa(zone)] };
}

export interface World {
  readonly client: DnsClient;
  readonly recursion: Recursion;
  readonly nameServers: AnswerSource;
  readonly servers: readonly FakeDns[];
  close(): Promise<void>;
}

export async function startWorld(scene: Scene = {}): Promise<World> {
  const scripts: readonly (readonly [string, (seen: Seen) => Said | undefined])[] = [
    [ADDRESS.resolver, (seen) => resolver(scene, seen)],
    [ADDRESS.parent, (seen) => parent(scene, seen)],
    [ADDRESS.one, (seen) => child(scene, 0, seen)],
    [ADDRESS.two, (seen) => (scene.two === undefined ? child(scene, 1, seen) : scene.two(seen))],
  ];
  const servers: FakeDns[] = [];
  // All on one port, as on the Internet.
  for (const [address, script] of scripts)
    servers.push(await startFakeDns(address, servers[0]?.port ?? 0, script));
  const client = createDnsClient({ port: servers[0]?.port ?? 0, timeoutMs: 2_000, attempts: 1 });
  const recursion = createRecursion(client, [ADDRESS.resolver]);
  return {
    client,
    recursion,
    nameServers: createNameServers(client, recursion),
    servers,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Every check of a test goes through here: one that is not in order says what to do about it. */
export function told<Checks extends readonly AuditCheck[]>(checks: Checks): Checks {
  for (const { check, state, fix = "" } of checks)
    expect(fix.length > 3, `${check} is ${state}: ${fix}`).toBe(state !== "ok");
  return checks;
}
