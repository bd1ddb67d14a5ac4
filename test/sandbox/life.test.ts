/**
 * Proves: a deployment that Ctrl-C stops is gone on with by the next `up`; a repeated `up` changes nothing, in below a
 * minute; `down` leaves no process, mount, namespace, control group or file, after a kill in the middle too; where the
 * user or the machine cannot hold a sandbox, `up` says what is missing and what runs instead.
 * Cannot: kill between any two instructions; prove the first start on a machine without a cache.
 *
 * It has a sandbox of its own, in a copy of the checkout, beside the one that all other tests share.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { copyForSandbox } from "../support/projectCopy.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { waitFor } from "../support/sandbox.ts";
import {
  mainProcesses,
  networkNumber,
  NOTHING,
  traces,
  type SandboxAt,
  type Traces,
} from "../support/traces.ts";

const COMMAND = [process.execPath, "sandbox/main.ts"];
const SANDBOX: SandboxAt = {
  folder: join(tmpdir(), `mailstead-life-${String(process.pid)}`),
  name: "mailstead-life",
};
const AT = { cwd: SANDBOX.folder, env: { ...process.env, SANDBOX_NAME: SANDBOX.name } };

const look = (network: number | undefined): Traces => traces(SANDBOX, network);
const CREATES_SERVER = /hcloud:index:Server \S+ creating/;

/** A run of `up`, in a process group of its own as a terminal gives it. */
class Up {
  printed = "";
  readonly temporaryFolder = temporaryFolder();
  readonly #child: ChildProcess;
  readonly #began = performance.now();
  /** It and all that write where it writes have ended, and what they wrote is in `printed`. */
  #closed = false;

  constructor() {
    const [file = "", ...rest] = COMMAND;
    this.#child = spawn(file, [...rest, "up"], {
      ...AT,
      // Of its own, so that what it leaves there is told from what others have in theirs.
      env: { ...AT.env, TMPDIR: this.temporaryFolder },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.printed += chunk.toString()));
    this.#child.once("close", () => (this.#closed = true));
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Signals the whole group, as Ctrl-C does. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.hasEnded) process.kill(-pid, name);
  }

  async reaches(point: RegExp): Promise<void> {
    await waitFor(`${String(point)} in the output of up`, 300, () => {
      if (point.test(this.printed)) return Promise.resolve(true);
      return this.#closed ? Promise.reject(new Error(this.printed.slice(-4000))) : Promise.resolve(false);
    });
  }

  /** @returns exit code, undefined after a signal, and seconds from start to end. */
  async ends(): Promise<{ code: number | undefined; seconds: number }> {
    await waitFor("the end of up", 480, () => Promise.resolve(this.#closed));
    return { code: this.#child.exitCode ?? undefined, seconds: (performance.now() - this.#began) / 1000 };
  }
}

beforeAll(() => {
  copyForSandbox(SANDBOX.folder);
});

afterAll(() => {
  down();
  rmSync(SANDBOX.folder, { recursive: true });
});

let running: Up | undefined;
afterEach(() => {
  running?.signal("SIGKILL");
});

function start(): Up {
  running = new Up();
  return running;
}

async function upWhole(): Promise<number> {
  const up = start();
  const { code, seconds } = await up.ends();
  expect(code, up.printed.slice(-4000)).toBe(0);
  return seconds;
}

function down(): string {
  const [file = "", ...rest] = COMMAND;
  const ended = spawnSync(file, [...rest, "down"], { ...AT, encoding: "utf8", timeout: 60_000 });
  expect(ended.status, ended.stderr).toBe(0);
  return ended.stdout;
}

/** Ids of the containers on the host, as its Docker tells them. */
function containers(): string[] {
  const ssh = ["node", "cli/mailstead.js", "ssh", "--stack", "dev", "--", "docker ps -aq --no-trunc"];
  const ended = spawnSync(join(SANDBOX.folder, "sandbox/run"), ssh, {
    ...AT,
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(ended.status, ended.stderr).toBe(0);
  return ended.stdout.trim().split("\n");
}

test("after Ctrl-C in the middle of a deployment, the next up goes on from there", async () => {
  const first = start();
  await first.reaches(CREATES_SERVER);
  first.signal("SIGINT");
  expect((await first.ends()).code).toBe(130);
  expect(first.printed).toMatch(/make sandbox-down/);
  const seconds = await upWhole();
  console.log(`up after Ctrl-C: ${seconds.toFixed(0)} s`);
  expect(running?.printed).toMatch(/example\.com/);
});

test("a repeated up changes nothing, in below a minute", async () => {
  // Of the processes those that things were started with: their health checks and idle workers come and go.
  const before = { ...look(networkNumber(SANDBOX)), processes: mainProcesses(SANDBOX) };
  expect(Object.keys(before.processes).length).toBeGreaterThan(8);
  const made = containers();
  expect(made.length).toBeGreaterThan(8);
  const seconds = await upWhole();
  console.log(`repeated up: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(60);
  expect(containers()).toEqual(made);
  expect({ ...look(networkNumber(SANDBOX)), processes: mainProcesses(SANDBOX) }).toEqual(before);
});

test("down leaves nothing behind, and says so when nothing is up", () => {
  const network = networkNumber(SANDBOX);
  expect(look(network).processes.length).toBeGreaterThan(10);
  expect(down()).toMatch(/The sandbox is gone/);
  expect(look(network)).toEqual(NOTHING);
  expect(down()).toMatch(/No sandbox is up/);
});

test.each([
  ["while its services start", /Container registry …/],
  ["while the engine makes the server", CREATES_SERVER],
])("down leaves nothing behind of an up that was killed %s", async (_, point) => {
  const up = start();
  await up.reaches(point);
  up.signal("SIGKILL");
  await up.ends();
  const network = networkNumber(SANDBOX);
  expect(look(network).processes).not.toEqual([]);
  down();
  expect(look(network)).toEqual(NOTHING);
  expect(readdirSync(up.temporaryFolder).filter((name) => name.startsWith("mailstead-"))).toEqual([]);
});

test.each([
  ["a user without root", ["--reuid", "65534", "--clear-groups"], /root/],
  ["a machine without namespaces", ["--bounding-set", "-sys_admin"], /namespaces/],
])("%s is told what is missing and what runs instead", (_, without, lacks) => {
  const ended = spawnSync("setpriv", [...without, ...COMMAND, "up"], {
    ...AT,
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(ended.status).toBe(77);
  expect(ended.stderr).toMatch(lacks);
  expect(ended.stderr).toMatch(/What runs without: make check/);
  expect(look(undefined)).toEqual(NOTHING);
});
