/**
 * Reporter that ends a run with what failed, a short paragraph each, so that the end of a log has all of them, and with one
 * plain line: `N passed, N failed, N skipped`.
 *
 * In the gate (`.ci/run`, which names a file in CLOSING_LINE) the line goes into that file, to be the last of all that is
 * printed, and it is `N passed, N failed`: what was left out counts as failed, but for what needs the specifications that
 * who has only the repository has not. With CI=true that counts too.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import type { TestError } from "vitest";
import type { SerializedError, TestModule, TestSuite } from "vitest/node";
import { NEEDS_SHARED } from "./shared.ts";

/** What a run came to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** Suites and files whose own code failed, and errors outside of all of them, by name. */
  readonly broken: readonly string[];
  /** Tests that were skipped or never ran, by full name. */
  readonly leftOut: readonly string[];
}

/** @param inGate the line of the gate is asked for. @param inCi nothing at all may be left out. */
export function closingLine(
  { passed, failed, broken, leftOut }: Outcome,
  { inGate, inCi }: { readonly inGate: boolean; readonly inCi: boolean },
): { readonly line: string; readonly isGood: boolean } {
  const counted = leftOut.filter((name) => inCi || (inGate && !name.includes(NEEDS_SHARED)));
  const all = failed + broken.length + counted.length;
  const tail = inGate || inCi ? "" : `, ${leftOut.length} skipped`;
  return { line: `${passed} passed, ${all} failed${tail}`, isGood: all === 0 };
}

export default class ClosingLine {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env["CLOSING_LINE"];
    const outcome = outcomeOf(modules, errors);
    for (const name of outcome.leftOut) console.log(`skipped: ${name}`);
    for (const text of modules.flatMap(failuresIn)) console.log(text);
    for (const name of outcome.broken) console.log(`failed outside of tests: ${name}`);
    const { line, isGood } = closingLine(outcome, {
      inGate: file !== undefined,
      inCi: process.env["CI"] === "true",
    });
    if (!isGood) process.exitCode = 1;
    if (file === undefined) console.log(`\n${line}`);
    else writeFileSync(file, `${line}\n`);
  }
}

function outcomeOf(modules: readonly TestModule[], errors: readonly SerializedError[]): Outcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (...states: string[]): string[] =>
    tests.filter((test) => states.includes(test.result().state)).map(({ fullName }) => fullName);
  return {
    passed: inState("passed").length,
    failed: inState("failed").length,
    broken: [...modules.flatMap(brokenIn), ...errors.map(({ message }) => message)],
    // Pending is one that never ran: what goes before it failed, or the run was stopped.
    leftOut: inState("skipped", "pending"),
  };
}

/** How many lines of an error are told again, from its beginning and from its end: what a command says last is why it failed. */
const TOLD_LINES = 8;

/** What an error says, with what came instead of what was expected. */
function describeError({ message, diff }: TestError): string {
  const lines = stripVTControlCharacters(`${message}\n${diff ?? ""}`)
    .trim()
    .split("\n");
  const isLong = lines.length > 2 * TOLD_LINES;
  const told = isLong ? [...lines.slice(0, TOLD_LINES), "…", ...lines.slice(-TOLD_LINES)] : lines;
  return told.map((line) => `  ${line}`).join("\n");
}

/** The tests of a module that failed, and why. */
function failuresIn(module: TestModule): string[] {
  return [...module.children.allTests("failed")].map((test) => {
    const errors = test.result().errors ?? [];
    return [`failed: ${module.relativeModuleId} > ${test.fullName}`, ...errors.map(describeError)].join("\n");
  });
}

/** The module and the suites in it whose own code failed: where they are collected, before or after all. */
function brokenIn(module: TestModule): string[] {
  const suites = [...module.children.allSuites()].filter((suite) => hasFailed(suite));
  return [...(hasFailed(module) ? [module.relativeModuleId] : []), ...suites.map(({ fullName }) => fullName)];
}

function hasFailed(group: TestModule | TestSuite): boolean {
  return group.state() === "failed" && group.errors().length > 0;
}
