/**
 * Proves: the further records are switched on by one plain `up`, names that turn from aliases into hosts included; what
 * they promise is there over real DNS and HTTPS; a changed MTA-STS policy is served before its id changes in the zone;
 * one more `up` takes it all away again; after each nothing is left to do, and the audit is clean.
 * Cannot: prove that senders fetch the policy, nor what a real CA makes of the CAA record.
 */
import { createHash } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { containers, madeAnew, unwell } from "../../support/host.ts";
import {
  expectNoDrift,
  inside,
  onHost,
  outputs,
  setConfig,
  setConfigs,
  succeed,
  up,
} from "../../support/sandbox.ts";

const SWITCHES: Readonly<Record<string, string>> = {
  "mtaSts.mode": "testing",
  tlsReports: "tls@outside.test",
  "caa.enabled": "true",
  services: "true",
  autoconfig: "true",
  autodiscover: "true",
  heloSpf: "true",
  nullMx: "true",
  "nullMxHosts[0]": "old.example.com",
  "spf.mechanisms[0]": "ip4:198.51.100.7",
};

const dig = async (name: string, type: string): Promise<string> =>
  (await succeed(["dig", "+short", "@203.0.113.3", name, type])).trim();

const fetched = (url: string): Promise<string> =>
  succeed(["curl", "--silent", "--show-error", "--fail", "--max-time", "20", url]);

const POLICY = "https://mta-sts.example.com/.well-known/mta-sts.txt";

/** The policy as a sender gets it, which is what the id in the zone stands for. */
async function policy(): Promise<string> {
  const text = await fetched(POLICY);
  const id = createHash("sha256").update(text).digest("hex").slice(0, 32);
  expect(await dig("_mta-sts.example.com", "TXT")).toBe(`"v=STSv1; id=${id};"`);
  return text;
}

/** Against provider and name servers: resolvers may remember for a while what was not there. */
async function expectCleanAudit(): Promise<void> {
  const audit = ["audit", "--stack", "dev", "--columns", "api,authoritative"];
  const { code, stdout } = await inside(["node", "cli/mailstead.js", ...audit]);
  expect(code, stdout).toBe(0);
}

async function unset(): Promise<void> {
  const keys = new Set(Object.keys(SWITCHES).map((path) => /^\w+/.exec(path)?.[0] ?? path));
  const paths = Array.from(keys, (key) => `mailstead:dns.${key}`);
  await inside(["pulumi", "config", "rm-all", "--path", ...paths, "--stack", "dev"]);
}

afterAll(unset);

test("one up switches them on", async () => {
  const account = /https:\/\/\S+/.exec(await onHost("certbot show_account 2>&1\n"))?.[0] ?? "";
  const switches = { ...SWITCHES, "caa.accountUri": account };
  await setConfigs(
    Object.fromEntries(Object.entries(switches).map(([path, value]) => [`mailstead:dns.${path}`, value])),
  );
  const before = await containers();
  const printed = await up();
  console.log(printed.split("\n").slice(-8).join("\n"));
  const after = await containers();
  expect([before.size, after.size]).toEqual([15, 16]);
  expect(madeAnew(before, after)).toEqual(["sni-router", "well-known"]);
  expect(await unwell()).toEqual([]);
  await expectNoDrift();
  await expectCleanAudit();
  expect(await dig("example.com", "CAA")).toContain(`0 issue "letsencrypt.org; accounturi=${account}`);
});

test("the policy is served over HTTPS, and the zone has its hash", async () => {
  expect(await policy()).toBe("version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 604800\n");
  const kind = ["--output", "/dev/null", "--write-out", "%{content_type}"];
  expect(await succeed(["curl", "--silent", "--fail", ...kind, POLICY])).toMatch(/^text\/plain/);
  expect(await dig("_smtp._tls.example.com", "TXT")).toBe('"v=TLSRPTv1; rua=mailto:tls@outside.test;"');
});

test("programs find their servers, and settings", async () => {
  expect(await dig("_imaps._tcp.example.com", "SRV")).toBe("0 1 993 example.com.");
  expect(await dig("_imap._tcp.example.com", "SRV")).toBe("0 0 0 .");
  expect(await dig("_caldavs._tcp.example.com", "SRV")).toBe("0 1 443 caldav.example.com.");
  expect(await dig("_autodiscover._tcp.example.com", "SRV")).toBe("0 1 443 example.com.");
  const settings = await fetched("https://autoconfig.example.com/mail/config-v1.1.xml");
  expect(settings).toContain("<hostname>imap.example.com</hostname>");
});

test("aliases that SRV records point to have become hosts, which take no mail", async () => {
  const { addresses } = outputs();
  for (const name of ["caldav.example.com", "carddav.example.com"]) {
    expect(await dig(name, "CNAME")).toBe("");
    expect(await dig(name, "A")).toBe(addresses.ipv4);
    expect(await dig(name, "AAAA")).toBe(addresses.ipv6);
    expect(await dig(name, "MX")).toBe("0 .");
  }
  expect(await dig("mx.example.com", "TXT")).toBe('"v=spf1 a -all"');
});

test("hosts of one's own say that they take and send no mail, and others may send for the domain", async () => {
  expect(await dig("old.example.com", "MX")).toBe("0 .");
  expect(await dig("old.example.com", "TXT")).toBe('"v=spf1 -all"');
  expect(await dig("example.com", "TXT")).toContain('"v=spf1 a ip4:198.51.100.7 -all"');
});

test("a stricter policy is there with its new id", async () => {
  await setConfig("mailstead:dns.mtaSts.mode", "enforce");
  const before = await containers();
  await up();
  expect(madeAnew(before, await containers())).toEqual(["well-known"]);
  expect(await policy()).toContain("mode: enforce");
});

test("one up takes all of it away, and the names are aliases again", async () => {
  await unset();
  await up();
  expect((await containers()).size).toBe(15);
  await expectNoDrift();
  await expectCleanAudit();
  for (const name of ["caldav.example.com", "carddav.example.com"])
    expect(await dig(name, "CNAME")).toBe("example.com.");
  expect(await dig("example.com", "TXT")).toContain('"v=spf1 a -all"');
  for (const [name, type] of [
    ["_mta-sts.example.com", "TXT"],
    ["mta-sts.example.com", "A"],
    ["_imaps._tcp.example.com", "SRV"],
    ["_autodiscover._tcp.example.com", "SRV"],
    ["old.example.com", "MX"],
    ["example.com", "CAA"],
  ] as const)
    expect(await dig(name, type), `${type} ${name}`).toBe("");
});
