/**
 * Proves: plan and audit judge by one book. For every pair of texts, over 2,000, at the names where policies and keys stand, a record of
 * the owner's beside a declared one, and the same record put there by others, break the same rules or none; what an audit
 * calls a conflict names rules of the book.
 * Cannot prove: that the rules are right; their sources say so.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeZone } from "../../../../stack/dns/rules/checkRecords.ts";
import { harmsInSet } from "../../../../stack/dns/rules/judgeForeign.ts";
import { RULES } from "../../../../stack/dns/rules/rules.ts";
import { arbitraryChoose } from "../../../support/zoneRows.ts";
import { arbitraryRaw } from "../../stack/support/arbitraryRaw.ts";
import { askAgain, auditedWorld } from "./fixes/auditedWorld.ts";
import { DNS_PROVIDER_NAMES } from "../../../../stack/vendors/registry.ts";

const facts = { domain: "d.test", zone: "d.test" };

const NAMES = [
  "d.test",
  "mx.d.test",
  "_dmarc.d.test",
  "_mta-sts.d.test",
  "_smtp._tls.d.test",
  "s._domainkey.d.test",
  "s._domainkey.sub.d.test",
];

const TEXTS = [
  "v=spf1 -all",
  "V=SPF1 a -all",
  "v=spf1",
  "v=spf10 -all",
  "v=DMARC1; p=none",
  "v=DMARC1;p=reject",
  "v=dmarc1; p=none",
  "v=STSv1; id=1;",
  "v=STSv1;id=2",
  "v=STSv1 ; id=3",
  "V=STSV1; id=4;",
  "v=TLSRPTv1; rua=mailto:a@d.test",
  "v=TLSRPTv1;rua=mailto:b@d.test",
  "v=TLSRPTv1 rua=mailto:c@d.test",
  "v=DKIM1; p=QUJD",
  "k=rsa; p=QUJD",
  "note",
  "forward-email=a:b@example.net",
];

/** Rules that judge a record beside another, whoever's it is. */
const BOTH = new Set(RULES.filter(({ judge, inSet }) => judge && inSet).map(({ name }) => name));

function inPlan(name: string, declared: string, other: string): string[] {
  const record = (value: string) => ({ name, type: "TXT", ttlSeconds: 300, value });
  const found = judgeZone([record(declared), record(other)], facts, 1);
  return found.map(({ rule }) => rule.name).filter((rule) => BOTH.has(rule));
}

function inAudit(name: string, declared: string, other: string): string[] {
  const desired = {
    name,
    type: "TXT",
    ttlSeconds: 300,
    values: [declared],
    roles: [],
    level: "required",
  } as const;
  const set = { desired, facts, values: [declared, other], foreign: [other], missing: [] };
  return harmsInSet(set).map(({ rule }) => rule);
}

test("a text beside another breaks the same rules in plan and audit: every pair at every name", () => {
  const seen = new Set<string>();
  for (const name of NAMES) {
    for (const declared of TEXTS) {
      for (const other of TEXTS.filter((text) => text !== declared)) {
        const told = inAudit(name, declared, other);
        for (const rule of told) seen.add(rule);
        expect(told, `${name}: ${declared}, ${other}`).toEqual(inPlan(name, declared, other));
      }
    }
  }
  expect([...seen].sort()).toEqual(
    ["open-aliases", "second-dkim", "second-dmarc", "second-mta-sts", "second-spf", "second-tls-rpt"].sort(),
  );
});

test("each conflict of an audit names rules of the book", () => {
  const names = new Set(RULES.map(({ name }) => name));
  fc.assert(
    fc.property(arbitraryRaw, arbitraryChoose, (raw, choose) => {
      for (const provider of DNS_PROVIDER_NAMES) {
        const rows = askAgain(auditedWorld(raw, provider, choose));
        for (const { verdict, rules = [] } of rows.filter((row) => row.verdict === "conflict")) {
          expect(rules.length, verdict).toBeGreaterThan(0);
          expect(rules.every((rule) => names.has(rule))).toBe(true);
        }
      }
    }),
    { numRuns: 40, seed: 20_261_128, endOnFailure: true },
  );
});
