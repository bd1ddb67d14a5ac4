/** Runs of `pulumi up` of the small stack, to be looked at, killed or interrupted while they go on. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { keepPrinted } from "./printed.ts";
import { project, waitFor } from "./sandbox.ts";
import { logEnd, type Request, requestsSince, smallProject, STACK } from "./small.ts";

/** A run of `pulumi up` that goes on while the test looks at it. */
export class RunningUp {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  printed = "";
  isOver = false;

  constructor() {
    const up = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK];
    // A session of its own: whatever is started in it can be found, also when its parent is gone.
    this.#child = spawn(join(project, "sandbox/run"), ["pulumi", ...up], {
      cwd: smallProject,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const collect = (chunk: Buffer): void => void (this.printed += chunk.toString());
    this.#child.stdout?.on("data", collect);
    this.#child.stderr?.on("data", collect);
    this.#ended = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        this.isOver = true;
        keepPrinted(["pulumi", ...up], this.printed);
        resolve(code ?? 137);
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("pulumi up did not start");
    return this.#child.pid;
  }

  /** Processes of the run: its session, and whatever descends from it. */
  processes(): { pid: number; command: string }[] {
    const table = execFileSync("ps", ["-e", "-o", "pid=,ppid=,sess=,args="], { encoding: "utf8" })
      .split("\n")
      .flatMap((line) => {
        const [, pid, parent, session, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
        return pid === undefined
          ? []
          : [{ pid: +pid, parent: Number(parent), session: Number(session), command }];
      });
    const ours = new Set([this.pid]);
    // Parents come before their children only as long as ids do not wrap: go over it until nothing is added.
    for (let size = 0; size !== ours.size;) {
      size = ours.size;
      for (const { pid, parent, session } of table)
        if (session === this.pid || ours.has(parent)) ours.add(pid);
    }
    return table
      .filter(({ pid }) => ours.has(pid))
      .map(({ pid, command }) => ({ pid, command: command ?? "" }));
  }

  /** Kills the command and everything that it started, the command first. */
  async kill(): Promise<void> {
    const targets = this.processes();
    for (const { pid } of targets) signal(pid, "SIGKILL");
    await waitFor("every process of the run to be gone", 10, () =>
      Promise.resolve(targets.every(({ pid }) => !existsSync(`/proc/${pid}/exe`) || isZombie(pid))),
    );
    await this.#ended;
  }

  /** Kills what matches alone. */
  killOnly(pattern: RegExp): string[] {
    const targets = this.processes().filter(({ command }) => pattern.test(command));
    for (const { pid } of targets) signal(pid, "SIGKILL");
    return targets.map(({ command }) => command.slice(0, 120));
  }

  /** One Ctrl-C: the terminal sends it to the foreground's process group, which is the command alone. */
  interrupt(): void {
    signal(this.pid, "SIGINT");
  }

  /** Exit code. @throws when it does not end within the limit. */
  async end(limitSeconds = 240): Promise<number> {
    await waitFor(`pulumi up to end; so far:\n${this.printed.slice(-1500)}`, limitSeconds, () =>
      Promise.resolve(this.isOver),
    );
    return this.#ended;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/\(.*\)/, ""));
  } catch {
    return true;
  }
}

/** Starts `up` and returns it at the moment when the question is true. Asked every few milliseconds. */
export async function upUntil(
  what: string,
  ask: (since: Request[], printed: string) => boolean,
  limitSeconds = 120,
): Promise<RunningUp> {
  const end = logEnd();
  const run = new RunningUp();
  const deadline = Date.now() + limitSeconds * 1000;
  while (!ask(requestsSince(end), run.printed)) {
    if (run.isOver) throw new Error(`pulumi up ended before ${what}:\n${run.printed.slice(-3000)}`);
    if (Date.now() > deadline) {
      await run.kill();
      throw new Error(`waited ${limitSeconds} s for ${what}:\n${run.printed.slice(-3000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return run;
}
