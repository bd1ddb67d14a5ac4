/** A project folder with stack files, a `pulumi` that plays its part, and the command run in it. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { vi } from "vitest";
import { stringify } from "yaml";
import { main } from "../../../cli/main.ts";
import type { Raw } from "../stack/support/validRaw.ts";

/** How a run of the command ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own, made by {@link makeProject}. */
export interface Project {
  readonly folder: string;
  /** Writes `Pulumi.NAME.yaml` with the values under `mailstead:`. */
  stack(name: string, raw: Raw): void;
  /** Puts a shell script first on PATH, under a program's name. */
  program(name: string, script: string): void;
  /** Puts a shell script named `pulumi` first on PATH. */
  pulumi(script: string): void;
  /**
   * Runs `mailstead` in this process, which takes a tenth of the time: folder, environment and streams are its own. What
   * it starts writes to the streams of this process, where it hands them on.
   */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
  /**
   * Starts `mailstead` as people do, as a process; after 30 seconds it is ended.
   *
   * @param input its standard input; empty by default.
   */
  start(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<Ran>;
  /**
   * Runs a line of the shell on a terminal, in which `mailstead` is the command.
   *
   * @returns what the terminal showed.
   */
  onTerminal(line: string, environment?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

const ours = join(import.meta.dirname, "../../../cli/mailstead.js");

/** A project without a stack. @param command Which `mailstead` is run in it: ours, unless told. */
export function makeProject(command: string = ours): Project {
  const folder = mkdtempSync(join(tmpdir(), "mailstead-project-"));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(folder, "Pulumi.yaml"), "name: mailstead\nruntime: nodejs\n");
  const program = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  return {
    folder,
    stack(name, raw) {
      const config = Object.fromEntries(
        Object.entries(raw).map(([key, value]) => [`mailstead:${key}`, value]),
      );
      writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config }));
    },
    program,
    pulumi: (script) => {
      program("pulumi", script);
    },
    run: (args, environment = {}) => runHere(args, folder, around(folder, bin, environment)),
    start: (args, environment = {}, input = "") =>
      run([process.execPath, command, ...args], folder, around(folder, bin, environment), input),
    async onTerminal(line, environment = {}) {
      const shell = `mailstead() { '${process.execPath}' '${command}' "$@"; }; ${line}`;
      const terminal = ["script", "--quiet", "--return", "--command", shell, "/dev/null"];
      const environmentThere = around(folder, bin, { TERM: "xterm-256color", ...environment });
      const { stdout } = await run(terminal, folder, environmentThere);
      return stdout;
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Environment = Readonly<Record<string, string>>;

/** Only what the command needs: no token, stack or colour of whoever runs the tests gets in. */
function around(folder: string, bin: string, environment: Environment): Environment {
  return { PATH: [bin, "/usr/bin", "/bin"].join(delimiter), HOME: folder, ...environment };
}

function run(
  [program = "", ...args]: readonly string[],
  folder: string,
  environment: Environment,
  input = "",
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: 120_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
    // Who reads none of it may have closed it already.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

function setEnvironment(values: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env))
    if (!(name in values)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, values);
}

/** Collects what is written to a stream of this process; `release` gives it back. */
function caught(stream: NodeJS.WriteStream): { text: string; release: () => void } {
  const spy = vi.spyOn(stream, "write").mockImplementation((text) => {
    taken.text += typeof text === "string" ? text : Buffer.from(text).toString();
    return true;
  });
  const release = (): void => {
    spy.mockRestore();
  };
  const taken = { text: "", release };
  return taken;
}

async function runNow(args: readonly string[], folder: string, environment: Environment): Promise<Ran> {
  const before = { folder: process.cwd(), environment: { ...process.env }, isTTY: process.stdin.isTTY };
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)];
  process.chdir(folder);
  setEnvironment(environment);
  process.stdin.isTTY = false;
  try {
    const code = await main(args);
    return { code, stdout: stdout.text, stderr: stderr.text };
  } finally {
    process.stdin.isTTY = before.isTTY;
    stdout.release();
    stderr.release();
    setEnvironment(before.environment);
    process.chdir(before.folder);
  }
}

let turn: Promise<unknown> = Promise.resolve();

/** One after another: they have one folder and one environment. */
function runHere(args: readonly string[], folder: string, environment: Environment): Promise<Ran> {
  const ran = turn.then(() => runNow(args, folder, environment));
  turn = ran.catch(() => undefined);
  return ran;
}
