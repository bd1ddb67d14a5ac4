/**
 * Proves: with tokens and passphrase alone, and options, `init` finds zone, type, price, newest release and digests at the
 * vendors and the real registry, makes the stack with a state of its own, and `pulumi up` goes through with the file that it
 * wrote: a whole server with its zone at DigitalOcean, whose mail passes outside; `pin` goes to a newer release and back, byte
 * for byte. `upgrade` goes on from there, where mail comes from outside too (upgrade.ts).
 * Cannot: prove what the real registries list. The sandbox boots no Ubuntu, so the image of the server is set beside.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loopback, ports } from "../../../sandbox/groundPlan.ts";
import { STANDIN_RELEASE } from "../../../sandbox/images/build.ts";
import { cloneFolder } from "../../support/clone.ts";
import { passedOutside, submit, type OwnMailbox } from "../../support/people.ts";
import { inside, project, succeed, type Ended } from "../../support/sandbox.ts";
import { upgradeScenes } from "./upgrade.ts";

const STACK = "fresh-example";
const DOMAIN = "fresh.example";
const FILE = `Pulumi.${STACK}.yaml`;
const NEWER = "v1.0.1";

const clone = cloneFolder(STACK);
const state = join(mkdtempSync(join(tmpdir(), "mailstead-state-")), "state");

/** Without the sandbox's own state: as somebody has it who begins. */
function plain(command: readonly string[]): Promise<Ended> {
  return inside(["env", "--unset=PULUMI_BACKEND_URL", ...command], { cwd: clone });
}

async function well(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await plain(command);
  expect(code, `${command.join(" ")}\n${stdout.slice(-4000)}\n${stderr.slice(-2000)}`).toBe(0);
  return stdout;
}

const mailstead = (...words: string[]): readonly string[] => ["node", "cli/mailstead.js", ...words];
const pulumi = (...words: string[]): Promise<string> => well(["pulumi", ...words, "--stack", STACK]);
/** The mailbox that `init` was told of. */
async function readJane(): Promise<OwnMailbox> {
  const output = ["pulumi", "stack", "output", "mailboxes", "--show-secrets", "--json", "--stack", STACK];
  const boxes = JSON.parse(await well(output)) as Partial<OwnMailbox>[];
  const own = boxes.find(({ address }) => address === `jane@${DOMAIN}`);
  if (own?.password === undefined) throw new Error("the stack has no mailbox jane");
  return own as OwnMailbox;
}

const readFile = (): string => readFileSync(join(clone, FILE), "utf8");

/** Gives an image at the registry another name; what other stacks pull stays. */
async function copyImage(from: string, to: string): Promise<void> {
  const [source, target] = [from, to].map((name) => `docker://${loopback(ports.registry)}/${name}`);
  const copy = ["skopeo", "--insecure-policy", "copy", "--quiet", "--preserve-digests"];
  const plainHttp = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  await succeed([...copy, ...plainHttp, source ?? "", target ?? ""]);
}

const NGINX = "library/nginx:1.28";

beforeAll(async () => {
  await succeed(["git", "clone", "--quiet", project, clone], { cwd: project });
  symlinkSync(join(project, "node_modules"), join(clone, "node_modules"));
  // The sandbox lays its own configuration over this one where it finds it.
  rmSync(join(clone, "Pulumi.dev.yaml"));
  // The tag that a configuration has without a word of its owner's.
  await copyImage("library/redis:7.4", "library/redis:8.2");
});

afterAll(async () => {
  if (existsSync(join(clone, FILE))) {
    await plain(["pulumi", "config", "set", "mailstead:protect", "false", "--stack", STACK]);
    await plain(["pulumi", "state", "unprotect", "--all", "--yes", "--stack", STACK]);
    await plain(["pulumi", "destroy", "--yes", "--skip-preview", "--stack", STACK]);
  }
  for (const folder of [clone, join(state, "..")]) rmSync(folder, { recursive: true, force: true });
});

test("what is missing is named at once, and nothing is written", async () => {
  const { code, stderr } = await plain(mailstead("init", DOMAIN));
  expect(code).toBe(2);
  for (const option of ["--email", "--location", "--admin-network"])
    expect(stderr).toContain(`${option} is missing`);
  expect(existsSync(join(clone, FILE))).toBe(false);
});

test("init with options alone writes the file and makes the stack", async () => {
  const options = [
    "--email",
    "postmaster@outside.test",
    "--location",
    "nbg1",
    "--mailbox",
    "jane",
    "--dns",
    "digitalocean",
    "--state",
    state,
  ];
  const networks = ["203.0.113.0/24", "2001:db8:203::/64"].flatMap((one) => ["--admin-network", one]);
  const printed = await well(mailstead("init", DOMAIN, ...options, ...networks));
  console.log(printed);
  expect(printed).toContain("cx23 in nbg1: 3.49 a month");
  expect(printed).toContain(`image app: ${STANDIN_RELEASE} for amd64`);
  expect(printed).toContain(`Next step: pulumi up --stack ${STACK}`);
  expect(readFile()).toMatch(/^encryptionsalt: /);
});

test("pulumi up goes through with it, and a second preview is empty", async () => {
  await pulumi("config", "set", "--path", "mailstead:server.image", "debian-13");
  // That image has no certbot plugin for DigitalOcean.
  await pulumi("config", "set", "--path", "mailstead:certificates.method", "http-01");
  await pulumi("up", "--yes", "--skip-preview", "--non-interactive");
  await pulumi("preview", "--expect-no-changes", "--diff", "--non-interactive");
});

test("what its mailbox sends passes outside", async () => {
  const jane = await readJane();
  await submit(jane.address, jane.password, "friend@outside.test", "from a zone at DigitalOcean");
  await passedOutside("from a zone at DigitalOcean", 90, DOMAIN);
});

test("pin goes to a newer release, and back to the same bytes", async () => {
  const before = readFile();
  expect((await plain(mailstead("pin", "--check", "--stack", STACK))).code).toBe(0);
  // It is pinned, and never runs: any image does.
  await copyImage(NGINX, `forwardemail/forwardemail.net-selfhosted:${NEWER}`);
  expect((await plain(mailstead("pin", "--check", "--stack", STACK))).code).toBe(3);
  expect(readFile()).toBe(before);
  console.log(await well(mailstead("pin", "--yes", "--stack", STACK)));
  expect(readFile()).toContain(`release: ${NEWER}\n`);
  await well(mailstead("pin", "--release", STANDIN_RELEASE, "--yes", "--stack", STACK));
  expect(readFile()).toBe(before);
});

describe("upgrade", () => {
  upgradeScenes({ stack: STACK, domain: DOMAIN, clone, file: readFile, plain, copyImage, readJane });
});
