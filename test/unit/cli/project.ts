/** A project folder with stack files, a `pulumi` that plays its part, and the command run in it. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { stringify } from "yaml";
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
  /** Runs `mailstead`; after 30 seconds it is ended. */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
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
    run: (args, environment = {}) => run([command, ...args], folder, bin, environment),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Only what the command needs: no token, stack or colour of whoever runs the tests gets in. */
function run(
  command: readonly string[],
  folder: string,
  bin: string,
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: folder,
      env: { PATH: [bin, "/usr/bin", "/bin"].join(delimiter), HOME: folder, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
