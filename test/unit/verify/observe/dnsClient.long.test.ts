/**
 * Proves: the DNS client tells every kind of answer apart, against a real server on loopback; takes TCP when UDP was cut
 * off, asks again once, and believes nobody but the asked server.
 * Cannot: prove how real servers behave; test/sandbox does with two of them.
 */
import type { Answer as PacketRecord } from "dns-packet";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import type { Answer } from "../../../../verify/model/observation.ts";
import { createDnsClient } from "../../../../verify/observe/lookUp/dnsClient.ts";
import { readAnswer, type Asked } from "../../../../verify/observe/lookUp/readAnswer.ts";
import { startFakeDns, type FakeDns, type Said, type Script } from "../../../support/fakeDns.ts";

const servers: FakeDns[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(script: Script, address = "127.0.0.1"): Promise<FakeDns> {
  const server = await startFakeDns(address, 0, script);
  servers.push(server);
  return server;
}

const AUTHORITY: Asked = { role: "authority", zone: "example.com" };
const RESOLVER: Asked = { role: "resolver" };
const SOA: PacketRecord = {
  type: "SOA",
  name: "example.com",
  ttl: 900,
  data: { mname: "ns1.example.net", rname: "h.example.net", serial: 7, minimum: 300 },
};

async function ask(server: FakeDns, name: string, type: string, asked: Asked = AUTHORITY): Promise<Answer> {
  const client = createDnsClient({ port: server.port, timeoutMs: 1_000 });
  const question = { name, type, recurse: asked.role === "resolver" };
  return readAnswer(await client.ask(server.address, question), asked, name, type);
}

async function answerTo(
  said: Said,
  name = "www.example.com",
  type = "A",
  asked: Asked = AUTHORITY,
): Promise<Answer> {
  return ask(await serve(() => said), name, type, asked);
}

const a = (name: string, data: string, ttl = 300): PacketRecord => ({ type: "A", name, ttl, data });
const cname = (name: string, data: string): PacketRecord => ({ type: "CNAME", name, ttl: 60, data });
const ns = (name: string, data: string): PacketRecord => ({ type: "NS", name, ttl: 3600, data });

test("a set comes sorted, each value once, with its TTL", async () => {
  const answers = [
    a("WWW.example.com", "192.0.2.2", 200),
    a("www.example.com", "192.0.2.1", 200),
    a("www.example.com", "192.0.2.2", 200),
  ];
  expect(await answerTo({ authoritative: true, answers })).toEqual({
    state: "answer",
    values: ["192.0.2.1", "192.0.2.2"],
    ttlSeconds: 200,
  });
});

test.each<[string, PacketRecord, string]>([
  ["AAAA", { type: "AAAA", name: "x.example.com", data: "2001:DB8:0:0:0:0:0:1" }, "2001:db8::1"],
  [
    "MX",
    { type: "MX", name: "x.example.com", data: { preference: 0, exchange: "MX.Example.com" } },
    "0 mx.example.com",
  ],
  ["MX", { type: "MX", name: "x.example.com", data: { preference: 0, exchange: "." } }, "0 ."],
  ["TXT", { type: "TXT", name: "x.example.com", data: ["v=spf1 ", 'a "-all"'] }, 'v=spf1 a "-all"'],
  [
    "SRV",
    {
      type: "SRV",
      name: "x.example.com",
      data: { priority: 0, weight: 1, port: 993, target: "Imap.example.com" },
    },
    "0 1 993 imap.example.com",
  ],
  [
    "CAA",
    { type: "CAA", name: "x.example.com", data: { flags: 0, tag: "issue", value: "letsencrypt.org" } },
    "0 issue letsencrypt.org",
  ],
  [
    "TLSA",
    {
      type: "TLSA",
      name: "x.example.com",
      data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from("abcd", "hex") },
    },
    "3 1 1 abcd",
  ],
])("%s is canonical", async (type, record, value) => {
  const answer = await answerTo({ authoritative: true, answers: [record] }, "x.example.com", type);
  expect(answer).toMatchObject({ state: "answer", values: [value] });
});

