/** Asks for secrets on a terminal, without showing them. */
import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "./terminal.ts";

/**
 * Lines of standard input, one for each question, which no terminal shows.
 *
 * @throws CommandError where one does not come, or is empty
 */
export async function askSecrets(
  questions: readonly string[],
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Promise<readonly string[]> {
  if (questions.length === 0) return [];
  const terminal = input.isTTY === true;
  const nowhere = new Writable({
    write: (_piece, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({ input, output: nowhere, terminal });
  reader.once("SIGINT", () => {
    reader.close();
  });
  const lines = reader[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const question of questions) {
      if (terminal) process.stderr.write(`${question}: `);
      const next = await lines.next();
      if (terminal) process.stderr.write("\n");
      if (next.done === true || next.value === "")
        throw new CommandError("no password was given", "type it, or hand it over by standard input");
      answers.push(next.value);
    }
  } finally {
    reader.close();
  }
  return answers;
}

/** {@link askSecrets}, of one question. */
export async function askSecret(question: string): Promise<string> {
  const [answer = ""] = await askSecrets([question]);
  return answer;
}
