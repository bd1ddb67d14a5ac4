/** The Pulumi engine as the command uses it: `pulumi` on PATH, in the project folder. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import type { ImportFile } from "../verify/adopt/importFile.ts";
import { knownEngineError } from "./engineErrors.ts";
import { CommandError } from "./output/terminal.ts";

/** Whether a project is one of Mailstead: by its name, which begins so, or by the command in it, where it was renamed. */
function isOurs(folder: string): boolean {
  if (existsSync(join(folder, "cli/mailstead.js"))) return true;
  return /^["']?name["']?\s*:\s*["']?mailstead\b/m.test(readFileSync(join(folder, "Pulumi.yaml"), "utf8"));
}

/**
 * The nearest folder upward that holds a `Pulumi.yaml`, as Pulumi itself looks for its project. In a project of another
 * kind the command would work on what it knows nothing of.
 */
function nearestProject(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return isOurs(folder) ? folder : undefined;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Root of the project: the one of the working directory where it is Mailstead's, else the one that this command belongs to. */
export function projectFolder(): string {
  return nearestProject(process.cwd()) ?? dirname(import.meta.dirname);
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Most that is taken of what a program prints: the state of a stack has a few MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program and collects what it prints. Standard input is closed.
 *
 * @param limitSeconds after which it is ended; none by default.
 * @returns how it ended; one that was ended from here, for its time or for more than 64 MiB, has the code 1 and says so.
 */
export function runToEnd(
  program: string,
  args: readonly string[],
  input = "",
  limitSeconds?: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: projectFolder(), stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let taken = 0;
    const take = (into: Buffer[], chunk: Buffer): void => {
      taken += chunk.length;
      if (taken <= MOST_BYTES) into.push(chunk);
      else child.kill();
    };
    child.stdout.on("data", (chunk: Buffer) => {
      take(out, chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      take(err, chunk);
    });
    // A program that ends before it has read all of its input is judged by its exit code.
    child.stdin.on("error", () => undefined);
    const timer =
      limitSeconds === undefined ? undefined : setTimeout(() => child.kill(), limitSeconds * 1000);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      const why = taken > MOST_BYTES ? "it printed more than 64 MiB" : "it did not end in time";
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out).toString(),
        stderr: `${Buffer.concat(err).toString()}${child.killed ? `${why}\n` : ""}`,
      });
    });
    child.stdin.end(input);
  });
}

/** Where a program on this terminal prints: beside a JSON document, on standard error. */
export type Printed = "stdout" | "stderr";