test("a type without a name of its own is asked and shown by number", async () => {
  const server = await serve(() => ({
    authoritative: true,
    answers: [
      { type: "UNKNOWN_65", name: "example.com", data: Buffer.from([0, 1, 0]) } as unknown as PacketRecord,
    ],
  }));
  expect(await ask(server, "example.com", "HTTPS")).toMatchObject({ values: ["\\# 3 000100"] });
  expect(server.seen[0]?.type).toBe("UNKNOWN_65");
});

test("a name that is not there, and one without the type, with how long that is remembered", async () => {
  const negative = { authoritative: true, authorities: [SOA] };
  expect(await answerTo({ ...negative, rcode: 3 })).toEqual({ state: "nxdomain", negativeTtlSeconds: 300 });
  expect(await answerTo(negative)).toEqual({ state: "empty", negativeTtlSeconds: 300 });
  const late = { ...SOA, ttl: 17 } as PacketRecord;
  expect(await answerTo({ rcode: 3, recursion: true, authorities: [late] }, "x", "A", RESOLVER)).toEqual({
    state: "nxdomain",
    negativeTtlSeconds: 17,
  });
});

test("failure, refusal and silence are three things", async () => {
  expect(await answerTo({ rcode: 2 })).toEqual({ state: "servfail" });
  expect(await answerTo({ rcode: 5 })).toEqual({ state: "refused" });
  expect(await ask(await serve(() => undefined), "example.com", "A")).toEqual({ state: "timeout" });
  const closed = await serve(() => undefined);
  await closed.close();
  servers.splice(servers.indexOf(closed), 1);
  expect(await ask(closed, "example.com", "A")).toEqual({ state: "timeout" });
});

test.each<[string, Said]>([
  ["no authority", { answers: [a("www.example.com", "192.0.2.1")] }],
  ["a referral to the root", { authorities: [ns(".", "a.root-servers.net")] }],
  ["a referral to the zone itself", { authorities: [ns("example.com", "ns1.example.net")] }],
  ["authority over the zone above alone", { authoritative: true, authorities: [{ ...SOA, name: "com" }] }],
  ["nothing at all", {}],
  ["rcode NOTAUTH", { rcode: 9 }],
])("lame: %s", async (_, said) => {
  expect(await answerTo(said)).toEqual({ state: "lame" });
});

test("one who does not resolve is no resolver", async () => {
  expect(await answerTo({ authorities: [ns(".", "a.root-servers.net")] }, "x", "A", RESOLVER)).toEqual({
    state: "lame",
  });
});

test("an alias is shown as alias, and its own type gives its target", async () => {
  const answers = [cname("www.example.com", "Other.example.net"), a("other.example.net", "192.0.2.9")];
  const said = { authoritative: true, recursion: true, answers };
  const alias = { state: "answer", values: ["CNAME other.example.net"], ttlSeconds: 60 };
  for (const asked of [AUTHORITY, RESOLVER])
    expect(await answerTo(said, "www.example.com", "A", asked)).toEqual(alias);
  expect(await answerTo(said, "www.example.com", "CNAME")).toMatchObject({ values: ["other.example.net"] });
  // The alias leads nowhere: the name has data all the same.
  expect(await answerTo({ authoritative: true, rcode: 3, answers: [answers[0] as PacketRecord] })).toEqual(
    alias,
  );
});

test("behind a zone cut the server names the servers below, which for NS are the set itself", async () => {
  const said = { authorities: [ns("sub.example.com", "ns1.example.org")] };
  expect(await answerTo(said, "sub.example.com", "NS")).toMatchObject({ values: ["ns1.example.org"] });
  expect(await answerTo(said, "a.sub.example.com", "TXT")).toMatchObject({ values: ["NS ns1.example.org"] });
});

test("what does not fit is asked again over TCP", async () => {
  const long = "x".repeat(255);
  const server = await serve(({ over }) => ({
    authoritative: true,
    truncated: over === "udp",
    answers: over === "udp" ? [] : [{ type: "TXT", name: "example.com", data: Array(8).fill(long) }],
  }));
  const answer = await ask(server, "example.com", "TXT");
  expect(answer).toMatchObject({ state: "answer", values: [long.repeat(8)] });
  expect(server.seen.map(({ over }) => over)).toEqual(["udp", "tcp"]);
});

