/** What a run that did not come to its end is told as, on standard error and, where it was asked for, as JSON. */
import process from "node:process";
import { CommanderError } from "@commander-js/extra-typings";
import { describeStop } from "../../stack/model/describeIssue.ts";
import { nearest } from "../../stack/values/nearest.ts";
import { printableLines } from "../../stack/values/printable.ts";
import { LOOK_AT_PROVIDER } from "../../verify/judge/fixes/fixes.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { CommandError, hasPrinted, printJson, styled } from "./terminal.ts";

/** Writes a fault of the command line, with the word that was probably meant only where it is near. */
export function outputError(text: string, write: (text: string) => void): void {
  const [, word = "", words = ""] =
    /unknown \w+ '([^']+)'\n\(Did you mean (?:one of )?(.+)\?\)/.exec(text) ?? [];
  const isNear = nearest(word, words.split(", ")) !== undefined;
  write(isNear ? text : text.replace(/\n\(Did you mean .*\?\)/, ""));
}

/** Faults of this machine, by their code, that a command may meet anywhere. */
const MACHINE: Readonly<Record<string, string>> = {
  EACCES: "look at who may read and write there",
  EPERM: "look at who may read and write there",
  EROFS: "the folder is read-only: run it in one that is not",
  ENOSPC: "the disk is full: make room",
  EISDIR: "name a file: this is a folder",
  ENOTDIR: "name a folder that is there",
  ENOENT: "name a folder that is there",
};

/** What went wrong, as an error with a next step. @throws what is a fault of our own, whose stack is wanted */
function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof VendorError) return new CommandError(error.message, error.fix ?? LOOK_AT_PROVIDER);
  const { code, path } = error as NodeJS.ErrnoException;
  const next = MACHINE[code ?? ""];
  if (next === undefined) throw error;
  return new CommandError(`${path ?? "a file"}: ${code ?? ""}`, next);
}

/** How a wrong command line is told. */
export interface UsageFault {
  /** Whether JSON was asked for. */
  readonly isJson: boolean;
  /** What to type for help. */
  readonly help: string;
  readonly exitCode: number;
}

/**
 * Tells of what ended a run; commander has written its own text already.
 *
 * @returns the exit code.
 * @throws what is a fault of our own.
 */
export function reportFault(error: unknown, { isJson, help, exitCode }: UsageFault): number {
  // For a program that reads standard output, where nothing stands there yet.
  const reportJson = (message: string, nextStep: string): void => {
    if (isJson && !hasPrinted()) printJson({ error: { message, nextStep } });
  };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    reportJson(error.message.replace(/^error: /, "").split("\n")[0] ?? "", help);
    return exitCode;
  }
  const fault = toCommandError(error);
  reportJson(fault.message, fault.nextStep);
  const head = styled("red", "error:", process.stderr);
  process.stderr.write(
    printableLines(`${describeStop(fault.message, fault.nextStep)}\n`).replace(/^/, `${head} `),
  );
  return fault.exitCode;
}
