/**
 * Proves: a plugin that shares its process with others is to the engine as one of its own: it prints its port, has the
 * environment and the folder that it was started with, finishes its calls at SIGINT and ends, and is gone when it or the
 * engine is killed, while what it started on this machine goes on. Where no shared process answers, it is one of its own.
 * Cannot: prove that one plugin's fault leaves the others alone; an exception that nobody catches would end all.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFINITIONS } from "../../../../sandbox/providers/definitions.ts";
import { installPlugins } from "../../../../sandbox/providers/install.ts";
import { ProviderClient } from "../../../../sandbox/providers/protocol/client.ts";
import { servePlugins } from "../../../../sandbox/providers/shared/servePlugins.ts";
import { temporaryFolder } from "../../../support/temporaryFolder.ts";
import { waitUntil } from "../../../../sandbox/process/waitUntil.ts";

let server: Server;
let folder: string;
let client: ProviderClient | undefined;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  server = await servePlugins(DEFINITIONS, 0);
});
afterEach(() => {
  client?.close();
  server.close();
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** The command plugin, as an engine starts it: its process, and who speaks to it. */
async function start(port: number, before = "exec") {
  const plugins = await installPlugins(join(folder, "home"), process.execPath, undefined, port);
  const version = plugins.find(({ name }) => name === "command")?.version ?? "";
  const program = join(folder, `home/resource-command-v${version}/pulumi-resource-command`);
  mkdirSync(join(folder, "project"), { recursive: true });
  const child = spawn("bash", ["-c", `${before} ${program} 127.0.0.1:1`], {
    cwd: join(folder, "project"),
    env: { ...process.env, WHOSE: "this one's" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const told = await new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve));
  client = new ProviderClient(Number(told));
  await client.configure({});
  return { child, ended, client };
}

const ours = (): Promise<Awaited<ReturnType<typeof start>>> => start((server.address() as AddressInfo).port);

/** Runs a command by the plugin. */
const run = (by: ProviderClient, command: string) => by.invoke("command:local:run", { command });

const appears = (name: string): Promise<void> =>
  waitUntil(() => Promise.resolve(existsSync(join(folder, "project", name))), {
    what: name,
    timeoutSeconds: 10,
  });

const isRefused = (by: ProviderClient): Promise<void> =>
  waitUntil(
    () =>
      run(by, "true").then(
        () => false,
        () => true,
      ),
    { what: "the plugin to be gone", timeoutSeconds: 10 },
  );

it("has the environment and the folder of whoever started it", async () => {
  const { client: one } = await ours();
  expect(await run(one, 'echo "$WHOSE $PWD"')).toMatchObject({
    stdout: `this one's ${join(folder, "project")}`,
  });
});

it("finishes its calls at SIGINT, and ends", async () => {
  const { child, ended, client: one } = await ours();
  const running = run(one, "touch begun; until [ -e go ]; do sleep 0.1; done; echo done");
  await appears("begun");
  child.kill("SIGINT");
  // What was begun before the signal is awaited by it.
  spawn("touch", [join(folder, "project/go")]);
  expect(await running).toMatchObject({ stdout: "done" });
  expect(await ended).toBe(0);
});

it.each([
  ["it is killed", "exec"],
  // A shell that stays, in the engine's place.
  ["its engine is killed", "true;"],
])("is gone when %s, and what it started goes on", async (_, before) => {
  const { child, client: one } = await start((server.address() as AddressInfo).port, before);
  const running = run(one, "touch begun; sleep 1; echo on >going; mv going went").catch(
    (error: unknown) => error,
  );
  await appears("begun");
  child.kill("SIGKILL");
  expect(await running).toBeInstanceOf(Error);
  await isRefused(one);
  await appears("went");
  expect(readFileSync(join(folder, "project/went"), "utf8")).toBe("on\n");
});

it("is a process of its own where nobody answers", async () => {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { child, client: one } = await start(port);
  expect(await run(one, "echo $PPID")).toMatchObject({ stdout: String(child.pid) });
});
