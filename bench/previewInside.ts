/** The part of preview.ts that runs inside the sandbox. Prints its times as JSON. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { promisify } from "node:util";
import { bareProgram, renamedState, type StateResource } from "./bareProgram.ts";
import type { PreviewTimes } from "./preview.ts";
import { inTurn } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 9;
const LIMIT_MS = 120_000;
const OURS = { project: "mailstead", stack: "dev" };
// Not `dev`: the sandbox lays its own configuration over that one's file.
const BARE = { project: "bare", stack: "bare" };
const root = join(import.meta.dirname, "..");

/** Where a stack is: its folder and the backend that both are in. */
interface Project {
  readonly folder: string;
  readonly stack: string;
  readonly backend: string;
  /** The stack's configuration where it is not the one beside the program. */
  readonly configFile?: string;
}

async function pulumi({ folder, stack, backend }: Project, ...args: string[]): Promise<string> {
  const all = [...args, "--stack", stack, "--non-interactive"];
  const env = { ...process.env, PULUMI_BACKEND_URL: backend };
  try {
    const limits = { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
    return (await promisify(execFile)("pulumi", all, { cwd: folder, env, ...limits })).stdout;
  } catch (cause) {
    // The cause has the command's output, in which an export would show secrets.
    const shown = args[0] === "preview" ? (cause as { stdout: string }).stdout.slice(-4000) : "";
    throw new Error(`pulumi ${args[0] ?? ""} of ${stack} failed ${shown}`);
  }
}

async function preview(project: Project): Promise<number> {
  const { configFile } = project;
  const config = configFile === undefined ? [] : ["--config-file", configFile];
  const start = performance.now();
  await pulumi(project, "preview", "--expect-no-changes", ...config);
  return performance.now() - start;
}

/** Copies the sandbox's state: what is previewed here locks and changes nothing of it, and sees no later change. */
function copyState(folder: string): string {
  const address = new URL(process.env["PULUMI_BACKEND_URL"] ?? "");
  const target = join(folder, "state");
  cpSync(address.pathname, target, { recursive: true });
  rmSync(join(target, ".pulumi/locks"), { recursive: true, force: true });
  return `file://${target}${address.search}`;
}

/** Makes the bare project beside the copied state; both hold the sandbox's secrets, in a folder for root alone. */
async function makeBare(ours: Project, folder: string): Promise<{ bare: Project; resources: number }> {
  const text = await pulumi(ours, "stack", "export", "--show-secrets");
  const state = JSON.parse(text) as { deployment: { resources: StateResource[] } };
  const bare = { folder: join(folder, "bare"), stack: BARE.stack, backend: ours.backend };
  mkdirSync(bare.folder);
  const runtime = { name: "nodejs", options: { typescript: false, packagemanager: "npm" } };
  const write = (name: string, content: string): void => {
    writeFileSync(join(bare.folder, name), content, { mode: 0o600 });
  };
  write("Pulumi.yaml", JSON.stringify({ name: BARE.project, runtime, main: "index.js" }));
  write(
    "package.json",
    JSON.stringify({ name: BARE.project, private: true, type: "module", main: "index.js" }),
  );
  write("index.js", bareProgram(state.deployment.resources));
  write("state.json", renamedState(text, OURS, BARE));
  symlinkSync(join(root, "node_modules"), join(bare.folder, "node_modules"));
  // The docker provider's options name the SSH files by relative path.
  if (existsSync(join(root, ".mailstead"))) {
    cpSync(join(root, ".mailstead"), join(bare.folder, ".mailstead"), { recursive: true });
  }
  await promisify(execFile)("pulumi", ["stack", "init", BARE.stack, "--non-interactive"], {
    cwd: bare.folder,
    env: { ...process.env, PULUMI_BACKEND_URL: bare.backend },
  });
  await pulumi(bare, "stack", "import", "--file", "state.json");
  return { bare, resources: state.deployment.resources.length };
}

async function measure(folder: string): Promise<PreviewTimes> {
  const configFile = join(folder, "Pulumi.dev.yaml");
  cpSync(join(root, "Pulumi.dev.yaml"), configFile);
  const ours = { folder: root, stack: OURS.stack, backend: copyState(folder), configFile };
  const { bare, resources } = await makeBare(ours, folder);
  const taken = await inTurn(
    REPETITIONS,
    () => preview(ours),
    () => preview(bare),
  );
  return { ...taken, resources, repetitions: REPETITIONS };
}

console.log(JSON.stringify(await inTemporaryFolder("preview", measure)));
