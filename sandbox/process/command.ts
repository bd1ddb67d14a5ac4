/** Runs a program to its end. */

import { execFile } from "node:child_process";
import { namespaceFile } from "../groundPlan.ts";

export interface CommandOptions {
  /** Written to standard input. Secrets belong here, never into the arguments. */
  readonly input?: string;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Default 60. When it is over the program is killed and the error says so. */
  readonly timeoutSeconds?: number;
  /** Kills the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Run it on the sandbox's network. Default false. */
  readonly inside?: boolean;
}

/** A program that could not be run, ended with another code than 0, or took too long. */
export class CommandError extends Error {
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(what: string, exitCode: number | undefined, stderr: string) {
    const tail = stderr.trim().split("\n").slice(-15).join("\n");
    super(tail === "" ? what : `${what}\n${tail}`);
    this.name = "CommandError";
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/**
 * Runs `command` and gives its standard output.
 *
 * @throws {CommandError} with the last lines of standard error.
 */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const timeoutSeconds = options.timeoutSeconds ?? 60;
  const [file, argv] = options.inside
    ? ["nsenter", [`--net=${namespaceFile}`, command, ...args]]
    : [command, args];
  const title = `${command} ${args.join(" ")}`.slice(0, 200);
  return new Promise((done, failed) => {
    const child = execFile(
      file,
      [...argv],
      {
        env: { ...process.env, ...options.env },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        timeout: timeoutSeconds * 1000,
        killSignal: "SIGKILL",
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        if (error === null) {
          done(stdout);
          return;
        }
        if (error.code === "ENOENT") {
          failed(new CommandError(`${file} is not installed`, undefined, ""));
          return;
        }
        const exitCode = typeof error.code === "number" ? error.code : undefined;
        const how = error.killed
          ? `took longer than ${timeoutSeconds} s`
          : options.signal?.aborted === true
            ? "was stopped"
            : `ended with ${exitCode ?? error.signal}`;
        failed(new CommandError(`\`${title}\` ${how}`, exitCode, stderr === "" ? stdout : stderr));
      },
    );
    // A program that does not read its input closes the pipe: that is its right, and no error of ours.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

/** True when the program ended with 0; false when it ended otherwise or could not be run. */
export async function succeeds(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw error;
  }
}
