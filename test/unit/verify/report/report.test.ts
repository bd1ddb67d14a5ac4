/**
 * Proves: the text and Markdown of audits with every verdict that has a form of its own, letter by letter; that what
 * strangers put into a TXT or a name reaches no terminal, table, link or mention; that the JSON says the same values.
 * Cannot prove: how a terminal or a Markdown reader shows it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Audit, AuditRow, DesiredSet, ProviderColumn } from "../../../../verify/model/observation.ts";
import { summaryLine } from "../../../../verify/report/cells.ts";
import { AUDIT_SCHEMA_VERSION, writeJsonReport } from "../../../../verify/report/json.ts";
import { writeMarkdownReport } from "../../../../verify/report/markdown.ts";
import { printable } from "../../../../stack/values/printable.ts";
import { markdownCode, markdownText } from "../../../../verify/report/markdownText.ts";
import { writeTextReport } from "../../../../verify/report/text.ts";

const SERVER = "ns1.example.net (192.0.2.53)";

function set(name: string, type: string, values: readonly string[]): DesiredSet {
  return { name, type, ttlSeconds: 300, values, roles: [], level: "required" };
}

function row(
  desired: DesiredSet,
  more: Partial<AuditRow> & Pick<AuditRow, "verdict" | "severity">,
): AuditRow {
  return { name: desired.name, type: desired.type, desired, reason: "as declared", ...more };
}

function listed(name: string, type: string, values: readonly string[]): ProviderColumn {
  const records = values.map((value) => ({ name, type, ttlSeconds: 300, value, importId: "1" }));
  return { state: "listed", records };
}

const SPF = set("example.com", "TXT", ["v=spf1 a -all"]);
const BOTH = ["v=spf1 a -all", "v=spf1 ~all"];
const HOST = set("mx.example.com", "A", ["203.0.113.10"]);
const MX = set("example.com", "MX", ["0 mx.example.com"]);

const AUDIT: Audit = {
  domain: "example.com",
  zone: "example.com",
  columns: ["api", "authoritative", "resolvers"],
  rows: [
    row(SPF, {
      ...{ verdict: "conflict", severity: "critical", provider: listed("example.com", "TXT", BOTH) },
      authoritative: [{ server: SERVER, answer: { state: "answer", values: BOTH, ttlSeconds: 300 } }],
      resolvers: [
        { server: "192.0.2.1", answer: { state: "answer", values: SPF.values, ttlSeconds: 120 } },
        { server: "192.0.2.2", answer: { state: "servfail" } },
      ],
      reason: "v=spf1 ~all is a second SPF policy",
      fix: 'remove at cloudflare: example.com. IN TXT "v=spf1 ~all"',
    }),
    row(HOST, {
      ...{
        verdict: "propagating",
        severity: "warning",
        provider: listed("mx.example.com", "A", HOST.values),
      },
      authoritative: [{ server: SERVER, answer: { state: "answer", values: HOST.values, ttlSeconds: 300 } }],
      resolvers: [
        { server: "192.0.2.1", answer: { state: "answer", values: ["203.0.113.9"], ttlSeconds: 120 } },
        { server: "192.0.2.2", answer: { state: "nxdomain", negativeTtlSeconds: 287 } },
      ],
      reason: "2 of 2 resolvers is not up to date",
      fix: "sleep 287 && ./mailstead audit",
    }),
    {
      ...{ name: "blog.example.com", type: "A", verdict: "unmanaged", severity: "info" },
      provider: listed("blog.example.com", "A", ["192.0.2.9"]),
      reason: "not declared, and it harms nothing",
      fix: "add to mailstead:dns.ignore: { … }",
    },
    {
      ...{ name: "old.example.com", type: "A", verdict: "ignored", severity: "info" },
      ...{
        reason: "the shop's",
        ignoredBy: ["old A", "old* → 192.*"],
        provider: listed("old.example.com", "A", ["192.0.2.8"]),
      },
    },
    row(MX, {
      ...{ verdict: "ok", severity: "info", provider: listed("example.com", "MX", MX.values) },
      ignoredBy: ["@ MX → 9 *"],
    }),
  ],
  checks: [
    { check: "dnssec", subject: "example.com", state: "ok", severity: "info", seen: "the DS means a key" },
    {
      ...{ check: "reverse-v4", subject: "203.0.113.10", state: "bad", severity: "critical" },
      ...{ seen: "has no reverse name", fix: "pulumi up --refresh --run-program" },
    },
  ],
};

test("text", () => {
  expect(writeTextReport(AUDIT)).toBe(`DNS of example.com: declared, provider, authoritative, resolvers

✗ conflict  TXT example.com
    declared       v=spf1 a -all (TTL 300)
    provider       v=spf1 a -all + v=spf1 ~all (TTL 300)
    authoritative  v=spf1 a -all + v=spf1 ~all at ns1.example.net (192.0.2.53) (TTL 300)
    resolvers      as declared at 192.0.2.1; SERVFAIL at 192.0.2.2
    why            v=spf1 ~all is a second SPF policy
    next           remove at cloudflare: example.com. IN TXT "v=spf1 ~all"

! propagating  A mx.example.com
    declared       203.0.113.10 (TTL 300)
    provider       as declared
    authoritative  as declared at ns1.example.net (192.0.2.53)
    resolvers      203.0.113.9 at 192.0.2.1 (120 s left); NXDOMAIN at 192.0.2.2 (287 s left)
    why            2 of 2 resolvers is not up to date
    next           sleep 287 && ./mailstead audit

· unmanaged  A blog.example.com
    declared       not declared
    provider       192.0.2.9 (TTL 300)
    why            not declared, and it harms nothing
    next           add to mailstead:dns.ignore: { … }

· A     old.example.com  ignored by old A; old* → 192.*: the shop's
✓ MX    example.com      0 mx.example.com (TTL 300), values ignored by @ MX → 9 *

✗ reverse-v4 203.0.113.10: bad: has no reverse name
    next           pulumi up --refresh --run-program
✓ dnssec example.com: the DS means a key

5 record sets: 1 conflict, 1 propagating, 1 unmanaged, 1 ignored, 1 ok. 2 checks: 1 bad, 1 ok. Caches let go within 287 seconds.
`);
});

test("Markdown", () => {
  expect(writeMarkdownReport(AUDIT)).toBe(`# DNS of example.com

5 record sets: 1 conflict, 1 propagating, 1 unmanaged, 1 ignored, 1 ok. 2 checks: 1 bad, 1 ok. Caches let go within 287 seconds.

## What to do

- conflict TXT example.com: v=spf1 \\~all is a second SPF policy  
  Next: \`remove at cloudflare: example.com. IN TXT "v=spf1 ~all"\`
- propagating A mx.example.com: 2 of 2 resolvers is not up to date  
  Next: \`sleep 287 && ./mailstead audit\`
- unmanaged A blog.example.com: not declared, and it harms nothing  
  Next: \`add to mailstead:dns.ignore: { … }\`
- reverse-v4 203.0.113.10: has no reverse name  
  Next: \`pulumi up --refresh --run-program\`

## Record sets

| Verdict | Set | Declared | Provider | Authoritative | Resolvers |
| --- | --- | --- | --- | --- | --- |
| **conflict** (critical) | TXT example.com | v=spf1 a -all (TTL 300) | v=spf1 a -all + v=spf1 \\~all (TTL 300) | v=spf1 a -all + v=spf1 \\~all at ns1.example.net (192.0.2.53) (TTL 300) | as declared at 192.0.2.1; SERVFAIL at 192.0.2.2 |
| **propagating** (warning) | A mx.example.com | 203.0.113.10 (TTL 300) | as declared | as declared at ns1.example.net (192.0.2.53) | 203.0.113.9 at 192.0.2.1 (120 s left); NXDOMAIN at 192.0.2.2 (287 s left) |
| **unmanaged** (info) | A blog.example.com | not declared | 192.0.2.9 (TTL 300) | not asked | not asked |
| **ignored** (info) by old A; old\\* → 192.\\* | A old.example.com | not declared | 192.0.2.8 (TTL 300) | not asked | not asked |
| ok, values ignored by &#64; MX → 9 \\* | MX example.com | 0 mx.example.com (TTL 300) | as declared | not asked | not asked |

## Checks

| State | Check | Subject | Seen |
| --- | --- | --- | --- |
| **bad** (critical) | reverse-v4 | 203.0.113.10 | has no reverse name |
| ok | dnssec | example.com | the DS means a key |
`);
});

/** The whole document. */
function jsonReport(audit: Audit): string {
  return [...writeJsonReport(audit)].join("");
}

