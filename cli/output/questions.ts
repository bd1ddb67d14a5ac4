/** Questions on a terminal. Node's own line reader: a few questions in a row are all that is asked here. */
import process from "node:process";
import { createInterface } from "node:readline/promises";
import { CommandError, styled, table } from "./terminal.ts";

/** What an answer came to: a value, or why it is none. */
export type Answer<T> = { readonly value: T; readonly refused?: undefined } | { readonly refused: string };

/** One of a few. */
export interface Choice {
  readonly name: string;
  /** For people, beside the name; a column each. */
  readonly about: readonly string[];
}

/** Whoever sits at a terminal. All end with a CommandError where no answer comes any more. */
export interface Questions {
  /**
   * Asks until an answer is good.
   *
   * @param fallback what an empty answer stands for; without one it is read as it is.
   */
  ask<T>(question: string, read: (text: string) => Answer<T>, fallback?: string): Promise<T>;
  /** Asks for one of a few, by its name or its number in the list. */
  choose(question: string, choices: readonly Choice[], fallback?: string): Promise<string>;
  /** `y` or `yes`; everything else is no. */
  agree(question: string): Promise<boolean>;
  close(): void;
}

/** Whether there is somebody to ask. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** A choice as a row of the list. */
function row({ name, about }: Choice, index: number): string[] {
  return [`  ${String(index + 1)}`, name, ...about];
}

function readChoice(choices: readonly Choice[], text: string): Answer<string> {
  const chosen = choices.find(({ name }, index) => text === name || text === String(index + 1));
  if (chosen !== undefined) return { value: chosen.name };
  return { refused: "it is none of the list: answer with a name or a number of it" };
}

/** Opens the terminal for questions. It has to be closed, or the process does not end. */
export function openQuestions(
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Questions {
  const reader = createInterface({ input, output });
  const lines = reader[Symbol.asyncIterator]();
  const next = async (prompt: string): Promise<string> => {
    reader.setPrompt(prompt);
    reader.prompt();
    const line = await lines.next();
    if (line.done !== true) return line.value.trim();
    output.write("\n");
    throw new CommandError("no answer came", "run it again, or give what is asked for as options", 2);
  };
  const ask: Questions["ask"] = async (question, read, fallback) => {
    const offered = fallback === undefined ? "" : ` [${fallback}]`;
    for (;;) {
      const text = await next(`${question}${offered}: `);
      const answer = read(text === "" ? (fallback ?? "") : text);
      if (answer.refused === undefined) return answer.value;
      output.write(`${styled("red", answer.refused)}\n`);
    }
  };
  return {
    ask,
    choose: (question, choices, fallback) => {
      output.write(`${table(choices.map(row))}\n`);
      return ask(question, (text) => readChoice(choices, text), fallback);
    },
    agree: async (question) => /^y(es)?$/i.test(await next(`${question} [y/N] `)),
    close: () => {
      reader.close();
    },
  };
}

/** What is asked before something is changed. */
export interface Agreement {
  /** The command or option that asks, for the error. */
  readonly who: string;
  readonly question: string;
  /** What to do where there is no terminal: `add --yes`. */
  readonly otherwise: string;
  /** Agreed to beforehand. */
  readonly yes?: boolean | undefined;
  /** Standard output is for one document, and nothing is asked: no. */
  readonly json?: boolean | undefined;
}

/** Whether somebody agrees. @throws CommandError with exit code 2 where nobody can be asked */
export async function isAgreed({ who, question, otherwise, yes, json }: Agreement): Promise<boolean> {
  if (yes === true) return true;
  if (json === true) return false;
  if (!isTerminal()) throw new CommandError(`${who} asks, and there is no terminal`, otherwise, 2);
  const questions = openQuestions();
  try {
    return await questions.agree(question);
  } finally {
    questions.close();
  }
}
