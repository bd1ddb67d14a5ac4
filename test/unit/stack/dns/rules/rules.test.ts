/**
 * Proves: each rule about records finds the case made for it and leaves a near one alone; whole plans break none but by the
 * owner's choice; what only the DNS can tell is asked of the resolver
 * handed in, and no answer is no finding.
 * Cannot prove: that the sources still say so; the rules of the providers name the day on which they were read.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forbidsIssuer, findIssuer } from "../../../../../stack/dns/rules/caa.ts";
import { judgeZone } from "../../../../../stack/dns/rules/checkRecords.ts";
import { checkForeignReports } from "../../../../../stack/dns/rules/dmarc.ts";
import { toJudged } from "../../../../../stack/dns/rules/judgedRecord.ts";
import type { LookUp } from "../../../../../stack/dns/rules/rule.ts";
import { RULES } from "../../../../../stack/dns/rules/rules.ts";
import { checkSpfLookUps } from "../../../../../stack/dns/rules/spfLookUps.ts";
import { catchesByWildcard } from "../../../../../stack/dns/rules/wildcards.ts";
import { zoneFacts } from "../../../../../stack/dns/zoneFacts.ts";
import { arbitraryRaw } from "../../support/arbitraryRaw.ts";
import { RULE_CASES, zoneOf } from "../../support/dnsRuleCases.ts";
import { configOf, planned, planOf } from "../../support/planOf.ts";
import { rawWith } from "../../support/validRaw.ts";

const DOMAIN = { domain: "d.test" };

/** Rules that only `ask`: they have tests of their own below. */
const ASKING = RULES.filter(({ judge }) => judge === undefined).map(({ name }) => name);

describe("the table", () => {
  test("has forty rules at least, each with another name in kebab case, a source and a title", () => {
    expect(RULES.length).toBeGreaterThanOrEqual(40);
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
    for (const { name, title, source } of RULES) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(title).toMatch(/\.$/);
      expect(source).not.toBe("");
    }
  });

  test("has all four grades, and each limit of a provider says when it was read", () => {
    const grades = new Set(RULES.map(({ grade }) => grade));
    expect(grades).toEqual(new Set(["syntax", "rfc", "best-practice", "provider-limit"]));
    for (const { grade, verified } of RULES) {
      if (grade === "provider-limit") expect(verified).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });

  test("has a case for each rule", () => {
    expect(new Set(RULE_CASES.map(({ rule }) => rule))).toEqual(
      new Set(RULES.map(({ name }) => name).filter((name) => !ASKING.includes(name))),
    );
  });
});

describe("each rule", () => {
  test.each(RULE_CASES.map((one) => [`${one.rule}: ${one.bad.at(-1)?.slice(0, 60) ?? ""}`, one] as const))(
    "%s",
    (_, { rule, bad, near, facts, nearFacts, set, nearSet, first, also = [] }) => {
      const found = judgeZone(zoneOf(bad, first, set), { ...DOMAIN, ...facts });
      expect(found.map((finding) => finding.rule.name).sort()).toEqual([rule, ...also].sort());
      const left = judgeZone(zoneOf(near, first, nearSet), { ...DOMAIN, ...nearFacts });
      expect(left.map((finding) => finding.rule.name).filter((name) => !also.includes(name))).toEqual([]);
      for (const { message, fix } of found) {
        expect(message).not.toMatch(/undefined|\.$/);
        expect(fix.length).toBeGreaterThan(3);
      }
    },
  );
});