/** Runs a program on this terminal, and returns its exit code. */
export function attach(
  program: string,
  args: readonly string[],
  printed: Printed = "stdout",
): Promise<number> {
  return new Promise((resolve, reject) => {
    const out = printed === "stdout" ? "inherit" : process.stderr;
    const child = spawn(program, args, { cwd: projectFolder(), stdio: ["inherit", out, "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

/**
 * Runs `pulumi` and returns its standard output.
 *
 * @throws CommandError with the end of its error text.
 */
export async function pulumi(args: readonly string[], input = ""): Promise<string> {
  let ended: Ended;
  try {
    ended = await runToEnd("pulumi", [...args, "--non-interactive"], input);
  } catch {
    throw new CommandError("`pulumi` is not on PATH", "install it: https://www.pulumi.com/docs/install/", 2);
  }
  if (ended.code !== 0) {
    const known = knownEngineError(ended.stderr);
    if (known !== undefined) throw new CommandError(known.message, known.nextStep, known.exitCode);
    throw new CommandError(
      `pulumi ${args.join(" ")} ended with ${ended.code}: ${errorText(ended)}`,
      "select a stack with `pulumi stack select`, or name one with --stack",
    );
  }
  return ended.stdout;
}

/** End of the error text; the display of a run is on standard output. */
function errorText({ stdout, stderr }: Ended): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  return stripVTControlCharacters(text).trim().slice(-800);
}

/** Runs `pulumi` on this terminal. */
export function pulumiAttached(args: readonly string[], printed?: Printed): Promise<number> {
  return attach("pulumi", args, printed);
}

/** A resource as the state knows it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Outputs of the last `up`, by the state: those of the stack itself. Empty before the first; secrets stay encrypted. */
export function outputsIn(resources: readonly StateResource[]): Readonly<Record<string, unknown>> {
  return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** Resources and half-done operations of a stack. Secrets stay encrypted. */
export async function readState(
  stack: string,
): Promise<{ resources: StateResource[]; pending: { type: string; resource: StateResource }[] }> {
  const text = await pulumi(["stack", "export", "--stack", stack]);
  const { deployment } = JSON.parse(text) as {
    deployment: {
      resources?: StateResource[] | null;
      pending_operations?: { type: string; resource: StateResource }[] | null;
    };
  };
  return { resources: deployment.resources ?? [], pending: deployment.pending_operations ?? [] };
}

/**
 * Takes the operations that never ended out of the state. No vendor and no host is asked: what they have made is
 * found by its label, and a host may be gone.
 */
export async function clearPendingOperations(stack: string): Promise<void> {
  await changeState(stack, (deployment) =>
    Object.fromEntries(Object.entries(deployment).filter(([key]) => key !== "pending_operations")),
  );
}

/** Takes a resource out of the state with all that depends on it. No vendor and no host is asked: it is known to be gone. */
export async function forgetResource(stack: string, { urn, protect }: StateResource): Promise<void> {
  const force = protect === true ? ["--force"] : [];
  await pulumi(["state", "delete", urn, "--target-dependents", ...force, "--yes", "--stack", stack]);
}

/** The part of an exported state that changes. */
export type Deployment = Readonly<Record<string, unknown>>;

/**
 * Writes the state anew. Secrets in it stay encrypted.
 *
 * @param change returns undefined where there is nothing to write.
 */
export async function changeState(
  stack: string,
  change: (deployment: Deployment) => Deployment | undefined,
): Promise<void> {
  const state = JSON.parse(await pulumi(["stack", "export", "--stack", stack])) as { deployment: Deployment };
  const deployment = change(state.deployment);
  if (deployment === undefined) return;
  await pulumi(["stack", "import", "--stack", stack], JSON.stringify({ ...state, deployment }));
}

/**
 * What `pulumi preview` would create, as the engine itself writes it for `pulumi import`: types, names, parents and
 * plugin versions; ids are placeholders.
 */
export async function previewCreates(stack: string): Promise<ImportFile> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-preview-"));
  try {
    const file = join(folder, "creates.json");
    // Nothing is changed, so the program need not look at the zone, nor stop at what is in it (components/drift.ts).
    process.env["MAILSTEAD_LOOK"] = "off";
    await pulumi(["preview", "--stack", stack, "--import-file", file]);
    return JSON.parse(readFileSync(file, "utf8")) as ImportFile;
  } finally {
    delete process.env["MAILSTEAD_LOOK"];
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Outputs of a stack; secret ones only when asked for. */
export async function readOutputs(stack: string, showSecrets = false): Promise<Record<string, unknown>> {
  const args = ["stack", "output", "--json", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])];
  return JSON.parse(await pulumi(args)) as Record<string, unknown>;
}

/**
 * Name of the stack as given, else PULUMI_STACK.
 *
 * @throws CommandError for what is no name: it becomes part of the names of files.
 */
export function namedStack(given: string | undefined): string | undefined {
  const named = given ?? process.env["PULUMI_STACK"] ?? "";
  if (named === "") return undefined;
  if (/^[\w.-]{1,100}$/.test(named)) return named;
  const [, alone] = /^\w[\w.-]*\/\w[\w.-]*\/(\w[\w.-]*)$/.exec(named) ?? [];
  const next =
    alone === undefined
      ? "name one of letters, digits, hyphens, underscores and periods"
      : `name it alone: --stack ${alone}`;
  throw new CommandError(`${named.slice(0, 100)} is no name of a stack here`, next, 2);
}

/** Name of the selected stack. @throws CommandError without an engine, or where none is selected. */
export async function selectedStack(): Promise<string> {
  return (await pulumi(["stack", "--show-name"])).trim();
}

/** Name of the stack: as given, else PULUMI_STACK, else the selected one. */
export async function stackName(given: string | undefined): Promise<string> {
  return namedStack(given) ?? selectedStack();
}
