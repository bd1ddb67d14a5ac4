/** Runs the machine's own programs, and tells what they said when they fail. */
import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Text for standard input. Absent: none. */
  readonly input?: string;
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed. Default 60 s. */
  readonly limitMs?: number;
}

/**
 * Runs a program and resolves with what it wrote to standard output.
 * Rejects with the end of its output when it cannot start, ends badly or takes longer than the limit.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const limitMs = options.limitMs ?? 60_000;
  const child = spawn(file, args, {
    env: { ...process.env, ...options.environment },
    stdio: "pipe",
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let both = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    both = (both + text).slice(-4000);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    both = (both + text).slice(-4000);
  });
  // A program that does not read its input closes the pipe: that is its business.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on("error", (cause) => {
      reject(new Error(`${file} cannot be started: ${cause.message}`, { cause }));
    });
    child.on("close", (code, signal) => {
      resolve({ code, signal });
    });
  });
  if (ended.code === 0) return stdout;
  const how = ended.code === null ? `was ended by ${ended.signal ?? "a signal"}` : `ended with ${ended.code}`;
  throw new Error(`${file} ${args[0] ?? ""} ${how} (limit ${limitMs / 1000} s):\n${both.trim()}`);
}

/**
 * Asks again until the answer is true. Rejects after the limit, saying what was waited for.
 */
export async function waitUntil(
  what: string,
  limitMs: number,
  answer: () => boolean | Promise<boolean>,
  everyMs = 20,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await answer())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
