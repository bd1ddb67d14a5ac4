/** One answer for each line of standard input: to start a program for each question takes longer than most answers. */
import process from "node:process";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

/** A line of standard input, as JSON. */
export interface Question {
  /** Given back with the answer: questions are answered side by side. */
  readonly id: number;
  readonly request: unknown;
}

/** A line of standard output, as JSON. */
export type Answer = { readonly id: number } & (
  | { readonly answer: unknown }
  /** The error with all that it has. */
  | { readonly failed: string }
);

/** Answers until standard input ends. */
export async function answerLines(answer: (request: unknown) => Promise<unknown>): Promise<void> {
  const write = (line: Answer): unknown => process.stdout.write(`${JSON.stringify(line)}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, request } = JSON.parse(line) as Question;
    // A request that is none fails as one that is refused does.
    const promise = (async () => answer(request))();
    promise.then(
      (said) => write({ id, answer: said ?? null }),
      (error: unknown) => write({ id, failed: inspect(error) }),
    );
  }
}
