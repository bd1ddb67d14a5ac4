/**
 * Proves: over the form of each of the three providers an untouched zone is clean, and one example of each verdict is
 * told on the right row and on no other.
 * Cannot prove: that random mutations are told; the examples are chosen by hand.
 */
import { describe, expect, test } from "vitest";
import { template, slot } from "../../../../../stack/values/slots.ts";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import { audit } from "../../../../../verify/judge/sets/audit.ts";
import type { AuditInput } from "../../../../../verify/model/auditInput.ts";
import { listDesiredSets } from "../../../../../verify/judge/sets/desiredSets.ts";
import { auditExitCode } from "../../../../../verify/judge/exitCode.ts";
import type { Answer } from "../../../../../verify/model/observation.ts";
import { auditOf, context, DECLARED, DESIRED, found, read, record, ttlSeconds } from "../auditedZone.ts";

const without = (value: string): ZoneRecord[] => DECLARED.filter((one) => one.value !== value);

const EXAMPLES: readonly (readonly [string, readonly ZoneRecord[], readonly string[]])[] = [
  ["untouched", DECLARED, []],
  ["MX dropped", without("0 mx.example.com"), ["missing MX example.com"]],
  ["one text of two dropped", without("v=spf1 a -all"), ["missing TXT example.com"]],
  [
    "policy changed",
    [...without("v=spf1 a -all"), record("example.com", "TXT", "v=spf1 ~all")],
    ["changed TXT example.com"],
  ],
  ["second SPF", [...DECLARED, record("example.com", "TXT", "v=spf1 ~all")], ["conflict TXT example.com"]],
  ["text of others", [...DECLARED, record("example.com", "TXT", "google=1")], ["unmanaged TXT example.com"]],
  ["second MX", [...DECLARED, record("example.com", "MX", "5 mx.example.net")], ["conflict MX example.com"]],
  [
    "our own MX twice, which leads to the same host",
    [...DECLARED, record("example.com", "MX", "5 mx.example.com")],
    ["unmanaged MX example.com"],
  ],
  ["null MX beside", [...DECLARED, record("example.com", "MX", "0 .")], ["conflict MX example.com"]],
  [
    "foreign name",
    [...DECLARED, record("blog.example.com", "A", "192.0.2.9")],
    ["unmanaged A blog.example.com"],
  ],
  [
    "other family",
    [...DECLARED, record("mx.example.com", "AAAA", "2001:db8::9")],
    ["conflict AAAA mx.example.com"],
  ],
  [
    "beside an alias",
    [...DECLARED, record("imap.example.com", "TXT", "x")],
    ["conflict TXT imap.example.com"],
  ],
  [
    "name given away",
    [...DECLARED, record("mx.example.com", "NS", "ns.example.net")],
    ["conflict NS mx.example.com"],
  ],
  [
    "authority forbidden",
    [...DECLARED, record("example.com", "CAA", "0 issue ca.example.net")],
    ["conflict CAA example.com"],
  ],
  [
    "authority allowed",
    [...DECLARED, record("example.com", "CAA", "0 issue letsencrypt.org")],
    ["unmanaged CAA example.com"],
  ],
  [
    "authority of the host alone, which the certificate does not name",
    [...DECLARED, record("mx.example.com", "CAA", "0 issue ca.example.net")],
    ["unmanaged CAA mx.example.com"],
  ],
  [
    "wildcard forbidden",
    [...DECLARED, record("example.com", "CAA", "0 issuewild ;")],
    ["conflict CAA example.com"],
  ],
  [
    "wildcard allowed",
    [
      ...DECLARED,
      record("example.com", "CAA", "0 issuewild letsencrypt.org"),
      record("example.com", "CAA", "0 issue ;"),
    ],
    ["conflict CAA example.com"],
  ],
  [
    "way of proof forbidden",
    [...DECLARED, record("example.com", "CAA", "0 issue letsencrypt.org; validationmethods=http-01")],
    ["conflict CAA example.com"],
  ],
  [
    "wildcard beside",
    [...DECLARED, record("*.example.com", "A", "192.0.2.9")],
    ["unmanaged A *.example.com"],
  ],
  [
    "wildcard that catches",
    [...DECLARED.filter(({ name }) => name !== "mx.example.com"), record("*.example.com", "A", "192.0.2.9")],
    ["conflict A *.example.com", "missing A mx.example.com"],
  ],
  [
    "provider's own",
    [...DECLARED, record("example.com", "NS", "ns1.example.net")],
    ["provider-owned NS example.com"],
  ],
];

