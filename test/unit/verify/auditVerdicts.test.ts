/**
 * Proves: over the form of each of the three providers an untouched zone is clean, and one example of each verdict is
 * told on the right row and on no other.
 * Cannot prove: that random mutations are told; the examples are chosen by hand.
 */
import { describe, expect, test } from "vitest";
import { recordSets } from "../../../stack/dns/canonical.ts";
import { cloudflareForm } from "../../../stack/dns/providers/cloudflare.ts";
import { digitaloceanForm } from "../../../stack/dns/providers/digitalocean.ts";
import { hetznerForm } from "../../../stack/dns/providers/hetzner.ts";
import type { ProviderRecord, ZoneRecord } from "../../../stack/dns/zoneRecord.ts";
import { audit } from "../../../verify/dns/audit.ts";
import { auditContext } from "../../../verify/dns/auditContext.ts";
import type { AuditInput } from "../../../verify/dns/auditInput.ts";
import { auditExitCode } from "../../../verify/dns/exitCode.ts";
import { template, slot } from "../../../stack/slots.ts";
import { desiredSets } from "../../../verify/dns/desiredSets.ts";
import { findingLines } from "../../../verify/dns/report/news.ts";
import type { Answer, DesiredSet } from "../../../verify/dns/observation.ts";
import { configOf } from "../stack/support/planOf.ts";
import { rawWith, type Raw } from "../stack/support/validRaw.ts";

const ZONE = { name: "example.com", id: "1" };
const ttlSeconds = 3600;
const record = (name: string, type: string, value: string): ZoneRecord => ({ name, type, value, ttlSeconds });

const DECLARED: readonly ZoneRecord[] = [
  record("example.com", "A", "203.0.113.10"),
  record("mx.example.com", "A", "203.0.113.10"),
  record("imap.example.com", "CNAME", "example.com"),
  record("example.com", "MX", "0 mx.example.com"),
  record("example.com", "TXT", "v=spf1 a -all"),
  record("example.com", "TXT", "forward-email-site-verification=Ab12"),
  record("default._domainkey.example.com", "TXT", `v=DKIM1; k=rsa; p=${"M".repeat(392)};`),
  record("_dmarc.example.com", "TXT", "v=DMARC1; p=reject;"),
];
const DESIRED: readonly DesiredSet[] = recordSets(DECLARED).map((set) => ({
  ...set,
  roles: [],
  level: "required",
}));
const issuer = { domain: "letsencrypt.org", method: "dns-01" };
const certificate = { issuer, names: ["example.com", "*.example.com"] };
const context = { domain: "example.com", zone: "example.com", certificate };

const read = {
  cloudflare: (records: readonly ZoneRecord[]) =>
    cloudflareForm.read(cloudflareForm.write(records, ZONE), ZONE),
  digitalocean: (records: readonly ZoneRecord[]) =>
    digitaloceanForm.read(digitaloceanForm.write(records, ZONE), ZONE),
  hetzner: (records: readonly ZoneRecord[]) => hetznerForm.read(hetznerForm.write(records, ZONE), ZONE),
};

function auditOf(records: readonly ProviderRecord[], more: Partial<AuditInput> = {}) {
  return audit({ desired: DESIRED, provider: { state: "listed", records }, ignore: [], context, ...more });
}

/** Rows that are not as declared. */
function found({ rows }: ReturnType<typeof audit>): string[] {
  return rows
    .filter(({ verdict }) => verdict !== "ok")
    .map((row) => `${row.verdict} ${row.type} ${row.name}`);
}

