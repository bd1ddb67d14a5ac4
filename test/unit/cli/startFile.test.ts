/**
 * Proves: cli/mailstead.js under a Node that is too old says which one it needs, and hands over to the one that
 * `make install` laid beside it where there is one, with arguments and exit code.
 * Cannot prove: that a truly old Node parses the file; the version is told falsely to a new one.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mailstead-start-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "cli"));
  const root = join(import.meta.dirname, "../../..");
  copyFileSync(join(root, "cli/mailstead.js"), join(folder, "cli/mailstead.js"));
  cpSync(join(root, "startup"), join(folder, "startup"), { recursive: true });
  writeFileSync(
    join(folder, "cli/main.ts"),
    'export const main = async (args) => (console.log("main", args), 3);',
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(version: string, args: readonly string[] = []) {
  const lie = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const preload = `data:text/javascript,${encodeURIComponent(lie)}`;
  const file = join(folder, "cli/mailstead.js");
  return spawnSync(process.execPath, ["--import", preload, file, ...args], {
    encoding: "utf8",
    timeout: 120_000,
  });
}

/** Lays a program where `make install` lays Node: it prints its arguments and ends with 7. */
function installNode(): void {
  const bin = join(folder, ".sandbox/cache/node/node_modules/.bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "node"), '#!/bin/sh\nprintf "%s\\n" installed "$@"\nexit 7\n');
  chmodSync(join(bin, "node"), 0o755);
}

test.each(["18.20.4", "20.19.0", "22.17.1"])("Node %s is told what is needed", (version) => {
  const { status, stdout, stderr } = start(version, ["status"]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(`mailstead needs Node 22.18 or newer, and this is ${version}.`);
  expect(stderr).toMatch(/^Next step: .*https:\/\/nodejs\.org.*`make install`/m);
});

test("an old Node hands over to the installed one, with arguments and exit code", () => {
  installNode();
  const { status, stdout } = start("20.19.0", ["logs", "smtp", "-f"]);
  expect(stdout.split("\n")).toEqual([
    "installed",
    join(folder, "cli/mailstead.js"),
    "logs",
    "smtp",
    "-f",
    "",
  ]);
  expect(status).toBe(7);
});

test.each(["22.18.0", "23.0.0", "24.1.0"])("Node %s runs the command itself", (version) => {
  installNode();
  const { status, stdout } = start(version, ["status"]);
  expect({ status, stdout: stdout.trim() }).toEqual({ status: 3, stdout: "main [ 'status' ]" });
});
