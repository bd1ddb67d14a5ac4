/** The engine on the sandbox's stack, as benches inside of the sandbox run it. */
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { StateResource } from "./bareProgram.ts";

/** The sandbox's own stack. */
export const STACK = "dev";
const LIMIT_MS = 10 * 60_000;
const root = join(import.meta.dirname, "..");

/** Runs a program in the checkout. @throws with what it printed */
export async function run(file: string, ...args: string[]): Promise<string> {
  const limits = { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await promisify(execFile)(file, args, { cwd: root, ...limits })).stdout;
  } catch (cause) {
    // The cause has the command's output, in which an export would show secrets.
    const shown = args.includes("export") ? "" : (cause as { stdout: string }).stdout.slice(-4000);
    throw new Error(`${file} ${args[0] ?? ""} failed ${shown}`);
  }
}

/** Has an action change the stack's own file as it likes, for commands that take no other one; then it is as it was. */
export async function keepingStackFile<Result>(action: () => Promise<Result>): Promise<Result> {
  const path = join(root, `Pulumi.${STACK}.yaml`);
  const before = readFileSync(path);
  try {
    return await action();
  } finally {
    // In place: the sandbox has laid its own file over the one of the checkout.
    writeFileSync(path, before);
  }
}

export class Engine {
  readonly #configFile: string;

  /** @param folder for a configuration of its own, which is gone with it; without one it is the stack's own file. */
  constructor(folder?: string) {
    const own = join(root, `Pulumi.${STACK}.yaml`);
    this.#configFile = folder === undefined ? own : join(folder, `Pulumi.${STACK}.yaml`);
    if (folder !== undefined) cpSync(own, this.#configFile);
  }

  run(...args: string[]): Promise<string> {
    return run("pulumi", ...args, "--stack", STACK, "--non-interactive", "--config-file", this.#configFile);
  }

  async unprotect(): Promise<void> {
    await this.run("config", "set", "--path", "mailstead:protect", "false");
    await this.run("config", "set", "--path", "mailstead:server.disposable", "true");
  }

  /** Sets a secret value, which goes by standard input. */
  async set(path: string, value: string): Promise<void> {
    const args = [
      "config",
      "set",
      "--secret",
      "--path",
      path,
      "--stack",
      STACK,
      "--config-file",
      this.#configFile,
    ];
    const child = promisify(execFile)("pulumi", args, { cwd: root, timeout: LIMIT_MS });
    child.child.stdin?.end(value);
    await child;
  }

  /** Backups to the sandbox's bucket. @param prefix the bench's own folder in it */
  async setBackups(prefix: string): Promise<void> {
    const keys = join(root, ".sandbox/run/objects");
    const secret = (file: string): string => readFileSync(join(keys, file), "utf8").trim();
    const plain = { endpoint: "nbg1.your-objectstorage.com", bucket: "mailstead", prefix };
    for (const [key, value] of Object.entries(plain))
      await this.run("config", "set", "--path", `mailstead:backups.${key}`, value);
    await this.set("mailstead:backups.accessKeyId", secret("access-key"));
    await this.set("mailstead:backups.secretAccessKey", secret("secret-key"));
  }

  async up(): Promise<void> {
    await this.run("up", "--yes", "--skip-preview");
  }

  async destroy(): Promise<void> {
    await this.run("destroy", "--yes", "--skip-preview", "--run-program");
  }

  async state(): Promise<readonly StateResource[]> {
    // An export takes no configuration file.
    const text = await run("pulumi", "stack", "export", "--show-secrets", "--stack", STACK);
    return (JSON.parse(text) as { deployment: { resources: StateResource[] } }).deployment.resources;
  }
}
