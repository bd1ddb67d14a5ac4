/** The real engine on a copy of the project, with the stand-in plugins and a folder of its own for everything it keeps. */
import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import process from "node:process";
import { installPlugins } from "../../../sandbox/providers/install.ts";

const repository = join(import.meta.dirname, "../../..");

/** What the program is made of. Links: Node reads through them, so what runs is this checkout. */
const PROGRAM = [
  ...["index.ts", "package.json", "node_modules", "startup", "stack", "cloud-init", "components", "verify"],
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of `pulumi` with its language host beside it: the sandbox's own, else one on PATH; undefined where there is none. */
export function findEngine(): string | undefined {
  const folders = [
    join(repository, ".sandbox/cache/bin"),
    ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== ""),
  ];
  return folders
    .map((folder) => join(folder, "pulumi"))
    .find((path) => isProgram(path) && isProgram(join(dirname(path), "pulumi-language-nodejs")));
}

/** A project folder with a stack, its state and its plugins. */
export interface EngineProject {
  /** The project's own folder. */
  readonly folder: string;
  /**
   * Runs `pulumi`, and returns what it printed on standard output.
   *
   * @param input its standard input; empty by default.
   * @throws Error with the end of its output when it fails, or still runs after 120 seconds.
   */
  pulumi(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<string>;
  /** Runs our command in the project, as {@link EngineProject.pulumi} does. */
  mailstead(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

/**
 * Makes one.
 *
 * @param stack its name; the text of its file is `config`, and without one there is none.
 * @param environment where the vendors are, and their tokens. Nothing of the caller's own gets in.
 * @param program text of an `index.ts` that stands for ours.
 */
export async function makeEngineProject(
  engine: string,
  stack: string,
  config: string | undefined,
  environment: Readonly<Record<string, string>>,
  program?: string,
): Promise<EngineProject> {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-engine-"));
  const project = join(folder, "project");
  const home = join(folder, "home");
  for (const path of [project, home, join(folder, "state")]) mkdirSync(path);
  for (const name of PROGRAM) symlinkSync(join(repository, name), join(project, name));
  copyFileSync(join(repository, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  if (config !== undefined) writeFileSync(join(project, `Pulumi.${stack}.yaml`), config);
  if (program !== undefined) {
    rmSync(join(project, "index.ts"));
    writeFileSync(join(project, "index.ts"), program);
  }
  await installPlugins(join(home, "plugins"), process.execPath);
  const complete = {
    PATH: [dirname(engine), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: "for this test alone",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...environment,
  };
  return {
    folder: project,
    pulumi: (args, more = {}, input = "") =>
      run(engine, [...args, "--non-interactive"], project, { ...complete, ...more }, input),
    mailstead: (args, more = {}) =>
      run(process.execPath, [join(repository, "cli/mailstead.js"), ...args], project, {
        ...complete,
        ...more,
      }),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  input = "",
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: 120_000,
      killSignal: "SIGINT",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    // Who reads none of it may have closed it already.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("close", (code, signal) => {
      const how = signal === null ? String(code) : `${signal} after 120 s`;
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${basename(program)} ${args.join(" ")} ended with ${how}\n${(stdout + stderr).slice(-4000)}`,
          ),
        );
    });
  });
}
