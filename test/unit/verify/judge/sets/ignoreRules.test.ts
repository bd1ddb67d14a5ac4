/**
 * Proves: what an ignore rule hides of unmanaged records and of values beside declared ones, that every rule that hides something is
 * named, and that a stale or wrong rule is said without doing anything else.
 * Cannot prove: which spellings of a rule the configuration takes; the tests of the configuration do.
 */
import { describe, expect, test } from "vitest";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import { audit } from "../../../../../verify/judge/sets/audit.ts";
import { auditExitCode } from "../../../../../verify/judge/exitCode.ts";
import { listFindingLines } from "../../../../../verify/report/news.ts";
import { auditOf, context, DECLARED, DESIRED, read, record, ttlSeconds } from "../auditedZone.ts";

const isText = ({ name, type }: ZoneRecord): boolean => name === "example.com" && type === "TXT";

describe("ignore rules", () => {
  const blog = read.cloudflare([...DECLARED, record("blog.example.com", "A", "192.0.2.9")]);

  test("an unmanaged record is hidden, with the rule named", () => {
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

  test("every rule that hides a record of an unmanaged set is named, with its reason", () => {
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
    expect(listFindingLines(result).filter((line) => line.includes("ignore-rule"))).toEqual([]);
    expect(checks.map(({ severity, seen }) => `${severity}: ${seen}`)).toEqual([
      "warning: matches nothing in the zone",
      "warning: names the declared set MX example.com, which cannot be ignored",
    ]);
  });
});
