/**
 * Proves: the records follow the guide's table and the standards, and a bad record of the owner's is refused with its
 * exact fault.
 * Cannot prove: that a provider takes them; the component tests and the sandbox do.
 */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../../stack/config/parseConfig.ts";
import type { PlannedRecord } from "../../../../stack/model/plan.ts";
import { planMailServer } from "../../../../stack/planMailServer.ts";
import { planned, planOf } from "../support/planOf.ts";
import { dkimKey, rawWith, validRaw } from "../support/validRaw.ts";
import { wordsOfRecord } from "../support/wordsOfRecord.ts";

/** `role name TYPE data`, with slots in angle brackets. */
function line(record: PlannedRecord): string {
  return [record.role, record.name, record.type, ...wordsOfRecord(record, (name) => `<${name}>`)].join(" ");
}

function lines(changes: Readonly<Record<string, unknown>> = {}): string[] {
  return planOf(rawWith(changes)).records.map(line);
}

const TABLE = [
  "apex example.com A <serverIpv4>",
  "apex-v6 example.com AAAA <serverIpv6>",
  "mx-host mx.example.com A <serverIpv4>",
  "mx-host-v6 mx.example.com AAAA <serverIpv6>",
  "api api.example.com CNAME example.com",
  "caldav caldav.example.com CNAME example.com",
  "carddav carddav.example.com CNAME example.com",
  "fe-bounces fe-bounces.example.com CNAME example.com",
  "imap imap.example.com CNAME example.com",
  "pop3 pop3.example.com CNAME example.com",
  "smtp smtp.example.com CNAME example.com",
  "apex-mx example.com MX 0 mx.example.com",
  "apex-spf example.com TXT v=spf1 a -all",
  "dkim-default default._domainkey.example.com TXT v=DKIM1; k=rsa; p=<dkimPublicKey>;",
  "dmarc _dmarc.example.com TXT v=DMARC1; p=quarantine;",
];

describe("the guide's table", () => {
  test("by default", () => {
    expect(lines()).toEqual(TABLE);
  });

  test("to the letter: mx is an alias", () => {
    const alias = TABLE.filter((row) => !row.startsWith("mx-host-v6"));
    alias[2] = "mx-host mx.example.com CNAME example.com";
    expect(lines({ "dns.mxHost": "alias" })).toEqual(alias);
  });

  test("without mailboxes their names go", () => {
    const names = ["caldav", "carddav", "imap", "pop3"];
    expect(lines({ "mail.storage": false })).toEqual(
      TABLE.filter((row) => !names.includes(row.split(" ")[0] ?? "")),
    );
  });

  test("what is pasted after the first login, and challenges by hand", () => {
    const key = dkimKey(2048);
    const challenges = ["A".repeat(43), "B".repeat(43)];
    const added = lines({
      "dns.dkim": [
        { selector: "fe-1a2b3c", publicKey: key },
        { selector: "s1.mail", publicKey: key },
      ],
      "dns.verification": "Ab12Cd34",
      "dns.dmarc": { policy: "reject", rua: "dmarc@example.com" },
      certificates: { method: "manual", acmeChallenges: challenges },
    }).slice(TABLE.length - 1);
    expect(added).toEqual([
      "dmarc _dmarc.example.com TXT v=DMARC1; p=reject; rua=mailto:dmarc@example.com;",
      `dkim-fe-1a2b3c fe-1a2b3c._domainkey.example.com TXT v=DKIM1; k=rsa; p=${key};`,
      `dkim-s1-mail s1.mail._domainkey.example.com TXT v=DKIM1; k=rsa; p=${key};`,
      "site-verification example.com TXT forward-email-site-verification=Ab12Cd34",
      `acme-challenge-1 _acme-challenge.example.com TXT ${"A".repeat(43)}`,
      `acme-challenge-2 _acme-challenge.example.com TXT ${"B".repeat(43)}`,
    ]);
  });

  test("the owner's records, of every type", () => {
    const common = { name: "extra", ttlSeconds: 600, purpose: "mine", level: "recommended" };
    const records = [
      { ...common, role: "r-a", name: "a", type: "A", address: "192.0.2.1" },
      { ...common, role: "r-aaaa", name: "a", type: "AAAA", address: "2001:DB8::1" },
      { ...common, role: "r-cname", name: "www", type: "CNAME", target: "Pages.Example.NET." },
      { ...common, role: "r-mx", name: "lists", type: "MX", priority: 10, exchange: "mx.example.net" },
      { ...common, role: "r-txt", type: "TXT", text: 'a "quoted" word' },
      {
        ...common,
        role: "r-srv",
        name: "_sip._tcp",
        type: "SRV",
        priority: 1,
        weight: 2,
        port: 3,
        target: "sip.example.net",
      },
      { ...common, role: "r-caa", name: "@", type: "CAA", flags: 0, tag: "issue", value: "letsencrypt.org" },
      { ...common, role: "r-ns", name: "lab", type: "NS", target: "ns1.example.net" },
    ];
    const plan = planOf(rawWith({ "dns.records": records }));
    expect(plan.records.slice(TABLE.length).map(line)).toEqual([
      "r-a a.example.com A 192.0.2.1",
      "r-aaaa a.example.com AAAA 2001:db8::1",
      "r-cname www.example.com CNAME pages.example.net",
      "r-mx lists.example.com MX 10 mx.example.net",
      'r-txt extra.example.com TXT a "quoted" word',
      "r-srv _sip._tcp.example.com SRV 1 2 3 sip.example.net",
      "r-caa example.com CAA 0 issue letsencrypt.org",
      "r-ns lab.example.com NS ns1.example.net",
    ]);
    expect(new Set(plan.records.slice(TABLE.length).map(({ ttlSeconds }) => ttlSeconds))).toEqual(
      new Set([600]),
    );
    expect(new Set(plan.records.slice(TABLE.length).map(({ level }) => level))).toEqual(
      new Set(["recommended"]),
    );
  });

  test("the TTL is the configuration's", () => {
    const ttls = (value?: number) =>
      planOf(rawWith({ "dns.ttlSeconds": value })).records.map(({ ttlSeconds }) => ttlSeconds);
    expect(new Set(ttls())).toEqual(new Set(["auto"]));
    expect(new Set(ttls(3600))).toEqual(new Set([3600]));
  });

  test("levels: what must survive a destroy, so that senders wait", () => {
    const levels = Object.groupBy(planOf(validRaw()).records, ({ level }) => level);
    const roles = (level: "required" | "recommended" | "optional") => levels[level]?.map(({ role }) => role);
    expect(roles("required")).toEqual([
      "apex",
      "apex-v6",
      "mx-host",
      "mx-host-v6",
      "fe-bounces",
      "smtp",
      "apex-mx",
      "apex-spf",
      "dkim-default",
      "dmarc",
    ]);
    expect(roles("recommended")).toEqual(["api", "imap"]);
    expect(roles("optional")).toEqual(["caldav", "carddav", "pop3"]);
  });

  test("every purpose is one line that the smallest plan of the provider keeps", () => {
    for (const { purpose } of planOf(rawWith({ "dns.verification": "Ab12Cd34" })).records) {
      expect(purpose).toMatch(/^[\x20-\x7e]{5,100}$/);
    }
  });

  test("reverse names lead back to the same address by forward records", () => {
    const { reverseNames, records } = planOf(validRaw());
    expect(reverseNames).toEqual([
      { role: "reverse-v4", family: "ipv4", ptr: "mx.example.com" },
      { role: "reverse-v6", family: "ipv6", ptr: "mx.example.com" },
    ]);
    const types = records.filter(({ name }) => name === "mx.example.com").map(({ type }) => type);
    expect(types).toEqual(["A", "AAAA"]);
  });
});