const isText = ({ name, type }: ZoneRecord): boolean => name === "example.com" && type === "TXT";
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
  ["text of others", [...DECLARED, record("example.com", "TXT", "google=1")], ["stray TXT example.com"]],
  ["second MX", [...DECLARED, record("example.com", "MX", "5 mx.example.net")], ["conflict MX example.com"]],
  ["foreign name", [...DECLARED, record("blog.example.com", "A", "192.0.2.9")], ["stray A blog.example.com"]],
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
    ["stray CAA example.com"],
  ],
  [
    "authority of the host alone, which the certificate does not name",
    [...DECLARED, record("mx.example.com", "CAA", "0 issue ca.example.net")],
    ["stray CAA mx.example.com"],
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
  ["wildcard beside", [...DECLARED, record("*.example.com", "A", "192.0.2.9")], ["stray A *.example.com"]],
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

describe("declared CAA records", () => {
  const ours = record("example.com", "CAA", "0 issue letsencrypt.org");
  const desired: DesiredSet[] = recordSets([ours]).map((set) => ({ ...set, roles: [], level: "optional" }));
  const judged = (...values: readonly string[]) =>
    auditOf(read.cloudflare(values.map((value) => record("example.com", "CAA", value))), { desired }).rows[0];

  test.each([
    ["0 issue ca.example.net", "stray", "info"],
    ["0 issuewild letsencrypt.org", "stray", "info"],
    ["0 issuewild ;", "conflict", "warning"],
    ["128 future x", "conflict", "warning"],
  ])("beside %s: %s", (value, verdict, severity) => {
    const row = judged(ours.value, value);
    expect(row).toMatchObject({ verdict, severity });
    expect(row?.fix?.startsWith("remove at")).toBe(verdict === "conflict");
  });

  test("of two that forbid a wildcard both are to go, and what harms nothing may stay", () => {
    const row = judged(
      ours.value,
      "0 issuewild ;",
      "0 issuewild other.example.net",
      "0 issue ca.example.net",
    );
    expect(row?.reason).toBe(
      "0 issuewild ;, 0 issuewild other.example.net stands in the way: letsencrypt.org may not give the certificate for *.example.com by dns-01",
    );
    expect(row?.fix).not.toContain("ca.example.net");
  });

  test.each([
    ["0 issue ca.example.net", "changed", "warning"],
    ["0 iodef mailto:x@example.net", "changed", "info"],
  ])("replaced by %s: %s, %s", (value, verdict, severity) => {
    expect(judged(value)).toMatchObject({ verdict, severity });
  });
});

test("the context of an audit has the authority with way of proof and account, and every name of the certificate", () => {
  const accountUri = "https://acme-v02.api.letsencrypt.org/acme/acct/1";
  const caa = (more: Raw) => auditContext(configOf(rawWith(more))).certificate;
  expect(caa({ "dns.caa": { enabled: true, accountUri } })).toEqual({
    issuer: { domain: "letsencrypt.org", method: "dns-01", accountUri },
    names: ["example.com", "*.example.com"],
  });
  const directory = "https://acme.example.net/directory";
  const certificates = { method: "http-01", directory };
  expect(caa({ certificates })).toBeUndefined();
  const said = caa({ certificates, "dns.caa": { enabled: true, issuer: "pki.example.net" } });
  expect(said?.issuer).toEqual({ domain: "pki.example.net", method: "http-01" });
});

test("a foreign value beside ours keeps its own time to live, which is not told as drift of ours", () => {
  const foreign = { ...record("example.com", "TXT", "google=1"), ttlSeconds: 300 };
  expect(found(auditOf(read.cloudflare([...DECLARED, foreign])))).toEqual(["stray TXT example.com"]);
});

test("strays are judged in time that grows with their number only", () => {
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
  // Both sides judge 5,000 strays, so that neither is too short for the clock. The least of the
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

  test("without the API the servers decide", () => {
    const result = audit({ desired: only, authoritative: mx({ state: "empty" }), ignore: [], context });
    expect(found(result)).toEqual(["missing MX example.com"]);
    expect(auditExitCode(result)).toBe(2);
  });
});

describe("ignore rules", () => {
  const blog = read.cloudflare([...DECLARED, record("blog.example.com", "A", "192.0.2.9")]);

  test("a stray is hidden, with the rule named", () => {
    const result = auditOf(blog, { ignore: [{ name: "blog", reason: "ours" }] });
    expect(result.rows.find(({ name }) => name === "blog.example.com")).toMatchObject({
      verdict: "ignored",
      ignoredBy: ["blog"],
    });
    expect(result.checks).toEqual([]);
  });

  const twoTexts = ["google=1", "apple=2"].map((value) => record("example.com", "TXT", value));
  const texts = ["google=*", "apple=*"].map((target) => ({ name: "@", types: ["TXT"], target, reason: "r" }));
  const words = ["@ TXT → google=*", "@ TXT → apple=*"];

  test("every rule that hides a value of a declared set is named, once, whoever was asked", () => {
    const records = read.cloudflare([...DECLARED, ...twoTexts, record("example.com", "TXT", "google=2")]);
    const own = (result: ReturnType<typeof audit>) =>
      result.rows.find(({ name, type }) => name === "example.com" && type === "TXT");
    const row = own(auditOf(records, { ignore: texts }));
    expect(row).toMatchObject({ verdict: "ok", ignoredBy: words });
    const values = [...DECLARED, ...twoTexts].filter(isText).map(({ value }) => value);
    const authoritative = [
      {
        ...{ name: "example.com", type: "TXT" },
        observations: [{ server: "ns1", answer: { state: "answer", values, ttlSeconds } as const }],
      },
    ];
    const asked = own(audit({ desired: DESIRED, authoritative, ignore: texts, context }));
    expect(asked).toMatchObject({ verdict: "ok", ignoredBy: words });
  });

  test("every rule that hides a record of a stray set is named, with its reason", () => {
    const records = read.cloudflare([
      ...DECLARED,
      ...["192.0.2.9", "192.0.2.10", "192.0.2.9"].map((value) => record("blog.example.com", "A", value)),
    ]);
    const ignore = [
      { name: "blog", target: "192.0.2.9", reason: "the web site" },
      { name: "blog", target: "*.10", reason: "its copy" },
    ];
    const { rows } = auditOf(records, { ignore });
    expect(rows.find(({ verdict }) => verdict === "ignored")).toMatchObject({
      reason: "the web site; its copy",
      ignoredBy: ["blog → 192.0.2.9", "blog → *.10"],
    });
  });

  test("a rule that matches nothing, and one that names a declared set, are said", () => {
    const ignore = [
      { name: "shop", reason: "gone" },
      { name: "@", types: ["MX"], reason: "no" },
    ];
    const result = auditOf(blog, { ignore });
    const { checks } = result;
    expect(auditExitCode(result)).toBe(0);
    expect(findingLines(result).filter((line) => line.includes("ignore-rule"))).toEqual([]);
    expect(checks.map(({ severity, seen }) => `${severity}: ${seen}`)).toEqual([
      "warning: matches nothing in the zone",
      "warning: names the declared set MX example.com, which cannot be ignored",
    ]);
  });
});

test("declared sets gather the plan's records, and say which values are not known yet", () => {
  const base = { ttlSeconds, purpose: "", name: "example.com" } as const;
  const planned = [
    { ...base, role: "apex", level: "required", type: "A", address: template`${slot("serverIpv4")}` },
    { ...base, role: "spf", level: "recommended", type: "TXT", text: ["v=spf1 a -all"] },
    { ...base, role: "note", level: "optional", type: "TXT", text: ["note"] },
  ] as const;
  const [early, text] = desiredSets(planned);
  expect(early).toMatchObject({ type: "A", values: [], valuesUnknown: true, roles: ["apex"] });
  expect(text).toMatchObject({
    values: ["note", "v=spf1 a -all"],
    level: "recommended",
    roles: ["spf", "note"],
  });
  const [late] = desiredSets(planned, () => "203.0.113.10");
  expect(late?.values).toEqual(["203.0.113.10"]);
  expect(late?.valuesUnknown).toBeUndefined();
});
