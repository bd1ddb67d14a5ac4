/** Programs of sandbox/client, run inside the sandbox: one process of each for all questions of a test file. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Answer, Question } from "../../sandbox/client/answerLines.ts";
import { project, runScript } from "./sandbox.ts";

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly waiting: Map<number, Waiting>;
  readonly kill: () => void;
  readonly write: (question: Question) => void;
}

const running = new Map<string, Running>();

function start(name: string): Running {
  const waiting = new Map<number, Waiting>();
  // It ends with its standard input, and so with who started it.
  const child = spawn(runScript, ["node", join(project, "sandbox/client", name)], {
    cwd: project,
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.once("close", (code) => {
    running.delete(name);
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${String(code)}`));
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    const asker = waiting.get(answer.id);
    if ("failed" in answer) asker?.reject(new Error(answer.failed));
    else asker?.resolve(answer.answer);
  });
  child.stdin.on("error", () => undefined);
  const write = (question: Question): unknown => child.stdin.write(`${JSON.stringify(question)}\n`);
  return { waiting, write, kill: () => void child.kill("SIGKILL") };
}

let questions = 0;

/**
 * Asks a program, which is started where it does not run.
 *
 * @param name of its file.
 * @throws what it failed with, and where there is no answer within the limit
 */
export async function askInside(name: string, request: unknown, limitSeconds: number): Promise<unknown> {
  const program = running.get(name) ?? start(name);
  running.set(name, program);
  const id = ++questions;
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      program.waiting.set(id, { resolve, reject });
      late = setTimeout(() => {
        reject(new Error(`${name} did not answer within ${String(limitSeconds)} s`));
        // Or it would do later what nobody waits for any more.
        program.kill();
      }, limitSeconds * 1000);
      program.write({ id, request });
    });
  } finally {
    clearTimeout(late);
    program.waiting.delete(id);
  }
}
