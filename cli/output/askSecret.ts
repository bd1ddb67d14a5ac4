/** Asks for a secret on a terminal, without showing it. */
import process from "node:process";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError } from "./terminal.ts";

/**
 * One line of standard input, which no terminal shows.
 *
 * @throws CommandError where none comes
 */
export async function askSecret(
  question: string,
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Promise<string> {
  const terminal = input.isTTY === true;
  if (terminal) process.stderr.write(`${question}: `);
  const nowhere = new Writable({
    write: (_piece, _encoding, done) => {
      done();
    },
  });
  const reader = createInterface({ input, output: nowhere, terminal });
  const line = await new Promise<string | undefined>((resolve) => {
    reader.once("line", resolve);
    reader.once("close", () => {
      resolve(undefined);
    });
    reader.once("SIGINT", () => {
      reader.close();
    });
  });
  reader.close();
  if (terminal) process.stderr.write("\n");
  if (line === undefined || line === "")
    throw new CommandError("no password was given", "type it, or hand it over by standard input");
  return line;
}
