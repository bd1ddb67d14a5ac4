/**
 * Proves: a drill beside the live server brings the snapshot back, reads mail in every mailbox by its password and finds its key
 * in the DNS; it tells RPO, RTO and sizes, and takes all of it away. Asked to end, it takes all away too; one that is killed is
 * named by `preflight`, and taken away by the next. With a damaged snapshot the drill is red, with the reason. Through all of that the live
 * server has the same containers, not restarted, the zone the same records, the vendor the same things, the bucket the same
 * files, and no secret stands in plain in the drill's state.
 * Cannot: prove that a real vendor has room for a second server, or what real images do on a copy of their data.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { containers } from "../../support/host.ts";
import { runFolder } from "../../support/printed.ts";
import {
  checkout,
  DOMAIN,
  inside,
  onHost,
  project,
  STACK,
  waitFor,
  type Ended,
} from "../../support/sandbox.ts";
import { secretsIn, stackSecrets, type Secret } from "../../support/secretSearch.ts";
import { labelled } from "../../support/small.ts";
import { recordsAt } from "../../support/vendors.ts";

const DRILL = `${STACK}-drill`;
const HTML = join(runFolder, "drill.html");
const BUCKET = join(runFolder, "objects/data/mailstead", DOMAIN);

/** All that a drill must leave as it is. */
interface World {
  /** Each with its id and the moment of its start. */
  readonly containers: readonly string[];
  readonly booted: string;
  readonly records: readonly string[];
  readonly things: readonly string[];
  readonly bucket: readonly string[];
}

/** The repository as files, each by size and time. */
function bucketFiles(): string[] {
  return readdirSync(BUCKET, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const { size, mtimeMs } = statSync(join(parentPath, name));
      return `${parentPath}/${name} ${String(size)} ${String(mtimeMs)}`;
    })
    .sort();
}

async function lookAround(): Promise<World> {
  return {
    containers: Array.from(await containers(), ([name, { id, startedAt }]) => `${name} ${id} ${startedAt}`),
    booted: await onHost(
      "cat /proc/sys/kernel/random/boot_id; cat /var/lib/mailstead/backup.json 2>/dev/null || true\n",
    ),
    records: await recordsAt("cloudflare", DOMAIN),
    things: (await labelled(STACK)).map(({ text }) => text),
    bucket: bucketFiles(),
  };
}

let before: World;
let secrets: readonly Secret[];

async function expectUntouched(): Promise<void> {
  expect(await lookAround()).toEqual(before);
  expect(await labelled(DRILL)).toEqual([]);
  expect(globSync(join(runFolder, `pulumi/state/.pulumi/stacks/*/${DRILL}.json`))).toEqual([]);
  expect(existsSync(join(checkout, ".mailstead", DRILL))).toBe(false);
  expect(existsSync(join(checkout, `Pulumi.${DRILL}.yaml`))).toBe(false);
}

interface DrillRecord {
  readonly green: boolean;
  readonly findings: readonly { readonly subject: string; readonly state: string; readonly seen: string }[];
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly sizes?: { readonly files: number; readonly mailboxes: number; readonly messages: number };
  readonly file: string;
  readonly before: { readonly began: string } | null;
}

const mailstead = (...args: string[]): Promise<Ended> =>
  inside(["node", "cli/mailstead.js", ...args, "--stack", STACK]);

/** Runs a task, and looks into the drill's state as often as it changes. */
async function watchState<T>(
  task: () => Promise<T>,
): Promise<{ result: T; leaks: readonly string[]; seen: number }> {
  const leaks = new Set<string>();
  let seen = 0;
  let last = "";
  const timer = setInterval(() => {
    for (const file of globSync(join(runFolder, `pulumi/state/.pulumi/stacks/*/${DRILL}.json*`))) {
      let text = "";
      try {
        text = readFileSync(file, "utf8");
      } catch {
        continue;
      }
      if (text === last) continue;
      last = text;
      seen = Math.max(seen, text.split('"urn"').length - 1);
      for (const name of secretsIn(text, secrets)) leaks.add(name);
    }
  }, 300);
  try {
    return { result: await task(), leaks: [...leaks], seen };
  } finally {
    clearInterval(timer);
  }
}

beforeAll(async () => {
  secrets = await stackSecrets();
  before = await lookAround();
  expect(before.bucket.length).toBeGreaterThan(5);
});

test("what it would make, and the price, is told without making it", async () => {
  const { code, stdout } = await mailstead("drill", "--dry-run");
  console.log(stdout);
  expect(code).toBe(0);
  expect(stdout).toContain(`server drill.${DOMAIN}`);
  expect(stdout).toMatch(/[\d.]+ a month at most/);
  await expectUntouched();
});

