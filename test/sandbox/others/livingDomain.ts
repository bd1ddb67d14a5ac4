/**
 * Proves: a domain whose mail goes to another host moves here by the steps of docs/guides/move-a-living-domain.md, and in
 * no other way but these, while somebody outside sends to it all the time: no message is ever refused, none is lost, each
 * arrives once, first at the old host and then here; until then MX and mail programs stay where they are, preflight,
 * preview and audit say so, and a server that does not know the domain gets none of it.
 * Cannot: prove the copying of mailboxes, as the old host has none; here mail is passed on to where it can be counted.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneFolder, endClone, makeClone } from "../../support/clone.ts";
import { ADMIN, callWeb, outsideInbox, outsideQueue, sendFromOutside } from "../../support/people.ts";
import { inside, succeed, waitFor, type Ended } from "../../support/sandbox.ts";
import { secretOutput } from "../../support/secretOutput.ts";
import { mustSucceed, sandboxConfig } from "../../support/small.ts";
import { cloudflare, recordsPath } from "../../support/vendors.ts";

const STACK = "living";
const DOMAIN = "living.example";
const OLD_HOST = "mx.outside.test";
const OLD_ADDRESS = "203.0.113.6";
const ADDRESSES = [`you@${DOMAIN}`, `sales@${DOMAIN}`];
const FORWARD = "friend@outside.test";

const clone = cloneFolder(STACK);
const pulumi = (...args: string[]): Promise<string> =>
  succeed(["pulumi", ...args, "--stack", STACK, "--non-interactive"], { cwd: clone });
const up = (): Promise<string> => pulumi("up", "--yes", "--skip-preview");
const setConfig = (path: string, value: string): Promise<string> =>
  pulumi("config", "set", "--path", `mailstead:${path}`, value);
const mailstead = (...args: string[]): Promise<Ended> =>
  inside(["node", "cli/mailstead.js", ...args, "--stack", STACK], { cwd: clone, env: { NO_COLOR: "1" } });
const dig = (name: string, type: string): Promise<string> =>
  succeed(["dig", "+short", "@203.0.113.3", name, type]);

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly seen: string;
  readonly fix?: string;
}

async function findings(command: "preflight" | "status"): Promise<Finding[]> {
  const { stdout } = await mailstead(command, "--json");
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

async function findingOf(command: "preflight" | "status", subject: string): Promise<Finding | undefined> {
  const found = (await findings(command)).find((finding) => finding.subject === subject);
  console.log(JSON.stringify(found));
  return found;
}

/** One call to the server's web interface. */
async function web(path: string, fields?: Readonly<Record<string, string>>): Promise<string> {
  const gate = (await secretOutput("login", STACK, clone)) as { username: string; password: string };
  const jar = join(clone, ".mailstead/cookies");
  return callWeb({ path, domain: DOMAIN, gate, jar, ...(fields === undefined ? {} : { fields }) });
}

/** Imports what `mailstead import` writes, as it says. */
async function importNow(...adopt: string[]): Promise<void> {
  const printed = mustSucceed(await mailstead("import", ...adopt.flatMap((set) => ["--adopt", set])));
  const [, file = ""] = /pulumi import --file (\S+)/.exec(printed) ?? [];
  await pulumi("import", "--file", file, "--generate-code=false", "--yes", "--skip-preview");
}

const sent: string[] = [];
let sending = true;
let sender: Promise<void> = Promise.resolve();

