/** What people read: colours that respect NO_COLOR, tables, and errors that name the next step. */
import { once } from "node:events";
import process from "node:process";
import { styleText } from "node:util";
import { printableJson } from "../../stack/values/printable.ts";

/** Error with a next step, printed without a stack trace. */
export class CommandError extends Error {
  readonly nextStep: string;
  readonly exitCode: number;
  /** @param exitCode 1 by default; 2 means that the command line itself is wrong. */
  constructor(message: string, nextStep: string, exitCode = 1) {
    super(message);
    this.nextStep = nextStep;
    this.exitCode = exitCode;
  }
}

type Style = Parameters<typeof styleText>[0];

/**
 * Text in a colour where it is shown as one; `styleText` looks at NO_COLOR and FORCE_COLOR.
 *
 * @param stream where the text goes: one may be a terminal and another a file.
 */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** One line with a mark before it. */
export function mark(state: "ok" | "warn" | "bad", text: string): string {
  const sign = { ok: styled("green", "✓"), warn: styled("yellow", "!"), bad: styled("red", "✗") }[state];
  return `${sign} ${text}`;
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}

/** Writes a value as JSON in which no character hides. */
export function printJson(value: unknown): void {
  print(printableJson(JSON.stringify(value, null, 2)));
}

let printedAnything = false;

/** A run begins: nothing of it stands on standard output yet. */
export function beginOutput(): void {
  printedAnything = false;
}

/** Whether something stands on standard output: a second document there would make both unreadable. */
export function hasPrinted(): boolean {
  return printedAnything;
}

/** Writes to standard output piece by piece, each when those before it are taken. */
export async function printPieces(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    printedAnything = true;
    if (!process.stdout.write(piece)) await once(process.stdout, "drain");
  }
}

/** Writes to standard output, with a final newline. */
export function print(text: string): void {
  printedAnything = true;
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
