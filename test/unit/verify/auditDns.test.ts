/**
 * Proves: one audit asks provider, name servers and resolver of a small Internet on loopback, and puts columns and checks
 * together: what servers do not have yet is on its way (3); a vendor that refuses is told and the rest goes on (1); only
 * the columns that were named are asked.
 * What rules about records leave to the audit is told there.
 * Cannot prove: anything about real servers; the sandbox asks those.
 */
import { afterEach, expect, test } from "vitest";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import { RULES } from "../../../stack/dns/rules/rules.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import { planMailServer } from "../../../stack/planMailServer.ts";
import { writeReverseName } from "../../../verify/judge/around/serverNames.ts";
import { listDesiredSets } from "../../../verify/judge/sets/desiredSets.ts";
import { auditExitCode } from "../../../verify/judge/exitCode.ts";
import { inspectDns, type InspectInput } from "../../../verify/auditDns.ts";
import { VendorError } from "../../../verify/vendors/http.ts";
import type { ZoneReader } from "../../../verify/vendors/zoneReader.ts";
import { rawWith } from "../stack/support/validRaw.ts";
import { ADDRESS, startWorld, told, type Scene, type World } from "./observe/world.ts";

const VALUES: Readonly<Record<string, string>> = {
  serverIpv4: "127.0.0.10",
  serverIpv6: "::1",
  dkimPublicKey: "M".repeat(392),
};
const slotValue = (name: string): string | undefined => VALUES[name];

const { config } = parseConfig(rawWith({ domain: "example.test" }));
if (config === undefined) throw new Error("no configuration");
const { plan } = planMailServer(config);
const LISTED: readonly ProviderRecord[] = listDesiredSets(plan.records, slotValue).flatMap(
  ({ values, ...set }) => values.map((value) => ({ ...set, value, importId: "1" })),
);

/** The reverse name of IPv6, there and back. */
const SOUND: Scene = {
  known: {
    [`${writeReverseName("::1")} PTR`]: [
      { type: "PTR", name: writeReverseName("::1"), ttl: 300, data: "mx.example.test" },
    ],
    "mx.example.test AAAA": [{ type: "AAAA", name: "mx.example.test", ttl: 300, data: "::1" }],
  },
};

let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

function reader(records: () => readonly ProviderRecord[]): ZoneReader {
  const nameServers = ["one.example.test", "two.example.test"];
  return {
    provider: "cloudflare",
    zone: () => Promise.resolve({ id: "1", nameServers }),
    records: () => Promise.resolve().then(records),
  };
}

async function inspect(more: Partial<InspectInput>, scene: Scene = {}) {
  if (config === undefined) throw new Error("no configuration");
  await world?.close();
  world = await startWorld(scene);
  const port = world.servers[0]?.port ?? 0;
  // Beside the lives of the sandbox even a server of this process may take its time.
  const client = { port, timeoutMs: 5_000, attempts: 1 };
  const columns = ["api", "authoritative", "resolvers"] as const;
  return inspectDns({ config, plan, columns, slotValue, resolvers: [ADDRESS.resolver], client, ...more });
}

function verdicts({ rows }: Awaited<ReturnType<typeof inspect>>): string[] {
  return [...new Set(rows.map(({ verdict }) => verdict))];
}

test("what the provider has and no server answers yet is on its way; the world round the zone is looked at", async () => {
  const audit = await inspect({ reader: reader(() => LISTED) });
  expect(audit.columns).toEqual(["api", "authoritative", "resolvers"]);
  expect(verdicts(audit)).toEqual(["propagating"]);
  const [row] = audit.rows;
  expect(row?.authoritative?.map(({ answer }) => answer.state)).toEqual(["empty", "empty"]);
  expect(row?.resolvers?.map(({ answer }) => answer.state)).toEqual(["nxdomain"]);
  const checks = audit.checks.map(({ check, state }) => `${check} ${state}`);
  expect(checks).toEqual(
    expect.arrayContaining(["delegation ok", "serials ok", "dnssec ok", "reverse-v4 bad"]),
  );
  expect(audit.checks.some(({ check }) => check === "banner")).toBe(true);
  told(audit.checks);
  expect(auditExitCode({ ...audit, checks: [] })).toBe(3);
});

