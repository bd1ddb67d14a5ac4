/**
 * Proves: the command is called by its path in the project's folder, wherever a document or a message says what to type;
 * typed in any other folder, that asks no package registry, where `npx` does; started by its path from anywhere, also
 * without a Node on PATH, it runs or says what is missing.
 * Cannot prove: how other shells than `sh` look commands up.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { COMMAND } from "../../../stack/values/command.ts";
import { COMMANDS } from "../../../cli/commands.ts";

const root = join(import.meta.dirname, "../../..");
const asked: string[] = [];
const registry = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.writeHead(404, { "content-type": "application/json" }).end("{}");
});
let elsewhere = "";

beforeAll(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), "mailstead-elsewhere-"));
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  registry.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

/** Types a line in a folder that is no project, with the registry of this test. Returns the exit code. */
function type(line: string): Promise<number | null> {
  const { port } = registry.address() as AddressInfo;
  const env = {
    ...process.env,
    HOME: elsewhere,
    npm_config_registry: `http://127.0.0.1:${String(port)}/`,
    npm_config_update_notifier: "false",
  };
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", line], { cwd: elsewhere, env, stdio: "ignore", timeout: 120_000 });
    child.on("error", reject);
    child.on("close", resolve);
  });
}

test("typed outside of the project it is not found, and no registry is asked", async () => {
  expect(await type(`${COMMAND} audit`)).toBe(127);
  expect(asked).toEqual([]);
});

test("the same look sees npx ask for the name", async () => {
  await type("npx --no -- mailstead audit");
  expect(asked).toContain("/mailstead");
});

test("by its path it runs from anywhere", async () => {
  expect(await type(`'${join(root, COMMAND)}' --help`)).toBe(0);
});

test("through links to links it runs as by its path", async () => {
  symlinkSync(join(root, COMMAND), join(elsewhere, "one"));
  mkdirSync(join(elsewhere, "bin"));
  symlinkSync("../one", join(elsewhere, "bin/two"));
  expect(await type("bin/two --help")).toBe(0);
  expect(await type("cd bin && ./two --help")).toBe(0);
  expect(await type("PATH=$PWD/bin:$PATH && two --help")).toBe(0);
});

test("what cannot be written is one line with the next step", () => {
  const line = `'${join(root, COMMAND)}' --help >/dev/full`;
  const { status, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^error: .*ENOSPC\nNext step: the disk is full.*\n$/) as string,
  });
});

test("without a Node it says what is missing", () => {
  const copy = join(elsewhere, "mailstead");
  copyFileSync(join(root, COMMAND), copy);
  const { status, stderr } = spawnSync(copy, ["status"], { env: { PATH: "/nowhere" }, encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^error: node is not on PATH\nNext step: .*nodejs\.org/) as string,
  });
});

test("without its libraries it says how to install them", () => {
  const folder = join(elsewhere, "cloned");
  for (const part of ["mailstead", "package.json", "cli", "stack", "startup", "verify"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const { status, stderr } = spawnSync(join(folder, COMMAND), ["audit"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(
      /^error: the libraries .* not installed\nNext step: .*npm ci.*\n$/,
    ) as string,
  });
});

test("who reads no further ends it without a word, as it ends other programs", async () => {
  // A pipe whose only reader is gone before the command begins.
  const pipe = "mkfifo pipe; exec 3<>pipe; exec 4>pipe; exec 3<&-";
  const line = `${pipe}; '${join(root, COMMAND)}' --help >&4 2>said; [ $? = 141 ] && [ ! -s said ]`;
  expect(await type(line)).toBe(0);
});

/** Every source and document, by its path from the root. */
function ourFiles(): string[] {
  const folders = ["cli", "cloud-init", "components", "docs", "sandbox", "stack", "startup", "verify"];
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const top = readdirSync(root).filter((name) => /\.(md|yaml|ts)$/.test(name));
  return [...top, ...below].filter(
    (name) => /\.(md|ts|js|yaml|css|sh)$/.test(name) && !name.includes("node_modules"),
  );
}

test("no document and no message calls it in another way", () => {
  const commands = COMMANDS.map(({ command }) => command.name()).join("|");
  const other = new RegExp(`npx (-\\S+ )*mailstead|(?<![./\\w-])mailstead (${commands})\\b`);
  const found = ourFiles().flatMap((name) =>
    readFileSync(join(root, name), "utf8")
      .split("\n")
      // What a source says to those who read it may have the short name.
      .filter((line) => other.test(line) && !(/\.(ts|sh)$/.test(name) && /^\s*(\*|\/\/|\/\*\*|#)/.test(line)))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