test.each([0, 1, 99, 100, 101, 250])("JSON in pieces is the JSON of the whole, of %i rows", (count) => {
  // A text that looks like the place where the rows stand.
  const reason = '\n  "rows": []';
  const rows = Array.from({ length: count }, (_, index) =>
    row(set(`${index}.example.com`, "TXT", []), { verdict: "ok", severity: "info", reason }),
  );
  const audit = { ...AUDIT, domain: reason, rows };
  const document = { schemaVersion: AUDIT_SCHEMA_VERSION, summary: summaryLine(audit), ...audit };
  const pieces = [...writeJsonReport(audit)];
  expect(pieces.join("")).toBe(`${JSON.stringify(document, null, 2)}\n`);
  expect(pieces.length).toBeGreaterThan(count / 100);
});

test("JSON has the version of its shape, the sum, and the audit as it is", () => {
  const { schemaVersion, summary, ...audit } = JSON.parse(jsonReport(AUDIT)) as Record<string, unknown>;
  expect(schemaVersion).toBe(3);
  expect(summary).toMatch(/^5 record sets: 1 conflict/);
  expect(audit).toEqual(AUDIT);
});

test("colours go round words of ours alone", () => {
  const painted = writeTextReport(AUDIT, (colour, text) => `<${colour}>${text}</>`);
  expect(painted).toContain("<red>✗ conflict</>  <bold>TXT example.com</>");
  expect(painted).toContain("<green>✓</> dnssec");
  expect(painted.replace(/<[a-z]*>|<\/>/g, "")).toBe(writeTextReport(AUDIT));
});