test("a name server that resolvers deny is at fault where its own zone says so, and not known where nobody can be asked", async () => {
  const delegated = ["one.example.test", "ns.gone.test"];
  const state = async (known: Scene["known"] = {}) => {
    const { checks } = await inspect({ columns: ["authoritative"] }, { delegated, known });
    told(checks);
    return checks.find(({ check, subject }) => check === "delegation" && subject === "ns.gone.test")?.state;
  };
  expect(await state()).toBe("bad");
  const data = { mname: "ns.gone.test", rname: "h.test", serial: 1, minimum: 60 };
  // Resolvers say that its zone is gone.test, whose name servers nobody knows.
  expect(await state({ "ns.gone.test SOA": [{ type: "SOA", name: "gone.test", ttl: 300, data }] })).toBe(
    "unknown",
  );
});

test("a vendor that refuses is told once, and the servers still judge", async () => {
  const refused = reader(() => {
    throw new VendorError(429, "rate limit reached, ask again in 17 seconds");
  });
  const audit = await inspect({ reader: refused, columns: ["api", "authoritative"] });
  expect(verdicts(audit)).toEqual(["missing"]);
  expect(audit.checks.filter(({ check }) => check === "provider-api")).toMatchObject([
    { state: "unknown", seen: expect.stringContaining("ask again in 17 seconds") as string },
  ]);
});

test("the API alone: no server is asked, and an untouched zone is clean", async () => {
  const audit = await inspect({ reader: reader(() => LISTED), columns: ["api"] });
  expect(verdicts(audit)).toEqual(["ok"]);
  expect(auditExitCode(audit)).toBe(0);
  expect(world?.servers.flatMap(({ seen }) => seen)).toEqual([]);
});

/** What a rule leaves to the audit, made to happen in an audit of all columns. */
const LEFT_TO_AUDIT: Readonly<
  Record<string, { declared?: Parameters<typeof rawWith>[0]; zone?: readonly ProviderRecord[] }>
> = {
  "spf-look-ups": { declared: { "dns.spf.mechanisms": ["include:long.test"] } },
  "spf-void-look-ups": { declared: { "dns.spf.mechanisms": ["a:x.test", "a:y.test", "a:z.test"] } },
  "spf-broken-include": { declared: { "dns.spf.mechanisms": ["include:x.test"] } },
  "spf-mx-hosts": { declared: { "dns.spf.mechanisms": ["mx:many.example.test"] } },
  "foreign-reports": { declared: { "dns.dmarc": { policy: "none", rua: "d@reports.example.net" } } },
  "aaaa-without-reverse": {},
  "proxied-mail-host": {
    zone: LISTED.map((one) => (one.name === "imap.example.test" ? { ...one, proxied: true } : one)),
  },
  "spf-record-type": {
    zone: [
      ...LISTED,
      { name: "example.test", type: "SPF", ttlSeconds: 300, value: "v=spf1 -all", importId: "2" },
    ],
  },
};

test.each(RULES.flatMap(({ name, audit = "" }) => (audit === "" ? [] : [[name, audit] as const])))(
  "what the rule %s leaves to the audit is told there: %s",
  async (name, told) => {
    const { declared = {}, zone = LISTED } = LEFT_TO_AUDIT[name] ?? {};
    const made = parseConfig(rawWith({ domain: "example.test", ...declared })).config;
    if (made === undefined) throw new Error(`no configuration for ${name}`);
    const text = `v=spf1 ${"a:one.example.test ".repeat(11)}-all`;
    const hosts = Array.from({ length: 11 }, (_, preference) => ({
      preference,
      exchange: "one.example.test",
    }));
    const known = {
      "long.test TXT": [{ type: "TXT", name: "long.test", ttl: 300, data: text }],
      "many.example.test MX": hosts.map(
        (data) => ({ type: "MX", name: "many.example.test", ttl: 300, data }) as const,
      ),
    } as const;
    const more = { config: made, plan: planMailServer(made).plan, reader: reader(() => zone) };
    const audit = await inspect(more, { known, held: known });
    const words = [
      ...audit.rows.map(({ verdict }) => `verdict ${verdict}`),
      ...audit.checks.filter(({ state }) => state === "bad").map(({ check }) => check),
    ];
    expect(words).toContain(told);
    const untouched = await inspect({ reader: reader(() => LISTED) }, SOUND);
    expect(untouched.rows.map(({ verdict }) => `verdict ${verdict}`)).not.toContain(told);
    expect(untouched.checks.filter(({ state }) => state === "bad").map(({ check }) => check)).not.toContain(
      told,
    );
  },
);

test("rules that ask are told by the audit", () => {
  expect(RULES.filter(({ ask, audit }) => ask !== undefined && audit === undefined)).toEqual([]);
});

test("a fault of ours is not taken for one of the vendor", async () => {
  const broken = reader(() => {
    throw new TypeError("broken");
  });
  await expect(inspect({ reader: broken, columns: ["api"] })).rejects.toThrow(TypeError);
});
