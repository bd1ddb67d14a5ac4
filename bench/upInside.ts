/** The part of up.ts that runs inside the sandbox. Prints its times as JSON. */
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import type { PlannedContainer, PlannedImage } from "../stack/model/plan.ts";
import type { StateResource } from "./bareProgram.ts";
import { deleteServer, standUp, type HandWork } from "./byHand.ts";
import { inTurn } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";
import type { UpTimes } from "./up.ts";

const REPETITIONS = 2;
const STACK = "dev";
const LIMIT_MS = 10 * 60_000;
const root = join(import.meta.dirname, "..");

async function run(file: string, ...args: string[]): Promise<string> {
  const limits = { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await promisify(execFile)(file, args, { cwd: root, ...limits })).stdout;
  } catch (cause) {
    // The cause has the command's output, in which an export would show secrets.
    const shown = args.includes("export") ? "" : (cause as { stdout: string }).stdout.slice(-4000);
    throw new Error(`${file} ${args[0] ?? ""} failed ${shown}`);
  }
}

/** The engine on the sandbox's stack, with a configuration of its own that protects nothing. */
class Engine {
  readonly #configFile: string;

  constructor(folder: string) {
    this.#configFile = join(folder, `Pulumi.${STACK}.yaml`);
    cpSync(join(root, `Pulumi.${STACK}.yaml`), this.#configFile);
  }

  run(...args: string[]): Promise<string> {
    return run("pulumi", ...args, "--stack", STACK, "--non-interactive", "--config-file", this.#configFile);
  }

  async unprotect(): Promise<void> {
    await this.run("config", "set", "--path", "mailstead:protect", "false");
    await this.run("config", "set", "--path", "mailstead:server.disposable", "true");
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

/** What the hand places: what the deployment placed. */
async function handWork(engine: Engine, folder: string): Promise<HandWork> {
  const printed = await run("node", "cli/mailstead.js", "render", "containers", "--json", "--stack", STACK);
  const { images, containers } = JSON.parse(printed) as {
    images: PlannedImage[];
    containers: PlannedContainer[];
  };
  const keyFile = join(folder, "deploy_key");
  cpSync(join(root, ".mailstead", STACK, "deploy_key"), keyFile);
  return { resources: await engine.state(), images, containers, keyFile, folder };
}

async function timed(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

async function measure(folder: string): Promise<UpTimes> {
  const engine = new Engine(folder);
  await engine.unprotect();
  await engine.up();
  const work = await handWork(engine, folder);
  await engine.destroy();
  const ours = async (): Promise<number> => {
    const time = await timed(() => engine.up());
    await engine.destroy();
    return time;
  };
  const theirs = async (): Promise<number> => {
    try {
      return await timed(() => standUp(work));
    } finally {
      await deleteServer();
    }
  };
  const taken = await inTurn(REPETITIONS, ours, theirs);
  // As it was found: with its server.
  await engine.up();
  return { ...taken, repetitions: REPETITIONS };
}

const times = await inTemporaryFolder("up", measure);
process.stdout.write(`${JSON.stringify(times)}\n`);
