/**
 * Proves: one plain `up` with a raised generation replaces the server alone, alive or powered off; a server deleted at
 * the vendor comes back by `mailstead rebuild`; a generation that would lose mail is refused with the reason; changes
 * of first-boot data replace nothing and are named by the preview; while a server is made, no process on this machine or
 * on a host has a secret in its arguments.
 * Cannot: bring mail back that was on the old server, there are no backups yet; see processes that live below 40 ms.
 */
import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { containers, unwell } from "../../support/host.ts";
import { headersOf, onboard, readMail, sendFromOutside } from "../../support/people.ts";
import { copyProject } from "../../support/projectCopy.ts";
import {
  expectNoDrift,
  inside,
  onHost,
  outputs,
  project,
  pulumi,
  setConfig,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { stackSecrets, watchArguments } from "../../support/secretSearch.ts";
import { countsLine } from "../../support/summary.ts";
import { hetzner, recordsAt } from "../../support/vendors.ts";

interface Server {
  readonly id: number;
  readonly status: string;
}

async function servers(): Promise<readonly Server[]> {
  const answer = (await hetzner("servers?label_selector=mailstead%3D%3Ddev")) as { servers: Server[] };
  return answer.servers;
}

async function server(): Promise<Server> {
  const [only, ...others] = await servers();
  expect(others).toEqual([]);
  if (only === undefined) throw new Error("the stack has no server");
  return only;
}

/** What the server's own database made, and a new server's makes anew. */
const ONBOARDING = /forward-email-site-verification=|fe-[0-9a-z]+\._domainkey/;

/** What must not change with a generation: as DNS answers it, as the vendor keeps it, and as the host shows it. */
async function identity(): Promise<unknown> {
  const { addresses } = await outputs();
  const questions = [
    ["-x", addresses.ipv4],
    ["-x", addresses.ipv6],
    ["example.com", "A"],
    ["example.com", "AAAA"],
    ["example.com", "MX"],
    ["example.com", "TXT"],
    ["mx.example.com", "A"],
    ["mx.example.com", "AAAA"],
    ["fe-bounces.example.com", "CNAME"],
    ["default._domainkey.example.com", "TXT"],
    ["_dmarc.example.com", "TXT"],
  ];
  const answered = await succeed(["dig", "@203.0.113.3", "+noall", "+answer", ...questions.flat()]);
  const lines = answered.split("\n").filter((line) => line !== "" && !ONBOARDING.test(line));
  // One each, or a name that answers nothing would be the same too.
  expect(lines).toHaveLength(questions.length);
  return {
    addresses,
    answers: lines.sort(),
    records: (await recordsAt("cloudflare", "example.com")).filter((line) => !ONBOARDING.test(line)),
    hostKey: readFileSync(join(project, ".mailstead/dev/known_hosts"), "utf8"),
    seenHostKey: await onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n"),
  };
}

let generation = 0;
let before: unknown;
let old: Server;

beforeAll(async () => {
  generation = Number(await succeed(["pulumi", "config", "get", "mailstead:generation", "--stack", "dev"]));
  before = await identity();
});

async function expectSameIdentityNewServer(): Promise<void> {
  expect(await identity()).toEqual(before);
  expect((await server()).id).not.toBe(old.id);
  expect(await unwell()).toEqual([]);
  await expectNoDrift();
}

async function mailFlowsAgain(name: string): Promise<void> {
  const { address, password } = await onboard(name);
  await sendFromOutside(address, `to ${name}`);
  const mail = await waitFor(`mail for ${name}`, 90, async () => {
    const answer = await readMail(address, password, `to ${name}`);
    return answer.found > 0 ? answer : undefined;
  });
  console.log(headersOf(mail.source));
}

test("a comment in a first-boot script, a new image and type replace nothing, and the preview names what waits", async () => {
  await setConfig("mailstead:server.type", "cx33");
  await setConfig("mailstead:server.image", "ubuntu-24.04");
  const copy = await copyProject();
  try {
    appendFileSync(join(copy.folder, "cloud-init/files/first-boot.sh"), "# one more comment\n");
    const preview = await pulumi(["preview", "--expect-no-changes"], copy);
    console.log(preview.stdout);
    expect(preview.code).toBe(0);
    for (const word of ["user-data", "cx23 → cx33", "debian-13 → ubuntu-24.04"])
      expect(preview.stdout).toContain(word);
    expect(await up(copy)).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  } finally {
    rmSync(copy.folder, { recursive: true, force: true });
    await setConfig("mailstead:server.type", "cx23");
    await setConfig("mailstead:server.image", "debian-13");
  }
});

test("with mail at stake the generation is refused with the reason, and nothing is touched", async () => {
  await setConfig("mailstead:server.disposable", "false");
  await up();
  old = await server();
  const made = await containers();
  await setConfig("mailstead:generation", String(generation + 1));
  const refused = await pulumi(["up", "--yes", "--skip-preview"]);
  console.log(refused.stdout);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout).toContain("the only copy of the mail is on it");
  expect(refused.stdout).toContain("mailstead:server.disposable");
  expect(await server()).toEqual(old);
  expect(await containers()).toEqual(made);
  expect(await identity()).toEqual(before);
  await setConfig("mailstead:generation", String(generation));
  await setConfig("mailstead:server.disposable", "true");
  await up();
});

test("a raised generation replaces the server in one plain up, and its identity stays", async () => {
  old = await server();
  await setConfig("mailstead:generation", String(++generation));
  const { result, seen, leaks } = await watchArguments(await stackSecrets(), () => up());
  console.log(`${result.split("\n").slice(-9).join("\n")}\n${String(seen.length)} command lines seen`);
  expect(leaks).toEqual([]);
  // On this machine, and on the new host, where files are written, a certificate is ordered and containers are made.
  for (const program of [/^ssh .* docker system dial-stdio$/, /certbot certonly /, /containerd-shim/])
    expect(
      seen.filter((line) => program.test(line)),
      String(program),
    ).not.toEqual([]);
  await expectSameIdentityNewServer();
  await mailFlowsAgain("bob");
});

test("the same with the old server powered off", async () => {
  old = await server();
  await hetzner(`servers/${String(old.id)}/actions/poweroff`, "POST");
  await waitFor("the server to be off", 30, async () => (await server()).status === "off");
  await setConfig("mailstead:generation", String(++generation));
  console.log(countsLine(await up()));
  await expectSameIdentityNewServer();
  await mailFlowsAgain("erin");
});

test("deleted at the vendor: rebuild ends healthy", async () => {
  old = await server();
  await hetzner(`servers/${String(old.id)}`, "DELETE");
  await waitFor("the server to be gone", 30, async () => (await servers()).length === 0);
  const rebuilt = await inside(["node", "cli/mailstead.js", "rebuild", "--stack", "dev"]);
  console.log(rebuilt.stdout.split("\n").slice(-12).join("\n"));
  expect(rebuilt.code).toBe(0);
  await expectSameIdentityNewServer();
  await mailFlowsAgain("carol");
});
