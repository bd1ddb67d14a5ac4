/**
 * Proves: each further record is there by its own switch and by nothing else, and says what its standard wants; and
 * what serves it is planned with it. That such plans keep every rule about records, dns/rules/rules.test.ts proves.
 * Cannot prove: that senders, CAs and mail programs read it so.
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { toJudged } from "../../../stack/dns/rules/judgedRecord.ts";
import { parseConfig } from "../../../stack/config/parseConfig.ts";
import type { Plan, PlannedRecord } from "../../../stack/model/plan.ts";
import { fill } from "../../../stack/values/slots.ts";
import { planOf } from "./support/planOf.ts";
import { dkimKey, rawWith } from "./support/validRaw.ts";

type Changes = Readonly<Record<string, unknown>>;

const plain = planOf(rawWith({}));
const KEY = dkimKey(2048);

function valueOf(record: PlannedRecord): string {
  const { name, type, value } = toJudged(record);
  return `${name} ${type} ${value}`;
}

/** Records that a change adds, as `role name TYPE data`; it must take none away. */
function added(changes: Changes, base: Changes = {}): string[] {
  const before = planOf(rawWith(base)).records;
  const after = planOf(rawWith({ ...base, ...changes })).records;
  const rows = (records: readonly PlannedRecord[]) => records.map((one) => `${one.role} ${valueOf(one)}`);
  const [old, all] = [rows(before), rows(after)];
  expect(all).toEqual(expect.arrayContaining(old));
  return all.filter((row) => !old.includes(row));
}

function textOf(plan: Plan, role: string): string | undefined {
  const content = plan.files.find((file) => file.role === role)?.content;
  return content === undefined || "asset" in content ? undefined : fill(content, (name) => name);
}

function dmarcOf(dmarc: Changes): string {
  const { records } = planOf(rawWith({ "dns.dmarc": dmarc }));
  return valueOf(records.find(({ role }) => role === "dmarc") as PlannedRecord);
}

describe("DMARC", () => {
  test.each([
    ["none", "p=none;"],
    ["quarantine-test", "p=quarantine; t=y;"],
    ["quarantine", "p=quarantine;"],
    ["reject-test", "p=reject; t=y;"],
    ["reject", "p=reject;"],
  ])("the step %s", (policy, tags) => {
    expect(dmarcOf({ policy })).toBe(`_dmarc.example.com TXT v=DMARC1; ${tags}`);
  });

  test("every tag", () => {
    const words = { subdomains: "quarantine", nonexistent: "reject", spfAlignment: "relaxed" };
    expect(dmarcOf({ policy: "reject", ...words, dkimAlignment: "strict", rua: "a&b@example.com" })).toBe(
      "_dmarc.example.com TXT v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=r; rua=mailto:a%26b@example.com;",
    );
  });
});

describe("MTA-STS and reports", () => {
  const testing = { "dns.mtaSts": { mode: "testing" }, "dns.tlsReports": "tls@example.org" };

  test("records", () => {
    const policy = "version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 604800\n";
    const id = createHash("sha256").update(policy).digest("hex").slice(0, 32);
    expect(textOf(planOf(rawWith(testing)), "mta-sts-policy")).toBe(policy);
    expect(added(testing)).toEqual([
      "mta-sts mta-sts.example.com CNAME example.com",
      `mta-sts-id _mta-sts.example.com TXT v=STSv1; id=${id};`,
      "tls-reports _smtp._tls.example.com TXT v=TLSRPTv1; rua=mailto:tls@example.org;",
    ]);
  });

  test("the policy names every MX of the domain, and each change of it has another id", () => {
    const backup = { role: "backup", type: "MX", name: "@", priority: 5, exchange: "backup.example.net" };
    const lists = { role: "lists", type: "MX", name: "lists", priority: 5, exchange: "lists.example.net" };
    const of = (changes: Changes) => planOf(rawWith({ ...testing, ...changes }));
    const more = of({ "dns.records": [backup, lists] });
    expect(textOf(more, "mta-sts-policy")?.match(/^mx: .*$/gm)).toEqual([
      "mx: mx.example.com",
      "mx: backup.example.net",
    ]);
    const plans = [of({}), more, of({ "dns.mtaSts": { mode: "none" } })];
    const ids = plans.map(({ records }) => records.find(({ role }) => role === "mta-sts-id"));
    expect(new Set(ids.map((record) => record && valueOf(record))).size).toBe(3);
  });

  test("the record waits for the container that serves the policy", () => {
    const { records, containers } = planOf(rawWith(testing));
    const waiting = records.filter(({ after }) => after !== undefined);
    expect(waiting.map(({ role, after }) => [role, after])).toEqual([["mta-sts-id", ["well-known"]]]);
    expect(containers.map(({ name }) => name)).toContain("well-known");
  });

  test("reports may go to a web address", () => {
    expect(added({ "dns.tlsReports": "https://tls.example.org/in?to=me" })).toEqual(
      ["tls-reports _smtp._tls.example.com TXT v=TLSRPTv1; rua=https://tls.example.org/in?to=me"].map(
        (row) => `${row};`,
      ),
    );
  });
});

