/**
 * Proves: an audit follows the declared SPF and DMARC policies through the resolvers to where they send others, and tells
 * limits, broken includes and reports that nobody takes, each with a fix and the exit code; what nobody answers is
 * unknown, and what only a resolver still denies is on its way.
 * Cannot: prove what receivers make of a policy; the rules themselves are proved in test/unit/stack/dns/rules/rules.test.ts.
 */
import type { Answer as PacketRecord } from "dns-packet";
import { afterEach, describe, expect, test } from "vitest";
import { lookAround } from "../../../../verify/lookAround.ts";
import type { DeclaredSet } from "../../../../verify/judge/around/policies.ts";
import { auditExitCode } from "../../../../verify/judge/exitCode.ts";
import type { AuditCheck } from "../../../../verify/model/observation.ts";
import { ADDRESS, startWorld, told, type Scene, type World } from "./world.ts";

let world: World | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

function texts(table: Readonly<Record<string, string>>): Readonly<Record<string, readonly PacketRecord[]>> {
  return Object.fromEntries(
    Object.entries(table).map(([name, data]) => [
      `${name} TXT`,
      [{ type: "TXT", name, ttl: 300, data: [data] } satisfies PacketRecord],
    ]),
  );
}

const DOMAIN = "example.test";
const ADDRESSED = { [`${DOMAIN} A`]: [{ type: "A", name: DOMAIN, ttl: 300, data: "192.0.2.10" }] } as const;

/** Checks of the policies in a whole look round a zone with these sets. */
async function look(sets: readonly DeclaredSet[], scene: Scene = {}): Promise<readonly AuditCheck[]> {
  world = await startWorld(scene);
  const client = { port: world.servers[0]?.port ?? 0, timeoutMs: 2_000, attempts: 1 };
  const { checks } = await lookAround({
    ...{ zone: DOMAIN, sets, providerServers: [], columns: ["resolvers"], client },
    resolvers: [ADDRESS.resolver],
  });
  return told(checks.filter(({ check }) => check === "spf" || check === "dmarc-reports"));
}

function spf(text: string, more: Partial<DeclaredSet> = {}): readonly DeclaredSet[] {
  return [{ name: DOMAIN, type: "TXT", values: ["site=1", text], level: "required", ...more }];
}

function exit(checks: readonly AuditCheck[]): number {
  return auditExitCode({ rows: [], checks });
}