describe("records that the plan refuses", () => {
  const place = "mailstead:dns.records[0]";
  test.each<[string, Record<string, unknown>, [string, string, string]]>([
    [
      "a role of the plan's own",
      { role: "apex-mx", type: "TXT", text: "x" },
      [`${place}.role`, "duplicate-role", "the role apex-mx is taken"],
    ],
    [
      "a name of the plan's own aliases",
      { name: "imap", type: "TXT", text: "x" },
      [
        `${place}.name`,
        "alias-not-alone",
        "imap.example.com has a CNAME record (imap), and an alias stands alone",
      ],
    ],
    [
      "an alias at the domain",
      { name: "@", type: "CNAME", target: "example.net" },
      [`${place}.name`, "alias-not-alone", "example.com has a A record (apex), and an alias stands alone"],
    ],
    [
      "a second address of the domain",
      { name: "@", type: "A", address: "192.0.2.1" },
      [place, "second-address", "example.com has the server's address (apex); a second one splits the mail"],
    ],
    [
      "a second address of the MX",
      { name: "mx", type: "AAAA", address: "2001:db8::1" },
      [
        place,
        "second-address",
        "mx.example.com has the server's address (mx-host-v6); a second one splits the mail",
      ],
    ],
    [
      "a second SPF policy",
      { name: "@", type: "TXT", text: "v=spf1 include:example.net ~all" },
      [place, "second-spf", "example.com has an SPF policy already; with two, mail is refused"],
    ],
    [
      "a second DMARC policy",
      { name: "_dmarc", type: "TXT", text: "v=DMARC1; p=none" },
      [place, "second-dmarc", "_dmarc.example.com has a DMARC policy already; with two, none counts"],
    ],
    [
      "a site verification beside the key for it",
      { name: "@", type: "TXT", text: "forward-email-site-verification=abc" },
      [place, "verification-as-record", "there must be exactly one site verification"],
    ],
    [
      "aliases in the open",
      { name: "@", type: "TXT", text: "forward-email=me@example.net" },
      [place, "open-aliases", "aliases in the open keep the domain from sending"],
    ],
    [
      "a second key of a selector",
      { name: "default._domainkey", type: "TXT", text: "v=DKIM1; p=x" },
      [place, "second-dkim", "this selector has a key already"],
    ],
    [
      "name servers of the domain itself",
      { name: "@", type: "NS", target: "ns1.example.net" },
      [place, "own-name-servers", "name servers of the mail domain are the provider's"],
    ],
    [
      "an MX to an alias",
      { name: "lists", type: "MX", priority: 10, exchange: "smtp.example.com" },
      [
        `${place}.exchange`,
        "alias-as-target",
        "smtp.example.com is an alias (smtp), which a MX may not point to",
      ],
    ],
    [
      "an alias where the certificate order writes",
      { name: "_acme-challenge", type: "CNAME", target: "acme.example.net" },
      [place, "challenge-alias", "an alias here stops the certificate order from writing its values"],
    ],
    [
      "the MX of the plan again",
      { name: "@", type: "MX", priority: 0, exchange: "mx.example.com" },
      [place, "duplicate-record", "apex-mx says the same"],
    ],
    [
      "another TTL in one set",
      { name: "@", type: "TXT", text: "x", ttlSeconds: 600 },
      [`${place}.ttlSeconds`, "ttl-differs", "apex-spf in the same set has the TTL auto"],
    ],
  ])("%s", (_, fields, expected) => {
    const { issues } = planned(rawWith({ "dns.records": [{ role: "extra", name: "extra", ...fields }] }));
    expect(issues.map(({ path, rule, message }) => [path, rule, message])).toEqual([expected]);
  });

  const given = (method: string, type: string) => {
    const own = { role: "extra", name: "_acme-challenge", type, target: "acme.example.net" };
    const pem = { certificate: "x", privateKey: "x" };
    const parsed = parseConfig(
      rawWith({
        "dns.records": [own],
        certificates: { method, ...(method === "provided" ? pem : {}) },
      }),
    );
    const issues = parsed.config === undefined ? parsed.issues : planMailServer(parsed.config).issues;
    return issues.filter(({ rule }) => rule === "challenge-alias").map(({ path }) => path);
  };

  test.each([
    ["dns-01", [place]],
    ["manual", [place]],
    ["http-01", []],
    // Beside faults of the certificate given here, which hide no fault of the record.
    ["provided", []],
  ])("a name answered from elsewhere where values of an order by %s would stand", (method, expected) => {
    for (const type of ["CNAME", "NS"]) expect([type, given(method, type)]).toEqual([type, expected]);
  });

  test("SPF policies that lead back to themselves, by one name or more", () => {
    const told = (mechanisms: readonly string[], records: Readonly<Record<string, string>>) => {
      const own = Object.entries(records).map(([name, text]) => ({ role: name, name, type: "TXT", text }));
      const raw = rawWith({ "dns.spf": { mechanisms }, "dns.records": own });
      const parsed = parseConfig(raw);
      const issues = parsed.config === undefined ? parsed.issues : planMailServer(parsed.config).issues;
      return issues.map(({ path, rule, severity }) => [path, rule, severity]);
    };
    const broken = (path: string) => [path, "spf-broken-include", "error"];
    const at = (index: number) => broken(`mailstead:dns.records[${index}].text`);
    expect(told(["include:example.com"], {})).toEqual([broken("mailstead:dns.spf.mechanisms")]);
    expect(told([], { a: "v=spf1 redirect=A.example.com." })).toEqual([at(0)]);
    const two = { a: "v=spf1 include:b.example.com -all", b: "v=spf1 ?include:a.example.com -all" };
    expect(told([], two)).toEqual([at(0), at(1)]);
    expect(told(["include:a.example.com"], { a: "v=spf1 include:example.com -all" })).toEqual([at(0)]);
    expect(
      told(["include:a.example.com"], { a: "v=spf1 include:b.example.com -all", b: "v=spf1 -all" }),
    ).toEqual([]);
    // Nobody reads a redirect beside all.
    expect(told([], { a: "v=spf1 -all redirect=a.example.com" }).map(([, rule]) => rule)).toEqual([
      "spf-after-all",
    ]);
  });

  test("two of the owner's own against each other", () => {
    const twin = { type: "TXT", name: "x", text: "v=spf1 -all" };
    const { issues } = planned(
      rawWith({
        "dns.records": [
          { ...twin, role: "one" },
          { ...twin, role: "one" },
        ],
      }),
    );
    expect(issues.map(({ path, rule }) => [path, rule])).toEqual([
      ["mailstead:dns.records[1].role", "duplicate-role"],
      ["mailstead:dns.records[1]", "duplicate-record"],
      ["mailstead:dns.records[1]", "second-spf"],
    ]);
  });

  test("good neighbours are not refused", () => {
    const records = [
      { role: "google", name: "@", type: "TXT", text: "google-site-verification=abc" },
      { role: "backup-mx", name: "@", type: "MX", priority: 10, exchange: "backup.example.net" },
      { role: "news-spf", name: "news", type: "TXT", text: "v=spf1 include:example.net -all" },
    ];
    expect(planned(rawWith({ "dns.records": records })).issues).toEqual([]);
  });
});
