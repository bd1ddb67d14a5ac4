/**
 * Proves: the gate ends with one line `N passed, N failed` and its exit code agrees, whatever happened: tests, suites and
 * files fail, something is left out, no test runs at all, or what comes after the tests fails.
 * Cannot: prove what the real tests are counted as; a few small ones stand for them.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";
import { closingLine } from "../../support/closingLine.ts";
import { NEEDS_SHARED } from "../../support/shared.ts";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const checkout = join(import.meta.dirname, "../../..");

/** Runs small test files with the reporter. @returns what it printed, and the line that the gate would print. */
function run(files: Record<string, string>): { code: number | null; printed: string; line: string } {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, `${name}.test.js`), text);
  const file = join(root, "line");
  const env = Object.entries(process.env).filter(([name]) => !/^(VITEST|CI$)/.test(name));
  const vitest = join(checkout, "node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${join(checkout, "test/support/closingLine.ts")}`;
  const { status, stdout } = spawnSync(
    process.execPath,
    [vitest, "run", "--root", root, "--globals", "--no-cache", reporter],
    { cwd: root, encoding: "utf8", env: { ...Object.fromEntries(env), CLOSING_LINE: file } },
  );
  return { code: status, printed: stdout, line: readFileSync(file, "utf8") };
}

describe("the line", () => {
  test("counts what passed and failed, and each suite or file that failed outside of its tests", () => {
    const broken = `describe("prepared", () => {
      beforeAll(() => { throw new Error("no"); });
      test("one", () => {});
      test("two", () => {});
    });\n`;
    const cleared =
      'describe("cleared", () => { afterAll(() => { throw new Error("no"); }); test("c", () => {}); });\n';
    const ran = run({
      mixed: 'test("passes", () => {});\ntest("fails", () => { throw new Error("no"); });\n',
      broken: `${broken}${cleared}`,
      unread: 'throw new Error("cannot be read");\n',
    });
    // A test; a suite with its two tests that never ran; a suite after its test; a file.
    expect(ran.line).toBe("2 passed, 6 failed\n");
    expect(ran.printed).toContain("failed: mixed.test.js > fails\n  no\n");
    expect(ran.printed).toContain("failed outside of tests: prepared");
    expect(ran.printed).toContain("failed outside of tests: cleared");
    expect(ran.printed).toContain("failed outside of tests: unread.test.js");
    expect(ran.code).toBe(1);
  });

  const good = { passed: 2, failed: 0, broken: [], leftOut: [] };
  const lacking = { ...good, leftOut: ["lacks a program"] };
  const alone = { ...good, leftOut: [`the published schema ${NEEDS_SHARED} > fits`] };
  const [gate, ci, neither] = [
    { inGate: true, inCi: false },
    { inGate: true, inCi: true },
    { inGate: false, inCi: false },
  ];

  test.each([
    ["in the gate what is left out fails", lacking, gate, "2 passed, 1 failed", false],
    ["but not for want of the specifications", alone, gate, "2 passed, 0 failed", true],
    ["unless CI says so", alone, ci, "2 passed, 1 failed", false],
    ["elsewhere it is told", lacking, neither, "2 passed, 0 failed, 1 skipped", true],
    ["with CI it fails there too", lacking, { inGate: false, inCi: true }, "2 passed, 1 failed", false],
    ["an error outside of all fails", { ...good, broken: ["no"] }, gate, "2 passed, 1 failed", false],
    ["all is well", good, gate, "2 passed, 0 failed", true],
  ])("%s", (_, outcome, where, line, isGood) => {
    expect(closingLine(outcome, where)).toEqual({ line, isGood });
  });
});

describe(".ci/run", () => {
  /** Runs it in a checkout whose `make test` does what is given. */
  function gate(make: string): { code: number | null; last: string; lines: number } {
    const root = temporaryFolder();
    mkdirSync(join(root, ".ci"));
    mkdirSync(join(root, "bin"));
    cpSync(join(checkout, ".ci/run"), join(root, ".ci/run"));
    writeFileSync(join(root, "bin/make"), `#!/bin/sh\n[ "$*" = test ] || exit 99\n${make}\n`);
    chmodSync(join(root, "bin/make"), 0o755);
    const { status, stdout } = spawnSync("bash", [join(root, ".ci/run")], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}` },
    });
    const printed = stdout.trim().split("\n");
    return {
      code: status,
      last: printed.at(-1) ?? "",
      lines: printed.filter((line) => /^\d+ passed, \d+ failed/.test(line)).length,
    };
  }

  test.each([
    [
      "all passed",
      'echo "7 passed, 0 failed" >"$CLOSING_LINE"; echo "No sandbox is up."',
      0,
      "7 passed, 0 failed",
    ],
    ["a test failed", 'echo "6 passed, 1 failed" >"$CLOSING_LINE"; exit 2', 2, "6 passed, 1 failed"],
    ["nothing ran: lint, types or set-up", "exit 2", 2, "0 passed, 1 failed"],
    ["nothing ran, and nobody said so", "true", 1, "0 passed, 1 failed"],
    [
      "only what came after failed",
      'echo "7 passed, 0 failed" >"$CLOSING_LINE"; exit 2',
      2,
      "7 passed, 1 failed",
    ],
    [
      "a failure that the exit code hid",
      'echo "6 passed, 1 failed" >"$CLOSING_LINE"',
      1,
      "6 passed, 1 failed",
    ],
    ["a line that was cut", 'printf "6 pas" >"$CLOSING_LINE"; exit 2', 2, "0 passed, 1 failed"],
  ])("%s", (_, make, code, last) => {
    expect(gate(make)).toEqual({ code, last, lines: 1 });
  });
});
