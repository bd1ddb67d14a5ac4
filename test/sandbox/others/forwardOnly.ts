/**
 * Proves: a second stack of the same program, for another domain, at another DNS provider and without mailboxes, lives
 * beside the first one, on an older image that runs as root, ends with nine healthy containers, a certificate and addresses
 * that forward, is clean for the audit, answers no name and
 * no port of mailboxes, and goes without a trace at the vendors.
 * Cannot: prove that upstream forwards well without its mailbox services; its images are stand-ins.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneFolder, endClone, makeClone } from "../../support/clone.ts";
import { readOnboarded } from "../../support/onboarded.ts";
import { outsideInbox, sendFromOutside } from "../../support/people.ts";
import { inside, sshCommand, succeed, waitFor } from "../../support/sandbox.ts";
import { builtImages, labelled, olderApp, sandboxConfig } from "../../support/small.ts";
import { readStateOutputs } from "../../support/stateFile.ts";
import { recordsAt } from "../../support/vendors.ts";

const STACK = "forward";
const DOMAIN = "example.co.uk";
const NINE = ["api", "bree", "mongodb", "mx", "redis", "smtp", "smtp_bree", "sni-router", "web"];

const clone = cloneFolder(STACK);
const pulumi = (...args: string[]): Promise<string> =>
  succeed(["pulumi", ...args, "--stack", STACK, "--non-interactive"], { cwd: clone });
const dig = (...question: string[]): Promise<string> =>
  succeed(["dig", "+short", "@203.0.113.3", ...question]);

const onHost = (script: string): Promise<string> => succeed(sshCommand(STACK), { cwd: clone, input: script });

async function openPorts(address: string, ports: readonly number[]): Promise<number[]> {
  const scan = ["node", "sandbox/client/portScan.ts", address, ...ports.map(String)];
  return JSON.parse(await succeed(scan)) as number[];
}

beforeAll(async () => {
  const config = {
    // An older release, whose image runs as root.
    ...sandboxConfig(DOMAIN, {
      storage: false,
      release: olderApp().tag,
      images: { ...builtImages(), app: olderApp() },
    }),
    "mailstead:dns": { provider: "hetzner" },
    // There is no certbot plugin for Hetzner's DNS in Debian.
    "mailstead:certificates": { method: "http-01", directory: "letsencrypt" },
    "mailstead:protect": "true",
    "mailstead:onboarding": "automatic",
    "mailstead:mailboxes": [{ name: "info", forwardTo: ["friend@outside.test"] }],
  };
  await makeClone(clone, STACK, config);
  const printed = await pulumi("up", "--yes", "--skip-preview");
  console.log(printed.split("\n").slice(-9).join("\n"));
});

afterAll(() => endClone(clone, STACK));

test("nine containers run, and those with a check are healthy", async () => {
  const seen = await waitFor("nine containers, none of them starting", 60, async () => {
    const printed = await onHost("docker ps --all --format '{{.Names}} {{.Status}}'\n");
    return printed.includes("starting") ? undefined : printed.trim().split("\n").sort();
  });
  console.log(seen.join(", "));
  expect(seen.map((line) => line.split(" ")[0])).toEqual(NINE);
  for (const line of seen) expect(line).toMatch(/ Up /);
  const checked = seen.filter((line) => line.includes("(healthy)")).map((line) => line.split(" ")[0]);
  expect(checked).toEqual(["api", "bree", "mongodb", "mx", "redis", "smtp", "smtp_bree", "web"]);
});

test("the deploy has made account, domain and addresses, and mail to one of them is forwarded", async () => {
  const names = ["support", "postmaster", "abuse", "dmarc", "info"];
  expect(await readOnboarded(onHost)).toMatchObject({
    made: ["account postmaster@outside.test", `domain ${DOMAIN}`, ...names.map((name) => `alias ${name}`)],
    left: [],
  });
  const subject = "to be forwarded without storage";
  await sendFromOutside(`info@${DOMAIN}`, subject);
  const copy = await waitFor("the forwarded copy", 90, async () =>
    (await outsideInbox()).find((message) => message.subject === subject),
  );
  console.log(JSON.stringify(copy));
  expect(copy).toMatchObject({ spf: "pass", to: ["friend@outside.test"] });
});

test("the certificate is from the ACME server, by port 80, and nothing is left to do", async () => {
  const look =
    "openssl x509 -in /root/forwardemail.net/self-hosting/ssl/fullchain.pem -noout -issuer -ext subjectAltName\n";
  const seen = await onHost(look);
  console.log(seen);
  expect(seen).toContain("Pebble");
  expect(seen).toContain(`DNS:smtp.${DOMAIN}`);
  await pulumi("preview", "--expect-no-changes", "--diff");
});

test("the audit finds its zone clean, at the provider and at every name server", async () => {
  const audit = ["node", "cli/mailstead.js", "audit", "--stack", STACK, "--columns", "api,authoritative"];
  const { code, stdout, stderr } = await inside(audit, { cwd: clone });
  console.log(stdout.split("\n").slice(0, 30).join("\n"));
  expect(code, `${stdout}${stderr}`).toBe(0);
});

test("no name of a mailbox service is answered, and the others are", async () => {
  for (const name of ["imap", "pop3", "caldav", "carddav"]) {
    for (const type of ["A", "AAAA", "CNAME"]) expect(await dig(`${name}.${DOMAIN}`, type), name).toBe("");
  }
  expect(await dig(`smtp.${DOMAIN}`, "CNAME")).toBe(`${DOMAIN}.\n`);
  expect(await dig(DOMAIN, "MX")).toBe(`0 mx.${DOMAIN}.\n`);
});

test("ports 993 and 995 are closed from outside, and 25, 443 and 465 are open", async () => {
  const { ipv4, ipv6 } = readStateOutputs(STACK)["addresses"] as { ipv4: string; ipv6: string };
  for (const address of [ipv4, ipv6]) {
    const open = await openPorts(address, [25, 443, 465, 993, 995]);
    console.log(`${address}: open ${open.join(", ")}`);
    expect(open).toEqual([25, 443, 465]);
  }
});

test("protect off, up, destroy: nothing of it is left at the vendors", async () => {
  const left = async (): Promise<readonly string[]> => [
    ...(await labelled(STACK)).map(({ text }) => text),
    ...(await recordsAt("hetzner", DOMAIN)),
  ];
  console.log((await left()).join(", "));
  await pulumi("config", "set", "mailstead:protect", "false");
  await pulumi("up", "--yes", "--skip-preview");
  console.log((await pulumi("destroy", "--yes", "--skip-preview")).split("\n").slice(-7).join("\n"));
  expect(await left()).toEqual([]);
});
