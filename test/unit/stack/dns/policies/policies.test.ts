/**
 * Proves: policies and keys that say the same in another spelling are the same, and ones that say something else are not;
 * each kind of policy is known by how it begins, letter by letter, and what nearly begins like one is told from both; a
 * text of strangers is read whatever it holds, and in no time.
 * Cannot prove: what receivers make of them; readers of others are asked in test/unit/readers/policies.test.ts.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { measureKey, dkimFault } from "../../../../../stack/dns/rules/dkim.ts";
import { dmarcFault, reportUris } from "../../../../../stack/dns/rules/dmarc.ts";
import { readSpf } from "../../../../../stack/dns/policies/spfTerms.ts";
import { dkimRecord } from "../../../../../stack/dns/dkim.ts";
import { kindMeant, kindOfText, POLICY_KINDS } from "../../../../../stack/dns/policies/kinds.ts";
import { canonicalPolicy, samePolicy } from "../../../../../stack/dns/policies/samePolicy.ts";
import { readTags } from "../../../../../stack/dns/policies/tagList.ts";
import { readNotice } from "../../../../../stack/dns/policies/transportNotice.ts";
import { whyNoPolicy } from "../../../../../stack/dns/policies/whyNoPolicy.ts";
import { fill } from "../../../../../stack/values/slots.ts";
import { planned, planOf } from "../../support/planOf.ts";
import { arbitraryRaw } from "../../support/arbitraryRaw.ts";
import { dkimKey, rawWith } from "../../support/validRaw.ts";

const KEY = dkimKey(2048);

describe("the same in another spelling", () => {
  test.each([
    ["_dmarc.d.test", "v=DMARC1; p=none;", "v=DMARC1; p=none"],
    [
      "_dmarc.d.test",
      "v=DMARC1; p=quarantine; rua=mailto:d@d.test;",
      "v=DMARC1;p=quarantine;rua=mailto:d@d.test",
    ],
    ["_dmarc.d.test", "v=DMARC1; p=none;", "v = DMARC1 ; adkim=r; t=n; fo=0; p = NONE ; sp=none; np=none"],
    [
      "_dmarc.d.test",
      "v=DMARC1; p=reject; rua=mailto:a@d.test,mailto:b@d.test",
      "v=DMARC1; rua=MAILTO:b@D.test!10m , mailto:a@d.test; p=reject",
    ],
    [
      "_dmarc.d.test",
      "v=DMARC1; p=reject; rua=mailto:a+b@d.test",
      "v=DMARC1; p=reject; rua=mailto:a%2Bb@d.test",
    ],
    ["s._domainkey.d.test", fill(dkimRecord(KEY), String), `v=DKIM1;k=rsa;p=${KEY}`],
    [
      "s._domainkey.d.test",
      fill(dkimRecord(KEY), String),
      `p=${KEY.slice(0, 200)} ${KEY.slice(200)}; n=note`,
    ],
    ["s._domainkey.d.test", `v=DKIM1; t=s:y; p=${KEY}`, `v=DKIM1; p=${KEY}; s=*; t=y : s;`],
    ["d.test", "v=spf1 a -all", "V=SPF1  +A:D.test.  -ALL "],
    [
      "d.test",
      "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all",
      "v=spf1 ip4:192.0.2.7/24 ip6:2001:DB8:0::1/32 -all",
    ],
    ["d.test", "v=spf1 ip4:192.0.2.1 a/24 -all", "v=spf1 ip4:192.0.2.1/32 a:d.test/24//128 -all"],
    ["d.test", "v=spf1 exp=e.test a redirect=x.test", "v=spf1 a redirect=X.test. exp=e.TEST"],
    ["_mta-sts.d.test", "v=STSv1; id=1a;", "v=STSv1;id=1a"],
    ["_smtp._tls.d.test", "v=TLSRPTv1; rua=mailto:r@d.test;", "v=TLSRPTv1;rua=mailto:r@D.TEST"],
  ])("%s: %s", (name, left, right) => {
    expect(samePolicy(name, left, right)).toBe(true);
    expect(samePolicy(name, right, left)).toBe(true);
  });

  test.each([
    ["_dmarc.d.test", "v=DMARC1; p=none", "v=DMARC1; p=reject"],
    ["_dmarc.d.test", "v=DMARC1; p=reject", "v=DMARC1; p=reject; sp=none"],
    ["_dmarc.d.test", "v=DMARC1; p=reject", "v=DMARC1; p=reject; rua=mailto:a@d.test"],
    ["_dmarc.d.test", "v=DMARC1; p=reject; rua=mailto:A@d.test", "v=DMARC1; p=reject; rua=mailto:a@d.test"],
    ["_dmarc.d.test", "v=DMARC1; p=reject", "v=dmarc1; p=reject"],
    ["_dmarc.d.test", "v=DMARC1; p=reject", "v=DMARC1; p=reject; p=reject"],
    ["s._domainkey.d.test", `v=DKIM1; p=${KEY}`, `v=DKIM1; k=ed25519; p=${KEY}`],
    ["s._domainkey.d.test", `v=DKIM1; p=${KEY}`, `v=DKIM1; p=${KEY.toLowerCase()}`],
    ["s._domainkey.d.test", `v=DKIM1; p=${KEY}`, `k=rsa; v=DKIM1; p=${KEY}`],
    ["d.test", "v=spf1 a -all", "v=spf1 a ~all"],
    ["d.test", "v=spf1 a mx -all", "v=spf1 mx a -all"],
    ["d.test", "v=spf1 a -all", "v=spf1 a:x.test -all"],
    ["www.d.test", "v=spf1 a -all", "v=spf1 a:d.test -all"],
    ["d.test", "v=spf1 exists:%{i}.x.test -all", "v=spf1 exists:%{I}.x.test -all"],
    ["d.test", "v=spf1 ip4:192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.0/25 -all"],
    ["d.test", "v=spf1 a/64 -all", "v=spf1 A/64 -all"],
    ["_mta-sts.d.test", "v=STSv1; id=1a;", "v=STSv1; id=1A;"],
    ["d.test", "site=1", "site = 1"],
    ["_dmarc.d.test", "v=DMARC1; p=none", "v=spf1 -all"],
  ])("not: %s: %s, %s", (name, left, right) => {
    expect(samePolicy(name, left, right)).toBe(false);
  });

  /** The same text with more or fewer blanks and semicolons, as panels and people write them. */
  function respelt(text: string, blanks: readonly number[]): string {
    let at = 0;
    const blank = () => " ".repeat(blanks[at++ % blanks.length] ?? 0);
    if (text.startsWith("v=spf1")) return text.replace(/ /g, () => ` ${blank()}`).replace("v=spf1", "V=SpF1");
    const [version = "", ...tags] = text.split(/;\s*/);
    const body = tags
      .filter((tag) => tag !== "")
      .map((tag) => `${blank()}${tag.replace("=", `${blank()}=${blank()}`)}`);
    const rest = (blanks[0] ?? 0) % 2 === 0 ? body : body.reverse();
    return `${[version, ...rest].join(";")}${(blanks[1] ?? 0) % 2 === 0 ? ";" : ""}`;
  }

  test("every policy and key of a plan, however it is spelt", () => {
    let seen = 0;
    fc.assert(
      fc.property(arbitraryRaw, fc.array(fc.nat(3), { minLength: 2, maxLength: 9 }), (raw, blanks) => {
        for (const record of planOf(raw).records) {
          if (record.type !== "TXT" || record.text.some((piece) => typeof piece !== "string")) continue;
          const text = fill(record.text, String);
          if (canonicalPolicy(record.name, text) === undefined) continue;
          seen += 1;
          expect([text, samePolicy(record.name, text, respelt(text, blanks))]).toEqual([text, true]);
        }
      }),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});

describe("kinds", () => {
  test("each example is of its kind alone, and stands at its own names alone", () => {
    for (const { kind, example, is } of POLICY_KINDS) {
      expect(is(example)).toBe(true);
      expect(POLICY_KINDS.filter((other) => other.is(example)).map((other) => other.kind)).toEqual([kind]);
    }
    const names = [
      "d.test",
      "_dmarc.d.test",
      "s._domainkey.d.test",
      "_mta-sts.d.test",
      "_smtp._tls.d.test",
      "default._bimi.d.test",
    ];
    const at = names.map((name) =>
      POLICY_KINDS.filter(({ standsAt }) => standsAt(name)).map(({ kind }) => kind),
    );
    expect(at).toEqual([["spf"], ["dmarc"], ["dkim"], ["mta-sts"], ["tls-rpt"], ["bimi"]]);
  });

  const damaged: readonly (readonly [string, (version: string, text: string) => string])[] = [
    ["quotes", (_, text) => `"${text}`],
    ["a blank before", (version, text) => (version === "v=DKIM1" ? text.replace("=", "") : ` ${text}`)],
    ["a letter too few", (version, text) => text.replace(version, version.slice(0, -1))],
    ["a letter too many", (version, text) => text.replace(version, `${version}1`)],
    ["two letters swapped", (version, text) => text.replace(version, version.replace(/=(.)(.)/, "=$2$1"))],
    ["a colon", (version, text) => text.replace(version, version.replace("=", ":"))],
    ["no v", (version, text) => text.replace(version, version.slice(2))],
  ];
  test.each(damaged)("with %s, a text is none and seen as what it was meant as", (_, damage) => {
    for (const { kind, version, example } of POLICY_KINDS) {
      const text = damage(version, example);
      expect([text, kindOfText(text), kindMeant(text)?.kind]).toEqual([text, undefined, kind]);
    }
  });

  test.each([
    "google-site-verification=abc",
    "MS=ms123",
    "v=verifydomain MS=1",
    "apple-domain=x",
    "spf",
    "vdmark",
    "v=1; p=2",
    "keybase-site-verification=v",
    "hello; the v=spf2 of it",
    "v=msv1 t=0",
  ])("%s is nobody's policy", (text) => {
    expect(kindMeant(text)).toBeUndefined();
  });
});

describe("in dns.records", () => {
  const told = (records: readonly { name: string; text: string }[]) => {
    const rows = records.map((record, index) => ({ role: `r${index}`, type: "TXT", ...record }));
    const { issues } = planned(rawWith({ "dns.records": rows }));
    return issues.flatMap(({ path, rule, message, severity }) =>
      path.startsWith("mailstead:dns.records") && severity === "error" ? [[path, rule, message]] : [],
    );
  };

  test.each([
    ["its semicolons escaped", "_dmarc.news", "v=DMARC1\\; p=reject", "a DMARC policy"],
    ["a small version", "_dmarc.news", "v=dmarc1; p=reject", "a DMARC policy"],
    ["its version last", "_dmarc.news", "p=reject; v=DMARC1", "a DMARC policy"],
    ["no semicolon", "_dmarc.news", "v=DMARC1 p=reject", "a DMARC policy"],
    ["a blank before", "news", " v=spf1 include:_spf.example.net ~all", "an SPF policy"],
    ["no blank behind", "news", "v=spf1include:_spf.example.net ~all", "an SPF policy"],
    ["its version misspelt", "news", "v=sfp1 -all", "an SPF policy"],
    ["a blank before its semicolon", "_mta-sts.news", "v=STSv1 ; id=1", "an MTA-STS notice"],
    ["its version alone", "_smtp._tls.news", "v=TLSRPTv1", "a request for TLS reports"],
    ["a comma, at no selector", "news", "v=DKIM1, p=AAAA", "a DKIM key"],
  ])("a text with %s is refused: %s %s", (_, name, text, kind) => {
    const message = `this was meant as ${kind} and is none: all who look for one leave it out`;
    expect(told([{ name, text }])).toEqual([
      ["mailstead:dns.records[0].text", "policy-that-is-none", message],
    ]);
  });

  test.each([
    ["_dmarc.news", "a DMARC policy"],
    ["_mta-sts.news", "an MTA-STS notice"],
    ["_smtp._tls.news", "a request for TLS reports"],
    ["default._bimi.news", "a BIMI picture"],
  ])("at %s, nothing but %s may stand", (name, kind) => {
    const message = `${name}.example.com is where others look for ${kind}, and this is none`;
    for (const text of ["v=spf1 -all", "site=1"])
      expect(told([{ name, text }])).toEqual([
        ["mailstead:dns.records[0].text", "policy-that-is-none", message],
      ]);
  });

  test("a selector of a sub-domain has one key", () => {
    const name = "s._domainkey.news";
    const found = told(["rsa", "x"].map((note) => ({ name, text: `v=DKIM1; n=${note}; p=${KEY}` })));
    expect(found).toEqual([["mailstead:dns.records[1]", "second-dkim", "this selector has a key already"]]);
  });
});

describe("texts of strangers", () => {
  const readAll = (name: string, text: string) => [
    readSpf(text)?.length,
    whyNoPolicy(name, text),
    canonicalPolicy(name, text),
    [dkimFault, dmarcFault, measureKey, reportUris].map((read) => read(readTags(text))),
    [readNotice(text, "id"), readNotice(text, "rua")],
  ];
  const NAMES = ["d.test", "_dmarc.d.test", "s._domainkey.d.test", "_mta-sts.d.test", "_smtp._tls.d.test"];

  test("are read whatever they hold: no reader throws", () => {
    const begin = fc.constantFrom(
      "",
      ...POLICY_KINDS.flatMap(({ version, example }) => [version, `${version};`, `${example} `]),
    );
    const letters = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom("%", "{", "}", "/", ":", "=", ";", " ", "a", "1", "."),
        maxLength: 40,
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), begin, letters, (name, version, rest) => {
        readAll(name, version + rest);
      }),
      { numRuns: 3000 },
    );
  });

  test("are read in no time, at any length", () => {
    const long = 60_000;
    const runs = [
      "a",
      " ",
      "\t",
      "/",
      "/1",
      "%",
      "%{",
      "=",
      ";",
      "v=",
      "v ",
      "!1",
      ",",
      ".",
      "\u00a0",
      "v=spf1 ",
      "mailto:a@",
      "_a.",
    ];
    const began = performance.now();
    for (const name of ["d.test", "s._domainkey.d.test"])
      for (const version of ["", "v=spf1 a:", "v=DMARC1; rua=", "v=DKIM1; p=", "v=STSv1; id="])
        for (const run of runs) readAll(name, `${version}${run.repeat(long / run.length)}x`);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
