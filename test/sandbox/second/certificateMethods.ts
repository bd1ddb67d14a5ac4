/**
 * Proves: a new server, made while the old one is off, gets its certificate by http-01 on port 80; one that the
 * configuration provides is placed, and changed, without a container made anew; with `manual` two challenge values stand
 * side by side and what is placed by hand is served; a server deleted at the vendor comes back by `mailstead rebuild`, and
 * where the certificate is lost and its order refused then, it is healthy with a stand-in, the date of the next try, and a red status.
 * Cannot: prove what a real CA refuses, or how long its limits last.
 */
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { ensureLeaf } from "../../../sandbox/front/certificates.ts";
import { certificateStatus, served, SSL, refuseOrders } from "../../support/certificate.ts";
import { clearFaults } from "../../support/faults.ts";
import { containers, madeAnew, unwell } from "../../support/host.ts";
import { beforeNewServer, expectMail, expectSameIdentity, server, servers } from "../../support/newServer.ts";
import { sendFromOutside } from "../../support/people.ts";
import {
  DOMAIN,
  expectEmptyPreview,
  inside,
  onHost,
  setConfig,
  STACK,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { countsLine } from "../../support/summary.ts";
import { hetzner } from "../../support/vendors.ts";

/** Names that a certificate of the configuration is for. */
const NAMES = [DOMAIN, `*.${DOMAIN}`];

/** A PEM begins like an option: it goes in by standard input. */
async function setPem(path: string, value: string, ...options: string[]): Promise<void> {
  const args = ["config", "set", ...options, "--path", path, "--stack", STACK];
  await succeed(["pulumi", ...args], { input: value });
}

async function drop(path: string): Promise<void> {
  await succeed(["pulumi", "config", "rm", "--path", path, "--stack", STACK]);
}

async function serialOf(certificate: string): Promise<string> {
  return succeed(["openssl", "x509", "-in", certificate, "-noout", "-serial"]);
}

/** Chain and key of a leaf of the sandbox's CA, as a configuration has them. */
async function provide(name: string): Promise<string> {
  const leaf = await ensureLeaf(name, NAMES);
  await setPem("mailstead:certificates.certificate", readFileSync(leaf.certificate, "utf8"));
  await setPem("mailstead:certificates.privateKey", readFileSync(leaf.key, "utf8"), "--secret");
  return leaf.certificate;
}

afterAll(clearFaults);

test("http-01: a new server, with the old one powered off, has a certificate for the names of the table, by port 80", async () => {
  const before = await beforeNewServer("bob");
  await setConfig("mailstead:certificates.method", "http-01");
  await setConfig("mailstead:certificates.directory", "letsencrypt");
  await hetzner(`servers/${String(before.server.id)}/actions/poweroff`, "POST");
  await waitFor("the server to be off", 30, async () => (await server()).status === "off");
  await sendFromOutside(before.mailbox.address, "while the server was off");
  await setConfig("mailstead:generation", "101");
  console.log(countsLine(await up()));
  // Where the order was refused, this says why.
  console.log(await onHost("cat /var/lib/mailstead/certificate.json\n"));
  const renewal = await onHost(`cat /etc/letsencrypt/renewal/${DOMAIN}.conf\n`);
  expect(renewal).toContain("authenticator = standalone");
  const names = await onHost(`openssl x509 -in ${SSL}/fullchain.pem -noout -ext subjectAltName\n`);
  console.log(names.trim());
  expect(names).toContain(`DNS:imap.${DOMAIN}`);
  expect(names).not.toContain("*");
  expect((await certificateStatus()).state).toBe("ok");
  await expectSameIdentity(before);
  await expectMail(before, "while the server was off");
});

test("provided: the configuration's certificate is served, and so is the next one; no container is made anew", async () => {
  const made = await containers();
  await setConfig("mailstead:certificates.method", "provided");
  await drop("mailstead:certificates.directory");
  for (const name of ["provided-first", "provided-second"]) {
    const certificate = await provide(name);
    await up();
    expect(await served(), name).toBe(await serialOf(certificate));
    expect((await certificateStatus()).state).toBe("ok");
  }
  expect(madeAnew(made, await containers())).toEqual([]);
  await expectEmptyPreview();
});

test("manual: two challenge values stand side by side, and what is placed by hand is served", async () => {
  await setConfig("mailstead:certificates.method", "manual");
  await drop("mailstead:certificates.certificate");
  await drop("mailstead:certificates.privateKey");
  const values = ["A", "B"].map((letter) => letter.repeat(43));
  for (const [index, value] of values.entries())
    await setConfig(`mailstead:certificates.acmeChallenges[${index}]`, value);
  await up();
  const answered = await succeed(["dig", "+short", "@203.0.113.3", "TXT", `_acme-challenge.${DOMAIN}`]);
  expect(answered.split("\n").filter(Boolean).sort()).toEqual(values.map((value) => `"${value}"`));
  const leaf = await ensureLeaf("by-hand", NAMES);
  for (const [file, path] of [
    ["fullchain.pem", leaf.certificate],
    ["privkey.pem", leaf.key],
  ] as const) {
    const install = `install -m 0600 /dev/stdin ${SSL}/${file}`;
    await succeed(["node", "cli/mailstead.js", "ssh", "--stack", STACK, "--", install], {
      input: readFileSync(path, "utf8"),
    });
  }
  await onHost("/usr/local/lib/mailstead/certificate.sh issue\n");
  expect(await served()).toBe(await serialOf(leaf.certificate));
  expect((await certificateStatus()).state).toBe("ok");
  await drop("mailstead:certificates.acmeChallenges");
});

test("deleted at the vendor: rebuild ends healthy, with a stand-in where the order is refused; the next try is dated, and then it is had", async () => {
  await setConfig("mailstead:certificates.method", "dns-01");
  await setConfig("mailstead:certificates.directory", "letsencrypt");
  await up();
  const before = await beforeNewServer("bob");
  // The volume keeps the certificate; here it is lost too, so that the new server has to order one: and the account,
  // as a CA may ask an account that proved a name before for no second proof, which is all that can be refused here.
  const lost = ["accounts", "live", "archive", "renewal"].map((folder) => `/etc/letsencrypt/${folder}`);
  await onHost(`rm -rf ${lost.join(" ")} ${SSL}/*.pem; sync\n`);
  await hetzner(`servers/${String(before.server.id)}`, "DELETE");
  await waitFor("the server to be gone", 30, async () => (await servers()).length === 0);
  await sendFromOutside(before.mailbox.address, "while there was no server");
  await refuseOrders();
  const rebuilt = await inside(["node", "cli/mailstead.js", "rebuild", "--stack", STACK]);
  await clearFaults();
  console.log(rebuilt.stdout.split("\n").slice(-12).join("\n"));
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.stdout).toMatch(/certificate order was refused/);
  expect(rebuilt.stdout).toMatch(/next try: \d{4}-\d\d-\d\dT/);
  expect(await unwell()).toEqual([]);
  const red = await certificateStatus();
  expect(red.state).toBe("bad");
  expect(red.seen).toMatch(/next try \d{4}-/);
  expect(red.code).toBe(1);
  console.log(await onHost("/usr/local/lib/mailstead/certificate.sh issue\n"));
  expect((await certificateStatus()).state).toBe("ok");
  await expectSameIdentity(before);
  await expectMail(before, "while there was no server");
});
