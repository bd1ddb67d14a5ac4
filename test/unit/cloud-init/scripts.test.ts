/**
 * Proves: every whole script that reaches a host passes shellcheck and stops on errors.
 * Cannot: prove what the scripts do; the sandbox runs them. Skips without shellcheck.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../../cloud-init/files");
const scripts = readdirSync(folder).filter((name) => name.endsWith(".sh"));
const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

test.each(readdirSync(folder).filter((name) => name.endsWith(".cjs")))("%s is read by Node", (name) => {
  const run = spawnSync(process.execPath, ["--check", join(folder, name)], { encoding: "utf8" });
  expect(run.stderr).toBe("");
});

describe.each(scripts)("%s", (name) => {
  test("sets -u and pipefail before anything else", () => {
    expect(readFileSync(join(folder, name), "utf8")).toMatch(/^#!\/bin\/bash\n(#.*\n)*set -e?uo pipefail$/m);
  });

  test.skipIf(!hasShellcheck)("passes shellcheck", () => {
    const run = spawnSync("shellcheck", [join(folder, name)], { encoding: "utf8" });
    expect(run.stdout).toBe("");
    expect(run.status).toBe(0);
  });
});
