/** One case for each rule: records that break it, and near ones that do not. A record is one line: `NAME TTL TYPE data`. */
import type { JudgedRecord } from "../../../../stack/dns/rules/judgedRecord.ts";
import type { RuleFacts } from "../../../../stack/dns/rules/zoneView.ts";
import { dkimKey } from "./validRaw.ts";

/** Names as in a zone of the domain `d.test`: `@`, or relative; what ends in a dot is taken as it is, without the dot. */
export interface RuleCase {
  readonly rule: string;
  readonly bad: readonly string[];
  readonly near: readonly string[];
  readonly facts?: Partial<RuleFacts>;
  readonly nearFacts?: Partial<RuleFacts>;
  /** Set on the last record of both. */
  readonly set?: Partial<JudgedRecord>;
  readonly nearSet?: Partial<JudgedRecord>;
  /** Set on the first record of both. */
  readonly first?: Partial<JudgedRecord>;
  /** Other rules that the bad records break by their nature. */
  readonly also?: readonly string[];
}

const LABEL = "a".repeat(63);
const LONG = `${LABEL}.${LABEL}.${LABEL}.${"b".repeat(54)}`; // 253 with .d.test
const [key2048, key1024, key512] = [dkimKey(2048), dkimKey(1024), dkimKey(512)];
const key = (rest: string) => `s._domainkey 300 TXT ${rest}`;
const dmarc = (rest: string) => `_dmarc 300 TXT v=DMARC1; ${rest}`;
const spf = (rest: string) => `@ 300 TXT v=spf1 ${rest}`;
const issuer = {
  issuer: { domain: "letsencrypt.org", method: "dns-01" },
  certificateNames: ["d.test", "*.d.test"],
};
const SHA256 = "ab".repeat(32);
const FORWARDED = "forward-email-site-verification=";

