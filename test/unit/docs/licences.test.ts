/**
 * Proves: every package that any lock file here names has a licence under which Mailstead may be passed on: of what is
 * installed to run it permissive ones alone, of tools those too that bind changes of their own files.
 * Cannot prove: that a package is right about its licence.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

const PERMISSIVE = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
  // A port of Python's argument parser, under Python's own licence.
  "Python-2.0",
  // A list, not a program: who passes it on names its author.
  "CC-BY-3.0",
];

/** Packages whose package.json names no licence; what their file LICENSE says. */
const BY_FILE: Readonly<Record<string, string>> = {
  "@logdna/tail-file": "MIT",
  buildcheck: "MIT",
  "cpu-features": "MIT",
  ssh2: "MIT",
};

/** Tools that are run and not passed on: MPL-2.0 asks for the source of their own files alone. */
const TOOLS = ["MPL-2.0"];

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

/** The licences of an expression (SPDX): of `A OR B` one is enough, of `A AND B` all are needed. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replaceAll(/[()]/g, "");
  return plain
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((licence) => allowed.includes(licence)));
}

const LOCK_FILES = ["", "sandbox/", "sandbox/images/app/", "sandbox/node/"].map(
  (folder) => `${folder}package-lock.json`,
);

test.each(LOCK_FILES)("%s", (file) => {
  const { packages } = JSON.parse(readFileSync(join(root, file), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const refused = Object.entries(packages).flatMap(([path, { license = "", dev = false }]) => {
    const name = path.replace(/^.*node_modules\//, "");
    const licence = BY_FILE[name] ?? license;
    return isAllowed(licence, dev ? [...PERMISSIVE, ...TOOLS] : PERMISSIVE) ? [] : [`${name}: ${licence}`];
  });
  expect(Object.keys(packages).length).toBeGreaterThan(1);
  expect(refused).toEqual([]);
});

test("what binds more, or says nothing, is refused", () => {
  expect(
    ["GPL-3.0-only", "MIT AND GPL-3.0-only", "", "UNLICENSED"].filter((one) => isAllowed(one, PERMISSIVE)),
  ).toEqual([]);
  expect(isAllowed("(MIT OR EUPL-1.1+)", PERMISSIVE)).toBe(true);
});