test("what was not asked has no line", () => {
  const report = writeTextReport({ ...AUDIT, columns: ["api"] });
  expect(report).toMatch(/^DNS of example\.com: declared, provider\n/);
  expect(report).not.toMatch(/^ {4}(authoritative|resolvers) /m);
});

const HOSTILE = [
  ["\u001b[2J\u001b]0;title\u0007", String.raw`\x1b[2J\x1b]0;title\x07`],
  ["a\nb\r\u0085\u2028c", String.raw`a\x0ab\x0d\x85\u{2028}c`],
  ["\u009b31m\u007f", String.raw`\x9b31m\x7f`],
  ["\u202egnp.exe\u2066\ufeff\u200b", String.raw`\u{202e}gnp.exe\u{2066}\u{feff}\u{200b}`],
  ["\ud800x", String.raw`\u{d800}x`],
  ["größe 😀 日本", "größe 😀 日本"],
] as const;

test.each(HOSTILE)("%j is shown as text", (value, shown) => {
  expect(printable(value)).toBe(shown);
});

test.each([
  ["a|b", "a\\|b"],
  [
    "`x` **y** _z_ [l](u) ~s~ #1 $m$ !i",
    "\\`x\\` \\*\\*y\\*\\* \\_z\\_ \\[l\\](u) \\~s\\~ \\#1 \\$m\\$ \\!i",
  ],
  ["<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"],
  ["@you https://example.net www.example.net", "&#64;you https&#8203;://example.net www&#8203;.example.net"],
  ["back\\slash", "back\\\\slash"],
])("%j in a Markdown table", (value, shown) => {
  expect(markdownText(value)).toBe(shown);
});

test.each([
  ["plain", "`plain`"],
  ["a `b` ``c``", "``` a `b` ``c`` ```"],
  [" x ", "`  x  `"],
  ["a\nb", "`a\\x0ab`"],
])("%j as code in Markdown", (value, shown) => {
  expect(markdownCode(value)).toBe(shown);
});

/** An audit in which a stranger chose every text. */
function hostileAudit(text: string): Audit {
  const desired = set(text, "TXT", [text]);
  return {
    ...{ domain: text, zone: text, columns: ["api", "authoritative", "resolvers"] },
    rows: [
      row(desired, {
        ...{ verdict: "changed", severity: "critical", provider: listed(text, "TXT", [text, `${text}.`]) },
        authoritative: [{ server: text, answer: { state: "answer", values: [`${text};`], ttlSeconds: 1 } }],
        ...{ resolvers: [], reason: text, fix: text, ignoredBy: [text, text] },
      }),
      row(desired, { verdict: "ok", severity: "info", provider: { state: "unreachable", reason: text } }),
    ],
    checks: [
      { check: "banner", subject: text, state: "bad", severity: "warning", seen: text, fix: text },
      { check: "banner", subject: text, state: "ok", severity: "info", seen: text },
    ],
  };
}

const evil = fc
  .array(
    fc.constantFrom("\n", "\r", "\u001b", "\u009b", "|", "`", "\\", "<", "@", "\u202e", "\u2028", "a", '"'),
    {
      maxLength: 30,
    },
  )
  .map((parts) => parts.join(""));

test("whatever a stranger writes, no line, table or terminal is changed by it", () => {
  const harmless = hostileAudit("a");
  const lines = (report: string): number => report.split("\n").length;
  const bars = (report: string): number => report.match(/(?<!\\)(?:\\\\)*\|/g)?.length ?? 0;
  fc.assert(
    fc.property(evil, (text) => {
      const audit = hostileAudit(text);
      const reports = [writeTextReport(audit), writeMarkdownReport(audit), jsonReport(audit)] as const;
      for (const report of reports) expect(report).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(lines(reports[0])).toBe(lines(writeTextReport(harmless)));
      expect(lines(reports[1])).toBe(lines(writeMarkdownReport(harmless)));
      const tables = (report: string): string => report.slice(report.indexOf("## Record sets"));
      expect(bars(tables(reports[1]))).toBe(bars(tables(writeMarkdownReport(harmless))));
      expect(JSON.parse(reports[2])).toMatchObject({ domain: text, rows: [{ reason: text }, {}] });
    }),
    { numRuns: 300, seed: 4 },
  );
});