test("green: all came back, mail is read, and the live server was not touched", async () => {
  const { result, leaks, seen } = await watchState(() => mailstead("drill", "--json", "--html", HTML));
  console.log(result.stderr, result.stdout);
  expect(result.code).toBe(0);
  const record = JSON.parse(result.stdout) as DrillRecord;
  expect(record.findings.filter(({ state }) => state === "bad")).toEqual([]);
  expect(record.findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(["snapshot", "hashes", "mailboxes", "login", `DKIM default._domainkey.${DOMAIN}`]),
  );
  expect(record.sizes?.messages).toBeGreaterThanOrEqual(500);
  expect(record.sizes?.files).toBeGreaterThan(25);
  expect(record.rpoSeconds).toBeGreaterThan(0);
  expect(Object.keys(record.parts)).toEqual(["server", "packages", "restore", "containers", "login"]);
  expect(record.rtoSeconds).toBeGreaterThan(5);
  expect([seen > 60, leaks]).toEqual([true, []]);
  expect(readFileSync(HTML, "utf8")).toContain("All came back");
  expect(readFileSync(record.file, "utf8")).not.toMatch(/password/i);
  await expectUntouched();
  const status = await mailstead("status");
  expect(status.stdout).toMatch(/✓ recovery drill: .* all came back, RPO .*, RTO /);
});

/** Starts a drill, and waits until its server is at the vendor. */
async function startDrill(): Promise<{
  readonly pid: number;
  readonly ended: Promise<number>;
  printed: () => string;
}> {
  const child = spawn(join(project, "sandbox/run"), ["node", "cli/mailstead.js", "drill", "--stack", STACK], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  const collect = (piece: Buffer): void => void (printed += piece.toString());
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = new Promise<number>((resolve) => {
    child.on("close", (code) => {
      resolve(code ?? 137);
    });
  });
  await waitFor("the drill's server", 120, async () =>
    (await labelled(DRILL)).some(({ text }) => text.startsWith("servers ")),
  );
  const pid = Number(readFileSync(join(checkout, ".mailstead", STACK, "drill/process"), "utf8"));
  return { pid, ended, printed: () => printed };
}

test("asked to end, it takes away what it made", async () => {
  const { pid, ended, printed } = await startDrill();
  process.kill(pid, "SIGINT");
  const code = await ended;
  console.log(printed());
  expect(code).toBe(130);
  expect(printed()).toContain("all that was made is gone");
  await expectUntouched();
});

test("killed, it is named by preflight with the next step, and not taken for the stack's own", async () => {
  const { pid, ended } = await startDrill();
  const engine = execFileSync("pgrep", ["--parent", String(pid)], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map(Number);
  process.kill(pid, "SIGKILL");
  for (const one of engine) process.kill(-one, "SIGKILL");
  await ended;
  const looked = await mailstead("preflight");
  console.log(looked.stdout);
  expect(looked.stdout).toMatch(/! recovery drill: .*server drill\./);
  expect(looked.stdout).toContain("mailstead drill --clean");
  expect(looked.stdout).not.toContain("orphan");
  expect((await labelled(DRILL)).length).toBeGreaterThan(3);
});

/** Files of the repository's data: which of them the newest snapshot is in, restic alone knows. */
const packs = (): readonly string[] => globSync(join(BUCKET, "data/*/*"));

let mend = (): void => undefined;

afterAll(() => {
  mend();
});

test("with a damaged snapshot: red with the reason, after what the killed one left is gone, and nothing stays", async () => {
  const sound = packs().map((pack) => [pack, readFileSync(pack)] as const);
  mend = () => {
    for (const [pack, bytes] of sound) writeFileSync(pack, bytes);
  };
  for (const [pack, bytes] of sound) writeFileSync(pack, Buffer.alloc(bytes.length));
  const ended = await mailstead("drill", "--json");
  console.log(ended.stderr, ended.stdout);
  expect(ended.stderr).toContain("an earlier drill was ended before it could take away");
  expect(ended.code).toBe(1);
  const record = JSON.parse(ended.stdout) as DrillRecord;
  expect([record.green, record.rtoSeconds]).toEqual([false, undefined]);
  expect(record.findings[0]?.seen).toMatch(/damaged|mismatch|verif/);
  expect(record.before?.began).toBeDefined();
  mend();
  before = { ...before, bucket: bucketFiles() };
  await expectUntouched();
  const status = await mailstead("status");
  expect(status.code).toBe(1);
  expect(status.stdout).toMatch(/✗ recovery drill: .*Not all came back/);
});