describe.each(Object.keys(read) as (keyof typeof read)[])("at %s", (provider) => {
  test.each(EXAMPLES)("%s", (_, records, expected) => {
    const result = auditOf(read[provider](records), { context: { ...context, provider } });
    expect(found(result)).toEqual(expected);
    expect(
      result.rows.every(
        ({ verdict, fix }) => (verdict === "ok" || verdict === "provider-owned") === (fix === undefined),
      ),
    ).toBe(true);
  });
});

test("a set that is broken in two ways says both, and removes what breaks it alone", () => {
  const zone = ["v=spf1 ~all", "google=1", "forward-email=me@example.net"];
  const records = [...DECLARED, ...zone.map((value) => record("example.com", "TXT", value))];
  const [row] = auditOf(read.cloudflare(records)).rows;
  expect(row).toMatchObject({ verdict: "conflict", type: "TXT", name: "example.com" });
  expect(row?.reason).toMatch(
    /^v=spf1 ~all is a second SPF policy: .*; forward-email=\S+ is a list of aliases/,
  );
  const lines = zone.map((value) => `example.com. IN TXT "${value}"`);
  expect(row?.fix).toBe(`remove at the DNS provider: ${lines[0] ?? ""} and ${lines[2] ?? ""}`);
});

test("a foreign value beside ours keeps its own TTL, which is not told as drift of ours", () => {
  const foreign = { ...record("example.com", "TXT", "google=1"), ttlSeconds: 300 };
  expect(found(auditOf(read.cloudflare([...DECLARED, foreign])))).toEqual(["unmanaged TXT example.com"]);
});

test("unmanaged records are judged in time that grows with their number only", () => {
  const zoneOf = (count: number) =>
    read.cloudflare([
      ...DECLARED,
      ...Array.from({ length: count }, (_, at) => record(`h${at}.example.com`, "A", "192.0.2.1")),
    ]);
  const small = zoneOf(500);
  const large = zoneOf(5000);
  const time = (work: () => void) => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  // Both sides judge 5,000 unmanaged records, so that neither is too short for the clock. The least of the
  // ratios counts: a load beside it disturbs some pairs, time that grows with the square all of them.
  const ratios = Array.from({ length: 5 }, () => {
    const inTens = time(() => Array.from({ length: 10 }, () => auditOf(small)));
    return time(() => auditOf(large)) / inTens;
  });
  expect(Math.min(...ratios)).toBeLessThan(4);
});