describe("SPF", () => {
  test("in order, with the look-ups that it takes; an include behind an alias counts as it is", async () => {
    const alias: PacketRecord = {
      type: "CNAME",
      name: "spf.sender.test",
      ttl: 300,
      data: "real.sender.test",
    };
    const known = {
      ...ADDRESSED,
      ...texts({ "real.sender.test": `v=spf1 a:${DOMAIN} -all` }),
      "spf.sender.test TXT": [alias],
    };
    const checks = await look(spf("v=spf1 a include:spf.sender.test -all"), { known });
    expect(checks).toEqual([
      {
        ...{ check: "spf", subject: DOMAIN, state: "ok", severity: "info" },
        seen: "takes 3 of the 10 look-ups that receivers make",
      },
    ]);
    expect(exit(checks)).toBe(0);
  });

  test("too many look-ups in an include", async () => {
    const hosts = Array.from({ length: 10 }, () => `a:${DOMAIN}`).join(" ");
    const known = { ...ADDRESSED, ...texts({ "s.test": `v=spf1 ${hosts} -all` }) };
    const checks = await look(spf("v=spf1 include:s.test -all"), { known });
    expect(checks).toMatchObject([{ check: "spf", state: "bad", severity: "critical" }]);
    expect(checks[0]?.seen).toContain("11 look-ups");
    expect(exit(checks)).toBe(2);
  });

  test("look-ups that find nothing, and an include without a policy, in one finding", async () => {
    const checks = await look(spf("v=spf1 a:x.test a:y.test include:z.test -all"));
    expect(checks).toMatchObject([
      { state: "bad", fix: "remove the names that are gone; remove z.test from the policy" },
    ]);
    expect(checks[0]?.seen).toMatch(/3 look-ups find nothing.*z\.test has no policy/);
    expect(exit(checks)).toBe(2);
  });

  test.each([
    ["another word", ["v=spf1 ipv4:192.0.2.0/24 ~all"], "there is no mechanism ipv4"],
    [
      "strings joined without a blank",
      ["v=spf1 ip4:192.0.2.0/24", "include:_b.test ~all"],
      "ip4 wants an IPv4",
    ],
    ["a dot for a colon", ["v=spf1 include.spf.test ~all"], "there is no mechanism include.spf.test"],
    ["too long a length", ["v=spf1 ip4:192.0.2.0/33 ~all"], "/33 is longer than an IPv4 address"],
  ])(
    "an included policy with %s makes ours void: critical, with the term named",
    async (_, strings, words) => {
      const record: PacketRecord = { type: "TXT", name: "s.test", ttl: 300, data: strings };
      const known = { ...ADDRESSED, "s.test TXT": [record] };
      const checks = await look(spf("v=spf1 a include:s.test -all"), { known });
      expect(checks).toMatchObject([
        { check: "spf", state: "bad", severity: "critical", fix: "remove s.test from the policy" },
      ]);
      expect(checks[0]?.seen).toContain("s.test has a policy with a syntax error");
      expect(checks[0]?.seen).toContain(words);
      expect(exit(checks)).toBe(2);
    },
  );

  test("an mx with eleven hosts in an included policy", async () => {
    const hosts = Array.from({ length: 11 }, (_, index) => `m${index}.test`);
    const mx = hosts.map((exchange, preference): PacketRecord => {
      return { type: "MX", name: "big.test", ttl: 300, data: { preference, exchange } };
    });
    const known = { ...ADDRESSED, ...texts({ "s.test": "v=spf1 mx:big.test ~all" }), "big.test MX": mx };
    const checks = await look(spf("v=spf1 a include:s.test -all"), { known });
    expect(checks).toMatchObject([{ check: "spf", state: "bad", severity: "critical" }]);
    expect(checks[0]?.seen).toContain("big.test has 11 MX records, and receivers stop at 10");
  });

  test("that of a name which mail does not need is a warning", async () => {
    const checks = await look(spf("v=spf1 include:z.test -all", { level: "optional" }));
    expect(checks).toMatchObject([{ state: "bad", severity: "warning" }]);
  });

  test("a name that is none, in the policy of a stranger, does not exist", async () => {
    const long = `${"a".repeat(64)}.test`;
    const known = texts({ "s.test": `v=spf1 a:${long} a:b.${long} a:c.${long} -all` });
    expect((await look(spf("v=spf1 include:s.test -all"), { known }))[0]?.seen).toContain(
      "3 look-ups find nothing",
    );
  });

  test("an include that nobody answers for is unknown, and the line asks again", async () => {
    const known = { ...ADDRESSED, "s.test TXT": "silence" } as const;
    const checks = await look(spf("v=spf1 a include:s.test -all"), { known });
    expect(checks).toMatchObject([
      { state: "unknown", severity: "warning", fix: `dig @${ADDRESS.resolver} s.test. TXT` },
    ]);
    expect(exit(checks)).toBe(1);
  });

  test("an include in the zone that a resolver still denies is on its way", async () => {
    const held = { ...texts({ [`_spf.${DOMAIN}`]: "v=spf1 ip4:192.0.2.0/24 -all" }) };
    const checks = await look(spf(`v=spf1 include:_spf.${DOMAIN} -all`), { held });
    expect(checks).toMatchObject([
      { state: "propagating", severity: "warning", fix: "sleep 60 && ./mailstead audit" },
    ]);
    expect(exit(checks)).toBe(3);
  });

  test("one that sends nobody on, and one whose text is not known, are passed over", async () => {
    expect(await look(spf("v=spf1 -all"))).toEqual([]);
    expect(await look([{ name: DOMAIN, type: "TXT" }])).toEqual([]);
  });
});

describe("DMARC reports", () => {
  const PLACE = `${DOMAIN}._report._dmarc.reports.test`;
  const sets = (rua: string): readonly DeclaredSet[] => [
    { name: `_dmarc.${DOMAIN}`, type: "TXT", values: [`v=DMARC1; p=reject; rua=mailto:d@${rua};`] },
  ];

  test("a foreign domain that does not say that it takes them", async () => {
    const checks = await look(sets("reports.test"));
    expect(checks).toMatchObject([
      { check: "dmarc-reports", subject: DOMAIN, state: "bad", severity: "warning" },
    ]);
    expect(checks[0]?.fix).toContain(PLACE);
    expect(exit(checks)).toBe(2);
  });

  test("one that does", async () => {
    const checks = await look(sets("reports.test"), { known: texts({ [PLACE]: "v=DMARC1" }) });
    expect(checks).toMatchObject([{ check: "dmarc-reports", state: "ok" }]);
    expect(exit(checks)).toBe(0);
  });

  test("one that nobody answers for", async () => {
    const checks = await look(sets("reports.test"), { known: { [`${PLACE} TXT`]: "silence" } });
    expect(checks).toMatchObject([{ state: "unknown", fix: `dig @${ADDRESS.resolver} ${PLACE}. TXT` }]);
    expect(exit(checks)).toBe(1);
  });

  test("the own domain needs nobody's word", async () => {
    expect(await look(sets(`mail.${DOMAIN}`))).toEqual([]);
  });
});
