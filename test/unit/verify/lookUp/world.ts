/** A small Internet on loopback: a resolver, the servers of `test`, and two servers of `example.test`. */
import type { Answer as PacketRecord, DnskeyData } from "dns-packet";
import { createDnsClient, type DnsClient } from "../../../../verify/dns/lookUp/dnsClient.ts";
import { createRecursion, type Recursion } from "../../../../verify/dns/lookUp/resolvers.ts";
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
  /** Other data that the resolver knows, `NAME TYPE` → records. */
  readonly known?: Readonly<Record<string, readonly PacketRecord[]>>;
  /** The resolver fails `example.test` as long as it is to validate. */
  readonly bogus?: boolean;
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

function resolver(scene: Scene, { name, type, packet }: Seen): Said {
  if (scene.bogus === true && name === "example.test" && type === "SOA" && !packet.flag_cd)
    return { rcode: 2, recursion: true };
  const answers: Readonly<Record<string, readonly PacketRecord[]>> = {
    "test SOA": [soa("test")],
    "test NS": [ns("test", "ns.test")],
    "ns.test A": [a("ns.test", ADDRESS.parent)],
    "one.example.test A": [a("one.example.test", ADDRESS.one)],
    "two.example.test A": [a("two.example.test", ADDRESS.two)],
    "example.test SOA": [soa("example.test")],
    ...scene.known,
  };
  const found = answers[`${name} ${type}`];
  return found === undefined
    ? { rcode: 3, recursion: true, authorities: [soa("test")] }
    : { recursion: true, authentic: (scene.ds ?? []).length > 0, answers: found };
}

function parent(scene: Scene, { type }: Seen): Said {
  const { delegated = BOTH, ds = [] } = scene;
  if (delegated.length === 0) return { rcode: 3, authoritative: true, authorities: [soa("test")] };
  if (type === "DS" && ds.length === 0) return { authoritative: true, authorities: [soa("test")] };
  if (type === "DS") return { authoritative: true, answers: ds };
  return { authorities: delegated.map((name) => ns("example.test", name)) };
}

function child(scene: Scene, index: 0 | 1, { name, type }: Seen): Said {
  const own: Readonly<Record<string, readonly PacketRecord[]>> = {
    NS: BOTH.map((server) => ns("example.test", server)),
    SOA: [soa("example.test", scene.serials?.[index] ?? 1)],
    DNSKEY: (scene.keys ?? []).map((data) => ({ type: "DNSKEY", name: "example.test", ttl: 300, data })),
  };
  const answers = name === "example.test" ? (own[type] ?? []) : [];
  return answers.length > 0
    ? { authoritative: true, answers }
    : { authoritative: true, authorities: [soa("example.test")] };
}

export interface World {
  readonly client: DnsClient;
  readonly recursion: Recursion;
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
  const client = createDnsClient({ port: servers[0]?.port ?? 0, timeoutMs: 150, attempts: 1 });
  return {
    client,
    recursion: createRecursion(client, [ADDRESS.resolver]),
    servers,
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
