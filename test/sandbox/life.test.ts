/**
 * Proves: a deployment that Ctrl-C stops is gone on with by the next `up`; a repeated `up` changes nothing, in below a
 * minute; `down` leaves no process, mount, namespace, control group or file, after a kill in the middle too; where the
 * user or the machine cannot hold a sandbox, `up` says what is missing and what runs instead.
 * Cannot: kill between any two instructions; prove the first start on a machine without a cache.
 *
 * It runs last (its project in vitest.config.ts comes after all others), and no sandbox is up when it ends.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import process from "node:process";
import { afterEach, beforeAll, expect, test } from "vitest";
import { containers } from "../support/host.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";
import { project, waitFor } from "../support/sandbox.ts";
import { mainProcesses, networkNumber, NOTHING, traces } from "../support/traces.ts";

const COMMAND = [process.execPath, "sandbox/main.ts"];
const CREATES_SERVER = /hcloud:index:Server \S+ creating/;

/** A run of `up`, in a process group of its own as a terminal gives it. */
class Up {
  printed = "";
  readonly temporaryFolder = temporaryFolder();
  readonly #child: ChildProcess;
  readonly #began = performance.now();

  constructor() {
    const [file = "", ...rest] = COMMAND;
    this.#child = spawn(file, [...rest, "up"], {
      cwd: project,
      // Of its own, so that what it leaves there is told from what others have in theirs.
      env: { ...process.env, TMPDIR: this.temporaryFolder },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (chunk: Buffer) => (this.printed += chunk.toString()));
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
      return this.hasEnded ? Promise.reject(new Error(this.printed.slice(-4000))) : Promise.resolve(false);
    });
  }

  /** @returns exit code, undefined after a signal, and seconds from start to end. */
  async ends(): Promise<{ code: number | undefined; seconds: number }> {
    await waitFor("the end of up", 480, () => Promise.resolve(this.hasEnded));
    return { code: this.#child.exitCode ?? undefined, seconds: (performance.now() - this.#began) / 1000 };
  }
}

// From nothing, whatever was up: else the engine has no server to make.
beforeAll(() => {
  down();
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
  const ended = spawnSync(file, [...rest, "down"], { cwd: project, encoding: "utf8", timeout: 60_000 });
  expect(ended.status, ended.stderr).toBe(0);
  return ended.stdout;
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
  const before = { ...traces(networkNumber()), processes: mainProcesses() };
  expect(Object.keys(before.processes).length).toBeGreaterThan(8);
  const made = await containers();
  const seconds = await upWhole();
  console.log(`repeated up: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(60);
  expect(await containers()).toEqual(made);
  expect({ ...traces(networkNumber()), processes: mainProcesses() }).toEqual(before);
});

test("down leaves nothing behind, and says so when nothing is up", () => {
  const network = networkNumber();
  expect(traces(network).processes.length).toBeGreaterThan(10);
  expect(down()).toMatch(/The sandbox is gone/);
  expect(traces(network)).toEqual(NOTHING);
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
  const network = networkNumber();
  expect(traces(network).processes).not.toEqual([]);
  down();
  expect(traces(network)).toEqual(NOTHING);
  expect(readdirSync(up.temporaryFolder).filter((name) => name.startsWith("mailstead-"))).toEqual([]);
});

test.each([
  ["a user without root", ["--reuid", "65534", "--clear-groups"], /root/],
  ["a machine without namespaces", ["--bounding-set", "-sys_admin"], /namespaces/],
])("%s is told what is missing and what runs instead", (_, without, lacks) => {
  const ended = spawnSync("setpriv", [...without, ...COMMAND, "up"], {
    cwd: project,
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(ended.status).toBe(77);
  expect(ended.stderr).toMatch(lacks);
  expect(ended.stderr).toMatch(/What runs without: make check/);
  expect(traces(undefined)).toEqual(NOTHING);
});
