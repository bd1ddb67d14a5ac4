/** How the sandbox tests drive the sandbox: commands inside, the engine, SSH, and bounded waits. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { keepPrinted } from "./printed.ts";
import { sshDirectory, sshFilePaths, sshOptions } from "../../components/sshFiles.ts";
import { readStateOutputs } from "./stateFile.ts";
import { countsLine, zoneWarnings } from "./summary.ts";

/** Root of the checkout. */
export const project: string = join(import.meta.dirname, "../..");

// The life that a test file tells. Vitest gives each file modules of its own: what is set here holds for that file alone.
/** Name of its stack; the sandbox's own until `liveAs`. */
export let STACK = "dev";
/** Its mail domain, a zone at Cloudflare. */
export let DOMAIN = "example.com";
/** Where commands run: the checkout, or a clone of it with the stack's own file. */
export let checkout: string = project;

/** Another stack than the sandbox's own. To be called before the parts of the life are imported. */
export function liveAs(stack: string, domain: string, clone: string): void {
  [STACK, DOMAIN, checkout] = [stack, domain, clone];
}

/** Runs any command inside. */
export const runScript: string = join(project, "sandbox/run");

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds after which the command is ended and the test fails. */
  readonly limitSeconds?: number;
}

/** Runs a command inside the sandbox and waits for its end, whatever its exit code. */
export function inside(command: readonly string[], options: Options = {}): Promise<Ended> {
  const limit = options.limitSeconds ?? 420;
  return new Promise((resolve, reject) => {
    const child = spawn(runScript, command, {
      cwd: options.cwd ?? checkout,
      env: { ...process.env, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      reject(
        new Error(
          `${command.join(" ")} did not end within ${limit} s\n${stdout.slice(-2000)}${stderr.slice(-2000)}`,
        ),
      );
    }, limit * 1000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      keepPrinted(command, `${stdout}\n${stderr}`);
      resolve({ code: code ?? 137, stdout, stderr });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a command inside; a non-zero exit code fails the test with what it printed. */
export async function succeed(command: readonly string[], options: Options = {}): Promise<string> {
  const ended = await inside(command, options);
  if (ended.code !== 0) {
    throw new Error(
      `${command.join(" ")} ended with ${ended.code}\n${ended.stdout.slice(-6000)}\n${ended.stderr.slice(-3000)}`,
    );
  }
  return ended.stdout;
}

/** Where the engine runs: the checkout, or a copy of it with a configuration of its own. */
interface Place {
  readonly folder: string;
  readonly configFile?: string;
}

const here = (): Place => ({ folder: checkout });

/** `pulumi COMMAND … --non-interactive` for the stack of this life. */
export function pulumi(args: readonly string[], { folder, configFile }: Place = here()): Promise<Ended> {
  const config = configFile === undefined ? [] : ["--config-file", configFile];
  return inside(["pulumi", ...args, "--stack", STACK, "--non-interactive", ...config], { cwd: folder });
}

/** A plain `pulumi up` that must succeed; returns what it printed. */
export async function up(place: Place = here()): Promise<string> {
  const ended = await pulumi(["up", "--yes", "--skip-preview"], place);
  if (ended.code !== 0)
    throw new Error(
      `pulumi up ended with ${ended.code}\n${ended.stdout.slice(-8000)}\n${ended.stderr.slice(-2000)}`,
    );
  return ended.stdout;
}

/** Fails unless a plain preview has nothing to do. */
export async function expectEmptyPreview(place: Place = here()): Promise<void> {
  await expectEmpty([], place);
}

/** Fails unless a refreshed preview has nothing to do: all is as declared, at the vendors and on the host too. */
export async function expectNoDrift(place: Place = here()): Promise<void> {
  await expectEmpty(["--refresh", "--run-program"], place);
}

/** Stands in a preview with `--diff` before outputs of the stack that would change. */
const STACK_OUTPUTS = /pulumi:pulumi:Stack: \(same\)\n\s*\[urn=[^\n]*\]\n\s*--outputs:--\n/;

/** Nothing to do for the engine, no output that changes, and nothing in the zone that is not as declared. */
async function expectEmpty(extra: readonly string[], place: Place): Promise<void> {
  const what = ["preview", ...extra].join(" ");
  const ended = await pulumi(["preview", ...extra, "--expect-no-changes", "--diff"], place);
  if (ended.code !== 0) {
    throw new Error(
      `${what} ended with ${ended.code}\n${ended.stdout.slice(-6000)}\n${ended.stderr.slice(-2000)}`,
    );
  }
  // The stack's own, which the engine does not count. What a refresh learns of a resource is no change.
  const [, outputs] = ended.stdout.split(STACK_OUTPUTS);
  if (outputs !== undefined) throw new Error(`${what} changes outputs:\n${outputs.slice(0, 6000)}`);
  const warnings = zoneWarnings(ended.stdout);
  if (warnings.length > 0) throw new Error(`${what} warns:\n${warnings.join("\n")}`);
  console.log(`${what}: ${countsLine(ended.stdout)}`);
}

/** Sets one value of the configuration, as the user would: `pulumi config set --path`. */
export async function setConfig(path: string, value: string): Promise<void> {
  await setConfigs({ [path]: value });
}

/** Sets several values of the configuration at once, by their paths. */
export async function setConfigs(values: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(values).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
  await succeed(["pulumi", "config", "set-all", "--path", ...pairs, "--stack", STACK]);
}

interface StackOutputs {
  readonly addresses: { readonly ipv4: string; readonly ipv6: string };
  readonly webAddress: string;
}

/** Outputs of the stack that are no secrets. */
export function outputs(): StackOutputs {
  return readStateOutputs(STACK) as unknown as StackOutputs;
}

/**
 * What runs a script, given by standard input, on the host of a stack over the pinned SSH connection, from the folder of
 * its project. It is what `mailstead ssh` does, without the command, which takes as long to start as most scripts to run.
 */
export function sshCommand(stack: string): string[] {
  const { addresses } = readStateOutputs(stack) as unknown as StackOutputs;
  const options = sshOptions(sshFilePaths(sshDirectory(stack)));
  return ["ssh", "-l", "root", ...options, addresses.ipv4, "bash -s"];
}

/** Runs a script on the host and returns what it prints. */
export async function onHost(script: string, options: Options = {}): Promise<string> {
  return succeed(sshCommand(STACK), { ...options, input: script });
}

/**
 * Waits until a question has the wanted answer.
 *
 * @param what is named when the wait ends without it.
 * @param limitSeconds how long; the question is asked again after as long as it took, and at least a quarter of a second.
 */
export async function waitFor<T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + limitSeconds * 1000;
  let last: unknown;
  for (;;) {
    const asked = Date.now();
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${limitSeconds} s for ${what}`, { cause: last });
    }
    // As long again as the question took, so that waits leave half of a busy machine to what they wait for.
    const pause = Math.max(250, Date.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
