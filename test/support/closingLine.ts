/**
 * Reporter that ends a run with one plain line: `N passed, N failed, N skipped`.
 *
 * With CI=true a part left out is a failure: skipped tests are listed and count as failed.
 */
import process from "node:process";
import type { TestCase, TestModule } from "vitest/node";

export default class ClosingLine {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.state() === "failed" && module.errors().length > 0);
    const skipped = inState("skipped");
    const inCi = process.env["CI"] === "true";
    const failed = inState("failed").length + broken.length + errors.length + (inCi ? skipped.length : 0);
    for (const test of skipped) console.log(`skipped: ${test.fullName}`);
    if (inCi && skipped.length > 0) process.exitCode = 1;
    const tail = inCi ? "" : `, ${skipped.length} skipped`;
    console.log(`\n${inState("passed").length} passed, ${failed} failed${tail}`);
  }
}