export const RULE_CASES: readonly RuleCase[] = [
  // clashes
  {
    rule: "duplicate-role",
    bad: ["a 300 TXT x", "b 300 TXT y"],
    near: ["a 300 TXT x", "b 300 TXT y"],
    set: { role: "one" },
    nearSet: { role: "two" },
    first: { role: "one" },
  },
  {
    rule: "alias-not-alone",
    bad: ["a 300 TXT x", "a 300 CNAME b.test"],
    near: ["b 300 TXT x", "a 300 CNAME b.test"],
  },
  { rule: "duplicate-record", bad: ["a 300 TXT x", "a 300 TXT x"], near: ["a 300 TXT x", "a 300 TXT X"] },
  { rule: "ttl-differs", bad: ["a 300 TXT x", "a 301 TXT y"], near: ["a 300 TXT x", "a 301 A 192.0.2.1"] },
  {
    rule: "second-address",
    bad: ["@ 300 A 192.0.2.1", "@ 300 A 192.0.2.2"],
    near: ["@ 300 A 192.0.2.1", "@ 300 AAAA 2001:db8::1"],
    first: { level: "required" },
  },
  {
    rule: "own-name-servers",
    bad: ["@ 300 NS ns.test"],
    near: ["@ 300 NS ns.test"],
    nearSet: { providerOwned: true },
  },
  {
    rule: "challenge-alias",
    bad: ["_acme-challenge 300 CNAME x.test"],
    near: ["_acme-challenge.www 300 CNAME x.test"],
    facts: { ordersByDns: true, certificateNames: ["d.test", "*.d.test"] },
    nearFacts: { ordersByDns: true, certificateNames: ["d.test", "*.d.test"] },
  },
  {
    rule: "challenge-alias",
    bad: ["_acme-challenge.www 300 NS ns.test"],
    near: ["_acme-challenge.www 300 NS ns.test"],
    facts: { ordersByDns: true, certificateNames: ["d.test", "www.d.test"] },
    nearFacts: { certificateNames: ["d.test", "www.d.test"] },
  },
  {
    rule: "spf-broken-include",
    bad: [spf("a include:D.test. -all")],
    near: [spf("a include:x.d.test include:%{d}.d.test -all")],
  },
  { rule: "second-spf", bad: [spf("-all"), spf("a -all")], near: [spf("-all"), "b 300 TXT v=spf1 a -all"] },
  {
    rule: "second-dmarc",
    bad: [dmarc("p=reject"), dmarc("p=quarantine")],
    near: [dmarc("p=reject"), "_dmarc.a 300 TXT v=DMARC1; p=quarantine"],
  },
  {
    rule: "second-mta-sts",
    bad: ["mta-sts 300 CNAME d.test", "_mta-sts 300 TXT v=STSv1; id=1;", "_mta-sts 300 TXT v=STSv1; id=2;"],
    near: ["mta-sts 300 CNAME d.test", "_mta-sts 300 TXT v=STSv1; id=1;", "_mta-sts.www 300 CNAME x.test"],
  },
  {
    rule: "second-tls-rpt",
    bad: [
      "_smtp._tls 300 TXT v=TLSRPTv1; rua=mailto:a@d.test",
      "_smtp._tls 300 TXT v=TLSRPTv1; rua=mailto:b@d.test",
    ],
    near: [
      "_smtp._tls 300 TXT v=TLSRPTv1; rua=mailto:a@d.test",
      "_smtp._tls.www 300 TXT v=TLSRPTv1; rua=mailto:a@d.test",
    ],
  },
  {
    rule: "verification-as-record",
    bad: [`@ 300 TXT ${FORWARDED}a`, `@ 300 TXT ${FORWARDED}b`],
    near: [`@ 300 TXT ${FORWARDED}a`, "@ 300 TXT google-site-verification=b"],
  },
  {
    rule: "open-aliases",
    bad: ["@ 300 TXT forward-email=me@x.test"],
    near: ["www 300 TXT forward-email=me@x.test"],
  },
  {
    rule: "second-dkim",
    bad: [key(`v=DKIM1; p=${key2048}`), key(`v=DKIM1; k=rsa; p=${key2048}`)],
    near: [key(`v=DKIM1; p=${key2048}`), `t._domainkey 300 TXT v=DKIM1; p=${key2048}`],
  },
  {
    rule: "second-dkim",
    bad: ["k=rsa", "k=rsa; s=email"].map((tags) => `s._domainkey.www 300 TXT ${tags}; p=${key2048}`),
    near: ["s._domainkey.www", "s._domainkey.web"].map((name) => `${name} 300 TXT p=${key2048}`),
  },
  {
    rule: "below-delegation",
    bad: ["lab 300 NS ns.test", "www.lab 300 TXT x"],
    near: ["lab 300 NS ns.test", "www.laboratory 300 TXT x"],
  },
  // names
  {
    rule: "name-too-long",
    bad: [`c${LONG} 300 TXT x`],
    near: [`${LONG.slice(1)} 300 TXT x`],
    also: ["label-too-long"],
  },
  { rule: "label-too-long", bad: [`a${LABEL} 300 TXT x`], near: [`${LABEL} 300 TXT x`] },
  { rule: "empty-label", bad: ["a..b 300 TXT x"], near: ["a.b 300 TXT x"] },
  { rule: "final-dot", bad: ["a 300 CNAME x.test."], near: ["a 300 CNAME x.test"] },
  { rule: "name-not-ascii", bad: ["bücher 300 TXT x"], near: ["xn--bcher-kva 300 TXT x"] },
  { rule: "bad-punycode", bad: ["xn--a 300 TXT x"], near: ["xn--bcher-kva 300 TXT x"] },
  { rule: "label-syntax", bad: ["a.*.b 300 TXT x"], near: ["*.a-b._c 300 TXT x"] },
  { rule: "underscore-in-host", bad: ["my_host 300 A 192.0.2.1"], near: ["my_host 300 TXT x"] },
  // targets
  { rule: "number-range", bad: ["@ 300 MX 65536 mx.test"], near: ["@ 300 MX 65535 mx.test"] },
  { rule: "target-is-address", bad: ["@ 300 MX 0 192.0.2.1"], near: ["@ 300 MX 0 192-0-2-1.test"] },
  {
    rule: "alias-as-target",
    bad: ["mx 300 CNAME x.test", "@ 300 MX 0 mx.d.test"],
    near: ["mx 300 A 192.0.2.1", "@ 300 MX 0 mx.d.test"],
  },
  {
    rule: "alias-as-target",
    bad: ["imap 300 CNAME x.test", "_imaps._tcp 300 SRV 0 1 993 imap.d.test"],
    near: ["imap 300 A 192.0.2.1", "_imaps._tcp 300 SRV 0 1 993 imap.d.test"],
  },
  {
    rule: "target-without-address",
    bad: ["mx 300 TXT x", "@ 300 MX 0 mx.d.test"],
    near: ["* 300 A 192.0.2.1", "@ 300 MX 0 mx.d.test"],
  },
  { rule: "alias-at-apex", bad: ["@ 300 CNAME x.test"], near: ["www 300 CNAME x.test"] },
  { rule: "alias-loop", bad: ["a 300 CNAME a.d.test"], near: ["a 300 CNAME b.d.test"] },
  {
    rule: "alias-chain",
    bad: ["b 300 CNAME x.test", "a 300 CNAME b.d.test"],
    near: ["b 300 A 192.0.2.1", "a 300 CNAME b.d.test"],
  },
  { rule: "srv-name", bad: ["imaps 300 SRV 0 1 993 x.test"], near: ["_imaps._tcp 300 SRV 0 0 0 ."] },
  {
    rule: "null-mx-not-alone",
    bad: ["@ 300 MX 10 mx.test", "@ 300 MX 0 ."],
    near: ["www 300 MX 10 mx.test", "@ 300 MX 0 ."],
  },
  { rule: "null-mx-preference", bad: ["@ 300 MX 10 ."], near: ["@ 300 MX 0 ."] },
  // addresses
  { rule: "not-an-address", bad: ["a 300 A 2001:db8::1"], near: ["a 300 AAAA 2001:db8::1"] },
  { rule: "private-address", bad: ["a 300 A 172.16.0.1"], near: ["a 300 A 172.32.0.1"] },
  {
    rule: "aaaa-without-reverse",
    bad: ["mx 300 AAAA 2001:db8::1"],
    near: ["www 300 AAAA 2001:db8::1"],
    facts: { reverseFamilies: ["ipv4"] },
    nearFacts: { reverseFamilies: ["ipv4"] },
  },
  // mail hosts
  {
    rule: "return-path-not-alias",
    bad: ["fe-bounces 300 A 192.0.2.1"],
    near: ["fe-bounces 300 CNAME d.test"],
  },
  {
    rule: "proxied-mail-host",
    bad: ["smtp 300 CNAME d.test"],
    near: ["www 300 CNAME d.test"],
    set: { proxied: true },
    nearSet: { proxied: true },
  },
  { rule: "long-ttl", bad: ["mx 86401 A 192.0.2.1"], near: ["mx 86400 A 192.0.2.1"] },
  // texts
  {
    rule: "txt-too-long",
    bad: [`a 300 TXT ${"x".repeat(65_280)}`],
    near: [`a 300 TXT ${"x".repeat(65_279)}`],
  },
  { rule: "txt-quotes", bad: [`a 300 TXT v=X1; a=b" "c`], near: [`a 300 TXT a "b" "c`] },
  ...[
    ["_dmarc", "v=DMARC1\\; p=reject", "v=DMARC1; p=reject"],
    ["_dmarc", "site=1", "v = DMARC1 ;p=reject"],
    ["_dmarc.www", "p=reject; v=DMARC1", "v=DMARC1; p=reject; fo=1"],
    ["@", "v=spf1; -all", "V=SPF1 -all"],
    ["www", "v=spf -all", "v=verify1 site"],
    ["_smtp._tls", "v=TLSRPTv1 ; rua=mailto:a@d.test", "v=TLSRPTv1;rua=mailto:a@d.test"],
  ].map(([name, none, good]) => ({
    rule: "policy-that-is-none",
    bad: [`${name} 300 TXT ${none}`],
    near: [`${name} 300 TXT ${good}`],
  })),
  {
    rule: "policy-over-one-string",
    bad: [spf(`${"ip4:192.0.2.1 ".repeat(18)}-all`)],
    near: [spf(`${"ip4:192.0.2.1 ".repeat(17)}-all`)],
  },
  {
    rule: "policy-misplaced",
    bad: ["@ 300 TXT v=DMARC1; p=reject"],
    near: ["x.test._report._dmarc 300 TXT v=DMARC1"],
  },
  // SPF
  {
    rule: "spf-syntax",
    bad: [spf("redirect:x.test -all")],
    near: [spf("exp=x.test a:%{i}.x.test mx/24//64 -all")],
  },
  {
    rule: "spf-syntax",
    bad: [
      spf(
        "a/33 a//0128 ip4:192.0.2.1/024 mx:x.1 exists:%{x}.test include=x.test redirect=x.test redirect=y.test",
      ),
    ],
    near: [spf("a/32//128 ip4:192.0.2.1/24 mx:x.1a exists:%{i}.test v=x redirect=x.test")],
  },
  { rule: "spf-allows-all", bad: [spf("all")], near: [spf("-all")] },
  { rule: "spf-neutral-all", bad: [spf("?all")], near: [spf("?a ~all")] },
  { rule: "spf-open-end", bad: [spf("a")], near: [spf("redirect=x.test")] },
  { rule: "spf-after-all", bad: [spf("-all a")], near: [spf("a -all exp=x.test")] },
  { rule: "spf-ptr", bad: [spf("ptr -all")], near: [spf("a:ptr.test -all")] },
  {
    rule: "spf-too-long",
    bad: [spf(`${"ip4:192.0.2.1 ".repeat(32)}-all`)],
    near: [spf(`${"ip4:192.0.2.1 ".repeat(31)}-all`)],
    also: ["policy-over-one-string"],
  },
  { rule: "spf-record-type", bad: ["@ 300 SPF v=spf1 -all"], near: ["@ 300 TXT v=spf1 -all"] },
  {
    rule: "spf-look-ups",
    bad: [spf(`${"include:x.test ".repeat(11)}-all`)],
    near: [spf(`${"include:x.test ".repeat(10)}-all`)],
  },
  // DKIM
  { rule: "dkim-syntax", bad: [key(`k=rsa; v=DKIM1; p=${key2048}`)], near: [key(`k=rsa; p=${key2048};`)] },
  ...["k=dsa; p=AAAA", "s=other; p=AAAA", "p=AAAA; p=AAAA", "k=rsa;; p=AAAA", "k=rsa; x"].map((tags) => ({
    rule: "dkim-syntax",
    bad: [key(tags)],
    near: [key(`s=other:email; p=${key2048.replace(/(.{64})/g, "$1 ")}`)],
    also: ["dkim-key-unreadable"].filter(() => tags.includes("AAAA")),
  })),
  {
    rule: "dkim-key-unreadable",
    bad: [key(`v=DKIM1; p=${key2048.slice(0, -2)}`)],
    near: [key(`v=DKIM1; p=${key2048}`)],
  },
  { rule: "dkim-key-unreadable", bad: [key(`v=DKIM1; p=-${key2048}`)], near: [key(`p=${key2048}`)] },
  {
    rule: "dkim-key-unreadable",
    bad: [key(`v=DKIM1; p=${key2048.slice(0, 200)}`)],
    near: [key(`v=DKIM1; k=ed25519; p=${Buffer.alloc(32, 1).toString("base64")}`)],
  },
  { rule: "weak-dkim-key", bad: [key(`v=DKIM1; p=${key512}`)], near: [key(`v=DKIM1; p=${key2048}`)] },
  { rule: "short-dkim-key", bad: [key(`v=DKIM1; p=${key1024}`)], near: [key(`v=DKIM1; p=${key2048}`)] },
  {
    rule: "dkim-testing",
    bad: [key(`v=DKIM1; t=s:y; p=${key2048}`)],
    near: [key(`v=DKIM1; t=s; p=${key2048}`)],
  },
  { rule: "dkim-revoked", bad: [key("v=DKIM1; p=")], near: [key(`v=DKIM1; p=${key2048}`)] },
  {
    rule: "dkim-sha1-only",
    bad: [key(`v=DKIM1; h=sha1; p=${key2048}`)],
    near: [key(`v=DKIM1; h=sha1:sha256; p=${key2048}`)],
  },
  // DMARC
  { rule: "dmarc-syntax", bad: [dmarc("p=maybe")], near: [dmarc("p=reject; adkim=s; fo=1")] },
  ...[
    "p=reject; fo=2",
    "p=reject; p=reject",
    "p=reject;;",
    "sp=reject",
    "p=reject; t",
    "p=reject; aspf=x",
  ].map((tags) => ({
    rule: "dmarc-syntax",
    bad: [dmarc(tags)],
    near: [dmarc("fo=D:s ; p = Reject ;aspf = S")],
  })),
  { rule: "dmarc-removed-tag", bad: [dmarc("p=reject; rua=mailto:a@d.test!10m")], near: [dmarc("p=reject")] },
  { rule: "dmarc-removed-tag", bad: [dmarc("p=reject; pct=50")], near: [dmarc("p=reject; t=y")] },
  {
    rule: "dmarc-unknown-tag",
    bad: [dmarc("p=reject; rau=mailto:a@d.test")],
    near: [dmarc("p=reject; psd=n")],
  },
  {
    rule: "dmarc-unknown-tag",
    bad: [dmarc("p=reject; RUA=mailto:a@d.test")],
    near: [dmarc("p=reject; rua=mailto:a@d.test")],
  },
  { rule: "dmarc-policy-none", bad: [dmarc("p=none")], near: [dmarc("p=quarantine")] },
  {
    rule: "dmarc-weaker-below",
    bad: [dmarc("p=reject; np=quarantine")],
    near: [dmarc("p=quarantine; np=reject; sp=quarantine")],
  },
  {
    rule: "dmarc-report-uri",
    bad: [dmarc("p=reject; rua=a@d.test")],
    near: [dmarc("p=reject; rua=mailto:a@d.test, mailto:b@d.test")],
  },
  // MTA-STS and TLS reporting
  {
    rule: "mta-sts-syntax",
    bad: ["mta-sts 300 CNAME d.test", "_mta-sts 300 TXT v=STSv1; id=2026-11;"],
    near: ["mta-sts 300 CNAME d.test", "_mta-sts 300 TXT v=STSv1; id=202611;"],
  },
  {
    rule: "mta-sts-without-host",
    bad: ["_mta-sts 300 TXT v=STSv1; id=1;"],
    near: ["mta-sts 300 A 192.0.2.1", "_mta-sts 300 TXT v=STSv1; id=1;"],
  },
  {
    rule: "tls-rpt-syntax",
    bad: ["_smtp._tls 300 TXT v=TLSRPTv1;"],
    near: ["_smtp._tls 300 TXT v=TLSRPTv1; rua=https://x.test/r"],
  },
  ...[
    ["id=1; id=2;", "id=1; x-more=2;"],
    ["id=1;;", "id=1;"],
    ["id=;", "id = 1 ;"],
    ["x=y=z; id=1;", "x=y; id=1;"],
  ].map(([none, good]) => ({
    rule: "mta-sts-syntax",
    bad: ["mta-sts 300 CNAME d.test", `_mta-sts 300 TXT v=STSv1; ${none}`],
    near: ["mta-sts 300 CNAME d.test", `_mta-sts 300 TXT v=STSv1; ${good}`],
  })),
  ...[
    ["rua=mailto:a@d.test!10m", "rua=mailto:a@d.test?subject=tls"],
    ["rua=http://x.test/", "rua=mailto:a@d.test , https://x.test/"],
    ["rua=mailto:a@d.test,", "rua=mailto:a%2Cb@d.test"],
    ["rua=mailto:a@d.test; rua=mailto:b@d.test", "rua=mailto:a@d.test; Rua=x"],
  ].map(([none, good]) => ({
    rule: "tls-rpt-syntax",
    bad: [`_smtp._tls 300 TXT v=TLSRPTv1; ${none}`],
    near: [`_smtp._tls 300 TXT v=TLSRPTv1; ${good}`],
  })),
  // CAA
  {
    rule: "caa-value",
    bad: ["@ 300 CAA 0 issue https://letsencrypt.org"],
    near: ["@ 300 CAA 0 issue letsencrypt.org; accounturi=https://a.test/1"],
  },
  {
    rule: "caa-forbids-issuer",
    bad: ["@ 300 CAA 0 issue letsencrypt.org", "@ 300 CAA 0 issuewild ;"],
    near: ["@ 300 CAA 0 issue x.test", "@ 300 CAA 0 issue letsencrypt.org"],
    facts: issuer,
    nearFacts: issuer,
  },
  {
    rule: "caa-forbids-issuer",
    bad: ["top. 300 TXT x", "test. 300 CAA 0 issue x.test"],
    near: ["other.test. 300 CAA 0 issue x.test"],
    facts: { ...issuer, zone: "test" },
    nearFacts: { ...issuer, zone: "test" },
  },
  {
    rule: "caa-forbids-issuer",
    bad: ["@ 300 CAA 0 issue letsencrypt.org; validationmethods=http-01"],
    near: ["@ 300 CAA 0 issue letsencrypt.org; validationmethods=http-01,dns-01"],
    facts: issuer,
    nearFacts: issuer,
  },
  {
    rule: "caa-unknown-tag",
    bad: ["@ 300 CAA 0 isue letsencrypt.org"],
    near: ["@ 300 CAA 0 issuemail letsencrypt.org"],
  },
  {
    rule: "caa-critical-unknown",
    bad: ["@ 300 CAA 128 tbs x"],
    near: ["@ 300 CAA 128 issue letsencrypt.org"],
  },
  {
    rule: "caa-flags",
    bad: ["@ 300 CAA 1 issue letsencrypt.org"],
    near: ["@ 300 CAA 128 issue letsencrypt.org"],
  },
  // wildcards
  { rule: "wildcard-catches", bad: ["* 300 CNAME x.test"], near: ["* 300 A 192.0.2.1"] },
  {
    rule: "wildcard-catches",
    bad: ["_mta-sts 300 TXT v=STSv1; id=1;", "* 300 A 192.0.2.1"],
    near: ["_mta-sts 300 TXT v=STSv1; id=1;", "mta-sts 300 A 192.0.2.1", "* 300 A 192.0.2.1"],
  },
  {
    rule: "wildcard-catches",
    bad: ["*._domainkey 300 TXT x"],
    near: ["*.www 300 TXT x"],
    also: ["dkim-syntax"],
  },
  // providers
  {
    rule: "caa-tag-not-offered",
    bad: ["@ 300 CAA 0 contactemail sec@example.net"],
    near: ["@ 300 CAA 0 iodef mailto:sec@example.net"],
    facts: { provider: "digitalocean" },
    nearFacts: { provider: "digitalocean" },
  },
  {
    rule: "tlsa-digest-length",
    bad: [`_443._tcp 300 TLSA 3 1 1 ${SHA256}ab`],
    near: [
      `_443._tcp 300 TLSA 3 1 1 ${SHA256}`,
      `_443._tcp 300 TLSA 3 1 2 ${SHA256}${SHA256}`,
      "_443._tcp 300 TLSA 3 0 0 3082",
    ],
  },
  {
    rule: "tlsa-digest-length",
    bad: [`_443._tcp 300 TLSA 3 1 2 ${SHA256}`],
    near: [`_443._tcp 300 TLSA 3 1 1 ${SHA256}`],
  },
  {
    rule: "tlsa-name",
    bad: [`www 300 TLSA 3 1 1 ${SHA256}`],
    near: [`_443._tcp.www 300 TLSA 3 1 1 ${SHA256}`, `*._tcp.www 300 TLSA 3 1 1 ${SHA256}`],
  },
  {
    rule: "tlsa-usage-for-mail",
    bad: [`_25._tcp.relay 300 TLSA 1 1 1 ${SHA256}`],
    near: [`_25._tcp.relay 300 TLSA 2 1 1 ${SHA256}`, `_443._tcp.relay 300 TLSA 0 1 1 ${SHA256}`],
  },
  {
    rule: "dane-at-mail-host",
    bad: [`_25._tcp.mx 300 TLSA 3 1 1 ${SHA256}`],
    near: [`_443._tcp.mx 300 TLSA 3 1 1 ${SHA256}`],
    set: { owners: true },
    nearSet: { owners: true },
  },
  {
    rule: "dane-at-mail-host",
    bad: ["mx 300 CNAME d.test", `_25._tcp 300 TLSA 3 1 1 ${SHA256}`],
    near: ["mx2 300 CNAME d.test", `_25._tcp 300 TLSA 3 1 1 ${SHA256}`],
    set: { owners: true },
    nearSet: { owners: true },
  },
  {
    rule: "ttl-out-of-range",
    bad: ["a 59 TXT x"],
    near: ["a 60 TXT x"],
    facts: { provider: "hetzner" },
    nearFacts: { provider: "hetzner" },
  },
  {
    rule: "ttl-out-of-range",
    bad: ["a 29 TXT x"],
    near: ["a 30 TXT x"],
    facts: { provider: "digitalocean" },
    nearFacts: { provider: "digitalocean" },
  },
  {
    rule: "ttl-out-of-range",
    bad: ["a 86401 TXT x"],
    near: ["a auto TXT x"],
    facts: { provider: "cloudflare" },
    nearFacts: { provider: "cloudflare" },
  },
  {
    rule: "txt-over-limit",
    bad: [`a 300 TXT ${"x".repeat(513)}`],
    near: [`a 300 TXT ${"x".repeat(512)}`],
    facts: { provider: "digitalocean" },
    nearFacts: { provider: "digitalocean" },
  },
  {
    rule: "root-target-not-kept",
    bad: ["a 300 MX 0 ."],
    near: ["a 300 MX 0 ."],
    facts: { provider: "digitalocean" },
    nearFacts: { provider: "cloudflare" },
  },
  {
    rule: "set-over-limit",
    bad: ["x", "y", "z", "v", "w"].map((one) => `a 300 TXT ${one.repeat(2000)}`),
    near: ["x", "y", "z", "v"].map((one) => `a 300 TXT ${one.repeat(2000)}`),
    facts: { provider: "cloudflare" },
    nearFacts: { provider: "cloudflare" },
  },
  {
    rule: "comment-too-long",
    bad: ["a 300 TXT x"],
    near: ["a 300 TXT x"],
    set: { comment: "x".repeat(101) },
    nearSet: { comment: "x".repeat(100) },
    facts: { provider: "cloudflare" },
    nearFacts: { provider: "cloudflare" },
  },
  {
    rule: "too-many-records",
    bad: Array.from({ length: 205 }, (_, index) => `a${index} 300 TXT x`),
    near: Array.from({ length: 200 }, (_, index) => `a${index} 300 TXT x`),
    facts: { provider: "cloudflare" },
    nearFacts: { provider: "cloudflare" },
  },
  {
    rule: "type-not-offered",
    bad: [`_25._tcp.mx 300 TLSA 3 1 1 ${SHA256}`],
    near: [`_25._tcp.mx 300 TLSA 3 1 1 ${SHA256}`],
    facts: { provider: "digitalocean" },
    nearFacts: { provider: "hetzner" },
  },
];

function recordOf(line: string): JudgedRecord {
  const [, name = "", ttl = "", type = "", value = ""] = /^(\S+) (\S+) (\S+) ([\s\S]*)$/.exec(line) ?? [];
  const whole = name === "@" ? "d.test" : name.endsWith(".") ? name.slice(0, -1) : `${name}.d.test`;
  return { name: whole, ttlSeconds: ttl === "auto" ? ttl : Number(ttl), type, value };
}

/** The records of a case. */
export function zoneOf(
  lines: readonly string[],
  first: Partial<JudgedRecord> = {},
  last: Partial<JudgedRecord> = {},
): JudgedRecord[] {
  return lines.map((line, index) => ({
    ...recordOf(line),
    ...(index === 0 ? first : {}),
    ...(index === lines.length - 1 ? last : {}),
  }));
}