test("asks with EDNS of 1,232 bytes, and without where a server does not know it", async () => {
  const server = await serve(({ packet }) =>
    (packet.additionals ?? []).length > 0
      ? { rcode: 1 }
      : { authoritative: true, answers: [a("example.com", "192.0.2.1")] },
  );
  expect(await ask(server, "example.com", "A")).toMatchObject({ values: ["192.0.2.1"] });
  expect(server.seen[0]?.packet.additionals?.[0]).toMatchObject({ type: "OPT", udpPayloadSize: 1232 });
});

test("a lost datagram costs one more attempt, not the answer", async () => {
  let lost = 0;
  const server = await serve(() =>
    (lost += 1) === 1 ? undefined : { authoritative: true, answers: [a("example.com", "192.0.2.1")] },
  );
  expect(await ask(server, "example.com", "A")).toMatchObject({ state: "answer" });
  expect(server.seen).toHaveLength(2);
  expect(server.seen[0]?.packet.id).not.toBe(server.seen[1]?.packet.id);
});

test("datagrams with another id, another question or no sense are not the reply", async () => {
  const server = await serve(() => ({
    raw: (query) => {
      const reply = Buffer.from(query);
      reply.writeUInt8(0x84, 2);
      const otherId = Buffer.from(reply);
      otherId.writeUInt16BE((query.readUInt16BE(0) + 1) % 0x1_0000, 0);
      const otherName = Buffer.from(reply);
      otherName.write("y", 13);
      return [Buffer.from("?"), query, otherId, otherName];
    },
  }));
  expect(await ask(server, "x.example.com", "A")).toEqual({ state: "timeout" });
});

test("a reply from another address is not the asked server's", async () => {
  // Bound to all addresses, it answers from 127.0.0.1 what was asked of 127.0.0.9.
  const server = await startFakeDns("0.0.0.0", 0, () => ({
    authoritative: true,
    answers: [a("example.com", "192.0.2.1")],
  }));
  servers.push(server);
  const client = createDnsClient({ port: server.port, timeoutMs: 150, attempts: 1 });
  const question = { name: "example.com", type: "A", recurse: false };
  const states = await Promise.all(
    ["127.0.0.1", "127.0.0.9"].map(async (address) => (await client.ask(address, question)).state),
  );
  expect(states).toEqual(["reply", "silent"]);
  expect(server.seen).toHaveLength(2);
});

test("bytes that are no message are a failure of the server", async () => {
  const server = await serve(() => ({
    raw: (query) => {
      const reply = Buffer.from(query);
      reply.writeUInt8(0x84, 2);
      reply.writeUInt16BE(5, 6);
      return [reply];
    },
  }));
  expect(await ask(server, "example.com", "A")).toEqual({ state: "servfail" });
});

test("all questions end with the whole limit", async () => {
  const server = await serve(() => undefined);
  const client = createDnsClient({ port: server.port, timeoutMs: 10_000, limitMs: 200, concurrency: 2 });
  const started = performance.now();
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, () =>
      client.ask(server.address, { name: "example.com", type: "A", recurse: false }),
    ),
  );
  expect(outcomes.every(({ state }) => state === "silent")).toBe(true);
  expect(client.expired()).toBe(true);
  expect(performance.now() - started).toBeLessThan(2_000);
});

const loopback6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === "::1");

test.skipIf(!loopback6)("asks over IPv6", async () => {
  const server = await serve(
    () => ({ authoritative: true, answers: [a("example.com", "192.0.2.1")] }),
    "::1",
  );
  expect(await ask(server, "example.com", "A")).toMatchObject({ state: "answer" });
});

test("an address that this machine has no way to says nothing of the server", async () => {
  const client = createDnsClient({ timeoutMs: 150, attempts: 1 });
  const outcome = await client.ask("255.255.255.255", { name: "example.com", type: "A", recurse: false });
  expect(outcome).toEqual({ state: "no-route" });
});

test("a name that fits in no message is an error of ours", async () => {
  const client = createDnsClient();
  const name = `${"x".repeat(64)}.example.com`;
  await expect(client.ask("127.0.0.1", { name, type: "A", recurse: false })).rejects.toThrow(RangeError);
});