describe("columns together", () => {
  const mx = (state: Answer) => [
    { name: "example.com", type: "MX", observations: [{ server: "ns1 (192.0.2.53)", answer: state }] },
  ];
  const listed = read.cloudflare(DECLARED);
  const only = DESIRED.filter(({ type }) => type === "MX");
  const api = { state: "listed", records: listed.filter(({ type }) => type === "MX") } as const;
  const withMx = (answer: Answer, more: Partial<AuditInput> = {}) =>
    audit({ desired: only, provider: api, authoritative: mx(answer), ignore: [], context, ...more });

  test("what differs behind a right provider is on its way", () => {
    const result = withMx({ state: "nxdomain", negativeTtlSeconds: 300 });
    expect(found(result)).toEqual(["propagating MX example.com"]);
    expect(result.rows[0]?.reason).toContain("300 seconds");
    expect(auditExitCode(result)).toBe(3);
  });

  test.each(["servfail", "refused", "timeout", "lame"] as const)(
    "no answer by %s cannot be told",
    (state) => {
      const result = withMx({ state });
      expect(found(result)).toEqual(["unreachable MX example.com"]);
      expect(auditExitCode(result)).toBe(1);
    },
  );

  test("a provider that does not answer is said once, and servers still judge", () => {
    const answer = { state: "answer", values: ["0 mx.example.com"], ttlSeconds } as const;
    const result = withMx(answer, { provider: { state: "unreachable", reason: "429" } });
    expect(found(result)).toEqual([]);
    expect(result.checks.map(({ check }) => check)).toEqual(["provider-api"]);
    expect(auditExitCode(result)).toBe(1);
  });

  describe("what resolvers deny with the name servers out of reach", () => {
    const both = (resolver: Answer, server: Answer, more: Partial<AuditInput> = {}) =>
      audit({
        desired: only,
        authoritative: mx(server),
        resolvers: mx(resolver),
        ignore: [],
        context,
        ...more,
      });
    const kept = { negativeTtlSeconds: 60 };

    test.each(["nxdomain", "empty"] as const)("could not be told (%s)", (state) => {
      const result = both({ state, ...kept }, { state: "timeout" });
      expect(found(result)).toEqual(["unreachable MX example.com"]);
      expect(auditExitCode(result)).toBe(1);
    });

    test("is missing where a name server says so, where they were not asked, and changed where resolvers have another", () => {
      expect(found(both({ state: "nxdomain" }, { state: "nxdomain" }))).toEqual(["missing MX example.com"]);
      const alone = audit({ desired: only, resolvers: mx({ state: "nxdomain" }), ignore: [], context });
      expect(found(alone)).toEqual(["missing MX example.com"]);
      const other = { state: "answer", values: ["0 mx.example.net"], ttlSeconds } as const;
      expect(found(both(other, { state: "timeout" }))).toEqual(["changed MX example.com"]);
    });

    test("is on its way where the provider has it", () => {
      const result = both({ state: "nxdomain", ...kept }, { state: "timeout" }, { provider: api });
      expect(found(result)).toEqual(["propagating MX example.com"]);
    });
  });

  test("without the API the servers decide", () => {
    const result = audit({ desired: only, authoritative: mx({ state: "empty" }), ignore: [], context });
    expect(found(result)).toEqual(["missing MX example.com"]);
    expect(auditExitCode(result)).toBe(2);
  });
});

test("declared sets gather the plan's records, and say which values are not known yet", () => {
  const base = { ttlSeconds, purpose: "", name: "example.com" } as const;
  const planned = [
    { ...base, role: "apex", level: "required", type: "A", address: template`${slot("serverIpv4")}` },
    { ...base, role: "spf", level: "recommended", type: "TXT", text: ["v=spf1 a -all"] },
    { ...base, role: "note", level: "optional", type: "TXT", text: ["note"] },
  ] as const;
  const [early, text] = listDesiredSets(planned);
  expect(early).toMatchObject({ type: "A", values: [], valuesUnknown: true, roles: ["apex"] });
  expect(text).toMatchObject({
    values: ["note", "v=spf1 a -all"],
    level: "recommended",
    roles: ["spf", "note"],
  });
  const [late] = listDesiredSets(planned, () => "203.0.113.10");
  expect(late?.values).toEqual(["203.0.113.10"]);
  expect(late?.valuesUnknown).toBeUndefined();
});

test("beside a value that is not known yet, only what begins like it may be ours", () => {
  const base = { ttlSeconds, purpose: "", name: "example.com", level: "required" } as const;
  const desired = listDesiredSets([
    { ...base, role: "spf", type: "TXT", text: ["v=spf1 a -all"] },
    { ...base, role: "token", type: "TXT", text: template`token=${slot("siteVerification")}` },
  ]);
  const judge = (...texts: string[]) =>
    audit({
      desired,
      provider: {
        state: "listed",
        records: read.hetzner(texts.map((text) => record("example.com", "TXT", text))),
      },
      ignore: [],
      context: { ...context, provider: "hetzner" },
    }).rows.map(({ verdict, reason }) => `${verdict}: ${reason}`);
  expect(judge("v=spf1 a -all", "token=abc")).toEqual([
    "ok: there; its value is known after the first `pulumi up`",
  ]);
  expect(judge("v=spf1 a -all", "of others")).toEqual([
    expect.stringMatching(/^unmanaged: of others is not declared, and Hetzner keeps one set /),
  ]);
});