describe("plans", () => {
  /** What an owner may choose against the rules: the guide's table to the letter, and policies that only watch. */
  const CHOSEN = ["alias-as-target", "dmarc-policy-none", "dmarc-weaker-below"];

  test("break no rule but by choice", () => {
    fc.assert(
      fc.property(arbitraryRaw, (raw) => {
        const { records } = planOf(raw);
        const facts = zoneFacts(configOf(raw));
        const found = judgeZone(records.map(toJudged), facts).map(({ rule }) => rule.name);
        expect(found.filter((name) => !CHOSEN.includes(name))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test("tell the owner's faults with path, grade and source", () => {
    const records = [{ role: "news", name: "news", type: "TXT", text: "v=spf1 ptr ?all", purpose: "news" }];
    const place = "mailstead:dns.records[0].text";
    expect(planned(rawWith({ "dns.records": records })).issues).toMatchObject([
      { path: place, rule: "spf-neutral-all", grade: "best-practice", severity: "warning" },
      { path: place, rule: "spf-ptr", grade: "rfc", source: "RFC 7208 5.5" },
    ]);
  });

  test("refuse a CA list that shuts ours out", () => {
    const records = [{ role: "caa", name: "@", type: "CAA", flags: 0, tag: "issue", value: "other.example" }];
    const { issues } = planned(rawWith({ "dns.records": records }));
    expect(issues.map(({ path, rule }) => [path, rule])).toContainEqual([
      "mailstead:dns.records[0].value",
      "caa-forbids-issuer",
    ]);
  });
});

/** A resolver of a fixed table; every name else does not exist. Counts the questions. */
function resolverOf(
  table: Readonly<Record<string, readonly string[] | string>>,
): LookUp & { asked: string[] } {
  const asked: string[] = [];
  const lookUp: LookUp = (name, type) => {
    asked.push(`${name} ${type}`);
    const found = table[`${name} ${type}`];
    if (found === undefined) return Promise.resolve({ state: "nxdomain" });
    return Promise.resolve(typeof found === "string" ? { state: found } : { state: "answer", values: found });
  };
  return Object.assign(lookUp, { asked });
}

describe("SPF look-ups", () => {
  const names = async (policy: string, table: Parameters<typeof resolverOf>[0]) => {
    const { findings, unanswered } = await checkSpfLookUps(policy, "d.test", resolverOf(table));
    return [...findings.map(({ rule }) => rule.name), ...unanswered];
  };
  const hosts = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `a:h${from + index}.test`).join(" ");
  const addresses = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`h${index}.test A`, ["192.0.2.1"]] as const),
  );

  test("ten with all includes are allowed, eleven are not", async () => {
    const table = (count: number) => ({ ...addresses, "i.test TXT": [`v=spf1 ${hosts(0, count)} -all`] });
    expect(await names("v=spf1 include:i.test -all", table(9))).toEqual([]);
    expect(await names("v=spf1 include:i.test -all", table(10))).toEqual(["spf-look-ups"]);
  });

  test("two that find nothing are allowed, three are not; an IPv6 address is nothing to a peer with IPv4", async () => {
    expect(await names("v=spf1 a:x.test a:y.test -all", {})).toEqual([]);
    expect(await names("v=spf1 a:x.test a:y.test mx:z.test -all", {})).toEqual(["spf-void-look-ups"]);
    const six = { "z.test AAAA": ["2001:db8::1"] };
    expect(await names("v=spf1 a:x.test a:y.test a:z.test -all", six)).toEqual(["spf-void-look-ups"]);
    expect(await names("v=spf1 a:x.test a:x.test a:x.test -all", {})).toEqual(["spf-void-look-ups"]);
  });

  test("those behind a redirect, an include and the hosts of an mx count too", async () => {
    const policy = "v=spf1 a:x.test a:y.test a:z.test -all";
    expect(await names("v=spf1 redirect=r.test", { "r.test TXT": [policy] })).toEqual(["spf-void-look-ups"]);
    expect(await names("v=spf1 include:r.test -all", { "r.test TXT": [policy] })).toEqual([
      "spf-void-look-ups",
    ]);
    const hosts = { "m.test MX": ["0 a.test", "1 b.test", "2 c.test"] };
    expect(await names("v=spf1 mx:m.test -all", hosts)).toEqual(["spf-void-look-ups"]);
    expect(await names("v=spf1 mx:m.test -all", { "m.test MX": ["0 ."] })).toEqual([]);
  });

  test("an mx finds ten hosts at most, wherever it stands", async () => {
    const mx = (count: number) => ({
      ...addresses,
      "i.test TXT": ["v=spf1 mx:m.test ~all"],
      "m.test MX": Array.from({ length: count }, (_, index) => `${index} h${index}.test`),
    });
    for (const policy of ["v=spf1 mx:m.test -all", "v=spf1 include:i.test -all", "v=spf1 redirect=i.test"]) {
      expect(await names(policy, mx(10))).toEqual([]);
      expect(await names(policy, mx(11))).toEqual(["spf-mx-hosts"]);
    }
  });

  test.each([
    "v=spf1 ipv4:192.0.2.0/24 ~all",
    "v=spf1 ip4:192.0.2.0/24include:_b.test ~all",
    "v=spf1 include.spf.test ~all",
    "v=spf1 ip4:192.0.2.0/33 ~all",
    "v=spf1 -all a/64",
    "v=spf1 -all redirect=x",
    "v=spf1 ip6:2001:db8::1%eth0 -all",
  ])("a syntax error in an included policy is one of ours, and names it: %s", async (text) => {
    for (const policy of ["v=spf1 a:h1.test include:i.test -all", "v=spf1 redirect=i.test"]) {
      const table = { ...addresses, "i.test TXT": [text] };
      const { findings } = await checkSpfLookUps(policy, "d.test", resolverOf(table));
      expect(findings.map(({ rule }) => rule.name)).toEqual(["spf-broken-include"]);
      expect(findings[0]?.message).toMatch(/^i\.test has a policy with a syntax error: "[^"]+" \(/);
      expect(findings[0]?.fix).toBe("remove i.test from the policy");
    }
  });

  test("round in a circle through includes and redirects, each names where it closes", async () => {
    const table = { "i.test TXT": ["v=spf1 redirect=j.test"], "j.test TXT": ["v=spf1 include:i.test -all"] };
    const { findings } = await checkSpfLookUps("v=spf1 include:i.test -all", "d.test", resolverOf(table));
    expect(findings.map(({ message }) => message)).toEqual([
      "i.test leads back to itself: receivers answer permerror to the whole policy",
    ]);
  });

  test("an include without a policy, with two, or of itself is an error", async () => {
    expect(await names("v=spf1 include:x.test -all", { "x.test TXT": ["other"] })).toEqual([
      "spf-broken-include",
    ]);
    const two = { "x.test TXT": ["v=spf1 -all", "v=spf1 a -all"] };
    expect(await names("v=spf1 include:x.test -all", two)).toEqual(["spf-broken-include"]);
    expect(await names("v=spf1 redirect=d.test", {})).toEqual(["spf-broken-include"]);
    expect(await names("v=spf1 include:x.test -all", { "x.test TXT": ["other", "v=spf1 -all"] })).toEqual([]);
  });

  test("no answer is named, and is no finding", async () => {
    expect(await names("v=spf1 include:x.test -all", { "x.test TXT": "servfail" })).toEqual(["x.test TXT"]);
  });

  test("what stands after all is not asked, and nothing is asked twice", async () => {
    const resolver = resolverOf({ "x.test A": ["192.0.2.1"] });
    await checkSpfLookUps("v=spf1 a:x.test a:x.test -all a:y.test redirect=z.test", "d.test", resolver);
    expect(resolver.asked).toEqual(["x.test A"]);
  });
});

describe("DMARC reports to a foreign domain", () => {
  const policy = "v=DMARC1; p=reject; rua=mailto:a@d.test,mailto:b@reports.test";
  const place = "d.test._report._dmarc.reports.test TXT";
  const found = async (table: Parameters<typeof resolverOf>[0], text = policy) => {
    const { findings, unanswered } = await checkForeignReports(text, "d.test", resolverOf(table));
    return [...findings.map(({ rule }) => rule.name), ...unanswered];
  };

  test("are allowed by a record of that domain", async () => {
    expect(await found({})).toEqual(["foreign-reports"]);
    expect(await found({ [place]: ["other"] })).toEqual(["foreign-reports"]);
    expect(await found({ [place]: ["v=DMARC1"] })).toEqual([]);
    expect(await found({ [place]: "timeout" })).toEqual([place]);
  });

  test("need none within the domain", async () => {
    expect(await found({}, "v=DMARC1; p=reject; rua=mailto:a@mail.d.test")).toEqual([]);
  });
});

describe("words for others", () => {
  test("a wildcard catches what is next below its parent's existing names only", () => {
    const names = new Set(["d.test", "test", "a.d.test", "_dmarc.d.test"]);
    expect(catchesByWildcard("*.d.test", "x.y.d.test", names)).toBe(true);
    expect(catchesByWildcard("*.d.test", "_dmarc.d.test", names)).toBe(false);
    expect(catchesByWildcard("*.d.test", "x.a.d.test", names)).toBe(false);
    expect(catchesByWildcard("d.test", "x.d.test", names)).toBe(false);
  });

  test("CAs are known by their directory, and shut out by name, wildcard or method", () => {
    expect(findIssuer("https://acme-v02.api.letsencrypt.org/directory")).toBe("letsencrypt.org");
    expect(findIssuer("https://acme.example.net/directory")).toBeUndefined();
    const ours = { domain: "letsencrypt.org", method: "dns-01" };
    expect(forbidsIssuer([], ours, true)).toBe(false);
    expect(forbidsIssuer(["0 iodef mailto:a@d.test"], ours, false)).toBe(false);
    expect(forbidsIssuer(["0 issue ;"], ours, false)).toBe(true);
    expect(forbidsIssuer(["0 issuewild other.test"], ours, false)).toBe(false);
    expect(forbidsIssuer(["0 issuewild other.test", "0 issue letsencrypt.org"], ours, true)).toBe(true);
    expect(forbidsIssuer(["0 issue LetsEncrypt.org; validationmethods=dns-01"], ours, true)).toBe(false);
    expect(forbidsIssuer(["0 issue letsencrypt.org;validationmethods = http-01"], ours, true)).toBe(true);
    const bound = ["0 issue letsencrypt.org; accounturi=https://ca.test/acct/1"];
    expect(forbidsIssuer(bound, { ...ours, accountUri: "https://ca.test/acct/1" }, false)).toBe(false);
    expect(forbidsIssuer(bound, { ...ours, accountUri: "https://ca.test/acct/2" }, false)).toBe(true);
    expect(forbidsIssuer(bound, ours, false)).toBe(false);
  });
});