describe("CAA", () => {
  const accountUri = "https://acme-v02.api.letsencrypt.org/acme/acct/1";

  test("names the CA of the directory, the account and where to report; a wildcard certificate stays possible", () => {
    expect(added({ "dns.caa": { enabled: true, accountUri, report: "ops@example.org" } })).toEqual([
      `caa-issue example.com CAA 0 issue letsencrypt.org; accounturi=${accountUri}`,
      "caa-report example.com CAA 0 iodef mailto:ops@example.org",
    ]);
  });

  test("forbids wildcards where no certificate has one", () => {
    expect(added({ "dns.caa": { enabled: true } }, { "certificates.method": "http-01" })).toEqual([
      "caa-issue example.com CAA 0 issue letsencrypt.org",
      "caa-wildcard example.com CAA 0 issuewild ;",
    ]);
  });

  test("warns that the bound account does not outlive the server", () => {
    const { issues } = parseConfig(rawWith({ "dns.caa": { enabled: true, accountUri } }));
    expect(issues.map(({ path, rule, severity }) => [path, rule, severity])).toEqual([
      ["mailstead:dns.caa.accountUri", "account-on-server", "warning"],
    ]);
  });
});

describe("services", () => {
  const dav = (name: string) => [`${name} ${name}.example.com A`, `${name}-v6 ${name}.example.com AAAA`];

  test("calendars and contacts get addresses, and every service is offered or denied", () => {
    const { records } = planOf(rawWith({ "dns.services": true }));
    const heads = records.map(({ role, name, type }) => `${role} ${name} ${type}`);
    expect(heads).toEqual(expect.arrayContaining([...dav("caldav"), ...dav("carddav")]));
    const srv = records.filter(({ type }) => type === "SRV").map(valueOf);
    expect(srv.map((row) => row.replace("._tcp.example.com SRV", ""))).toEqual([
      "_imaps 0 1 993 example.com",
      "_imap 0 0 0 .",
      "_pop3s 0 1 995 example.com",
      "_pop3 0 0 0 .",
      "_submissions 0 1 465 example.com",
      "_submission 0 0 0 .",
      "_caldavs 0 1 443 caldav.example.com",
      "_caldav 0 0 0 .",
      "_carddavs 0 1 443 carddav.example.com",
      "_carddav 0 0 0 .",
    ]);
  });

  test("where the provider keeps no target without a host, nothing is denied", () => {
    const { records } = planOf(rawWith({ "dns.services": true, "dns.provider": "digitalocean" }));
    const srv = records.filter(({ type }) => type === "SRV").map(valueOf);
    expect(srv).toHaveLength(5);
    expect(srv.filter((row) => row.endsWith(" ."))).toEqual([]);
  });

  test("without mailboxes only sending is left", () => {
    expect(added({ "dns.services": true }, { "mail.storage": false })).toEqual([
      "srv-submissions _submissions._tcp.example.com SRV 0 1 465 example.com",
      "srv-submission _submission._tcp.example.com SRV 0 0 0 .",
    ]);
  });

  test("settings for mail programs", () => {
    expect(added({ "dns.autoconfig": true, "dns.autodiscover": true })).toEqual([
      "autoconfig autoconfig.example.com CNAME example.com",
      "autodiscover autodiscover.example.com CNAME example.com",
      "srv-autodiscover _autodiscover._tcp.example.com SRV 0 1 443 example.com",
    ]);
    const servers = (changes: Changes) =>
      textOf(planOf(rawWith({ "dns.autoconfig": true, ...changes })), "autoconfig")?.match(
        /(?<=Server type=")\w+/g,
      );
    expect(servers({})).toEqual(["imap", "pop3", "smtp"]);
    expect(servers({ "mail.storage": false })).toEqual(["smtp"]);
  });
});

describe("hosts that take no mail", () => {
  test("the host of the MX has SPF, and takes none under its own name", () => {
    expect(added({ "dns.heloSpf": true, "dns.nullMx": true })).toEqual([
      "mx-host-spf mx.example.com TXT v=spf1 a -all",
      "mx-host-null-mx mx.example.com MX 0 .",
    ]);
  });

  test("aliases are left alone: they can have no record of their own", () => {
    expect(added({ "dns.nullMx": true }, { "dns.mxHost": "alias" })).toEqual([]);
  });

  test("hosts of the owner's are closed by name", () => {
    expect(added({ "dns.nullMxHosts": ["Shop.example.com."] })).toEqual([
      "shop_example_com-null-mx shop.example.com MX 0 .",
      "shop_example_com-closed-spf shop.example.com TXT v=spf1 -all",
    ]);
  });
});

test("the DKIM key that signs is protected; the next and the last one are there and may go", () => {
  const use = (selector: string, word?: string) => ({ selector, publicKey: KEY, use: word });
  const dkim = [use("s1", "signing"), use("s2", "next"), use("s0", "retired")];
  const levels = planOf(rawWith({ "dns.dkim": dkim })).records.map(({ role, level }) => [role, level]);
  expect(levels).toEqual(
    expect.arrayContaining([
      ["dkim-s1", "required"],
      ["dkim-s2", "optional"],
      ["dkim-s0", "optional"],
    ]),
  );
  expect(planOf(rawWith({ "dns.dkim": [use("s1")] })).records).toContainEqual(
    expect.objectContaining({ role: "dkim-s1", level: "recommended" }),
  );
});

describe("what serves them", () => {
  test.each([
    ["dns.mtaSts", { mode: "enforce" }, ["well-known-conf", "mta-sts-policy"]],
    ["dns.autoconfig", true, ["well-known-conf", "autoconfig"]],
  ])("%s brings the sixteenth container", (key, value, roles) => {
    const plan = planOf(rawWith({ [key]: value }));
    expect(plan.containers).toHaveLength(16);
    const container = plan.containers.find(({ name }) => name === "well-known");
    expect(container?.reads).toEqual(roles);
    const files = plan.files.filter(({ role }) => roles.includes(role)).map(({ path }) => path);
    expect(container?.mounts.map(({ hostPath }) => hostPath)).toEqual(expect.arrayContaining(files));
    expect(textOf(plan, "certificate-env")).toContain(" well-known'");
  });

  test.each(["dns.autodiscover", "dns.services", "dns.heloSpf", "dns.nullMx"])("%s brings none", (key) => {
    expect(planOf(rawWith({ [key]: true })).containers).toEqual(plain.containers);
  });

  test("first boot stays what it is, so nothing waits for a new generation", () => {
    const all = { "dns.mtaSts": { mode: "enforce" }, "dns.autoconfig": true, "dns.services": true };
    expect(planOf(rawWith(all)).server).toEqual(plain.server);
  });

  test("the certificate has their names, and an http-01 order waits for their records", () => {
    const on = { "dns.mtaSts": { mode: "enforce" }, "dns.autoconfig": true, "dns.autodiscover": true };
    const plan = planOf(rawWith({ ...on, "certificates.method": "http-01" }));
    const names = ["mta-sts", "autoconfig", "autodiscover"];
    for (const name of names) expect(textOf(plan, "certificate-env")).toContain(` ${name}.example.com`);
    expect(plan.steps[0]?.after).toEqual(expect.arrayContaining(names));
  });
});