/** Sends to each address in turn, a message a second or so, until it is told to stop. */
async function sendAllTheTime(): Promise<void> {
  while (sending) {
    const subject = `living ${sent.length}`;
    await sendFromOutside(ADDRESSES[sent.length % 2] ?? "", subject);
    sent.push(subject);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

interface Arrived {
  readonly subject: string;
  readonly to: readonly string[];
}

/** What arrived outside: at the old host, or passed on by the new server. */
async function arrived(): Promise<{ old: string[]; here: string[] }> {
  const all = (await outsideInbox()) as unknown as Arrived[];
  const living = all.filter(({ subject }) => subject.startsWith("living "));
  const isHere = ({ to }: Arrived): boolean => to.includes(FORWARD);
  return {
    old: living.filter((one) => !isHere(one)).map(({ subject }) => subject),
    here: living.filter(isHere).map(({ subject }) => subject),
  };
}

async function expectNoneRefused(): Promise<void> {
  const mine = (await outsideQueue()).filter(({ subject }) => subject.startsWith("living "));
  expect(mine.filter(({ state }) => state === "failed")).toEqual([]);
  expect(mine.filter(({ reason }) => /\b5\d\d[ -]/.test(reason))).toEqual([]);
}

beforeAll(async () => {
  const config = { ...sandboxConfig(DOMAIN, { storage: false }), "mailstead:dns": { ttlSeconds: 60 } };
  await makeClone(clone, STACK, config);
  const path = await recordsPath(DOMAIN);
  // The zone as the old provider of mail had it made, with the short TTL of the guide's first step.
  await cloudflare(path, "POST", { type: "MX", name: DOMAIN, content: OLD_HOST, priority: 10, ttl: 60 });
  await cloudflare(path, "POST", {
    type: "TXT",
    name: DOMAIN,
    content: `"v=spf1 ip4:${OLD_ADDRESS} -all"`,
    ttl: 60,
  });
  await cloudflare(path, "POST", { type: "CNAME", name: `smtp.${DOMAIN}`, content: OLD_HOST, ttl: 60 });
  sender = sendAllTheTime();
});

afterAll(async () => {
  sending = false;
  await sender;
  await endClone(clone, STACK);
  const path = await recordsPath(DOMAIN);
  const { result } = (await cloudflare(`${path}?per_page=500`)) as { result: { id: string; type: string }[] };
  for (const { id, type } of result)
    if (type !== "NS" && type !== "SOA") await cloudflare(`${path}/${id}`, "DELETE");
});

test("without hold, preflight and preview say where the mail goes, and that it would move", async () => {
  const finding = await findingOf("preflight", `mail of ${DOMAIN}`);
  expect(finding).toMatchObject({ state: "bad", seen: expect.stringContaining(`10 ${OLD_HOST}`) as string });
  expect(finding?.fix).toContain("mailstead:dns.mx' hold");
  const preview = await pulumi("preview");
  expect(preview).toContain(`mail of ${DOMAIN} goes to 10 ${OLD_HOST} today`);
  expect(preview).not.toContain(`remove at cloudflare: ${DOMAIN}. 60 IN MX`);
});

test("held, the server is made, and neither MX nor mail programs move", async () => {
  await setConfig("dns.mx", "hold");
  await setConfig("dns.spf.mechanisms[0]", `ip4:${OLD_ADDRESS}`);
  await setConfig("dns.dmarc.policy", "none");
  expect(await findingOf("preflight", `mail of ${DOMAIN}`)).toMatchObject({ state: "ok" });
  await importNow();
  console.log((await up()).split("\n").slice(-9).join("\n"));
  expect(await dig(DOMAIN, "MX")).toBe(`10 ${OLD_HOST}.\n`);
  expect(await dig(`smtp.${DOMAIN}`, "CNAME")).toBe(`${OLD_HOST}.\n`);
  expect(await dig(DOMAIN, "TXT")).toContain(`v=spf1 a ip4:${OLD_ADDRESS} -all`);
  expect(await dig(`mx.${DOMAIN}`, "A")).not.toBe("");
  await pulumi("preview", "--expect-no-changes", "--diff");
});

test("the audit is clean, and tells what is held", async () => {
  const { code, stdout } = await mailstead("audit", "--columns", "api,authoritative");
  const held = stdout.split("\n").filter((line) => line.includes("held: "));
  console.log(held.join("\n"));
  expect(held).toHaveLength(2);
  expect(code, stdout).toBe(0);
});

test("port 25 is closed, and moving now is told to be too early", async () => {
  expect(await findingOf("status", "port 25")).toMatchObject({ state: "warn" });
  await setConfig("dns.mx", "point");
  const finding = await findingOf("preflight", `mail of ${DOMAIN}`);
  expect(finding).toMatchObject({
    state: "bad",
    seen: expect.stringContaining("does not know the domain yet") as string,
  });
  await setConfig("dns.mx", "hold");
});

test("signed up, with aliases and the pasted values, port 25 opens by itself while the MX is elsewhere", async () => {
  await web("/register", ADMIN);
  await web("/verify");
  await web("/my-account/domains", { domain: DOMAIN });
  for (const address of ADDRESSES) {
    const [name = ""] = address.split("@");
    await web(`/my-account/domains/${DOMAIN}/aliases`, { name, recipients: FORWARD });
  }
  const { checklist } = JSON.parse(await web(`/setup/dns/${DOMAIN}`)) as {
    checklist: { name: string; expected: string }[];
  };
  const verification = checklist.find(({ expected }) =>
    expected.startsWith("forward-email-site-verification="),
  );
  const dkim = checklist.find(({ name }) => name.includes("._domainkey."));
  await setConfig("dns.verification", verification?.expected.replace(/^.*=/, "") ?? "");
  await setConfig("dns.dkim[0].selector", dkim?.name.replace(/\._domainkey\..*$/, "") ?? "");
  await setConfig("dns.dkim[0].publicKey", dkim?.expected.replace(/^.*p=/, "").replace(/;$/, "") ?? "");
  await up();
  const open = await waitFor("port 25 to open", 120, async () => {
    const found = await findingOf("status", "port 25");
    return found?.state === "ok" ? found : undefined;
  });
  expect(open.seen).toContain("2 aliases");
  expect((await arrived()).here).toEqual([]);
});

test("pointed: one up takes the MX over in place, and mail comes here", async () => {
  await setConfig("dns.mx", "point");
  const finding = await findingOf("preflight", `mail of ${DOMAIN}`);
  expect(finding).toMatchObject({ state: "warn", seen: expect.stringContaining("2 aliases") as string });
  await importNow(`MX ${DOMAIN}`, `CNAME smtp.${DOMAIN}`);
  console.log((await up()).split("\n").slice(-9).join("\n"));
  expect(await dig(DOMAIN, "MX")).toBe(`0 mx.${DOMAIN}.\n`);
  expect(await dig(`smtp.${DOMAIN}`, "CNAME")).toBe(`${DOMAIN}.\n`);
  await waitFor("mail to come here", 120, async () => (await arrived()).here.length > 5);
});

test("no message was refused or lost, and each arrived once", async () => {
  sending = false;
  await sender;
  const all = await waitFor("every message to arrive", 120, async () => {
    const { old, here } = await arrived();
    return old.length + here.length >= sent.length ? { old, here } : undefined;
  });
  console.log(`sent ${sent.length}, at the old host ${all.old.length}, here ${all.here.length}`);
  await expectNoneRefused();
  expect([...all.old, ...all.here].toSorted()).toEqual(sent.toSorted());
  expect(all.old.length).toBeGreaterThan(5);
});

test("tidied up, the audit is clean and nothing is left to do", async () => {
  await pulumi("config", "rm", "--path", "mailstead:dns.spf");
  await setConfig("dns.dmarc.policy", "quarantine");
  await up();
  await pulumi("preview", "--expect-no-changes", "--diff");
  const { code, stdout } = await mailstead("audit", "--columns", "api,authoritative");
  expect(code, stdout).toBe(0);
});
