/**
 * Proves: with `MAILSTEAD_PLAIN` there is no cache of compiled code, no action loaded late, no trace left out and no flag of
 * V8 set.
 * Cannot prove: that any of it is faster; benches measure that. The bundle, and that both ways give the same plan, are
 * bundle.long.test.ts's.
 */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import v8 from "node:v8";
import { afterEach, expect, test, vi } from "vitest";
import { keepMemorySmall, tracesAsTheyAre, withoutTraces } from "../../../startup/startup.js";

const root = join(import.meta.dirname, "../../..");
const PLAIN = { MAILSTEAD_PLAIN: "1" };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a process that runs the command's file has of it all. */
function used(environment: Readonly<Record<string, string>>): { cache: boolean; actions: number } {
  const look = `import module from "node:module"; import process from "node:process";
let actions = 0;
module.registerHooks({ load: (url, context, next) => {
  if (/\\/cli\\/actions\\//.test(url)) actions += 1;
  return next(url, context);
} });
process.on("exit", () => console.log(JSON.stringify({ cache: module.getCompileCacheDir() !== undefined, actions })));`;
  const preload = `data:text/javascript,${encodeURIComponent(look)}`;
  const args = ["--import", preload, join(root, "cli/mailstead.js"), "--version"];
  const printed = execFileSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...environment, NODE_COMPILE_CACHE: "" },
  });
  return JSON.parse(printed.split("\n")[1] ?? "") as { cache: boolean; actions: number };
}

test("compiled code is kept and actions are loaded late, and with the switch neither", () => {
  expect(used({})).toEqual({ cache: true, actions: 0 });
  const plain = used(PLAIN);
  expect(plain.cache).toBe(false);
  expect(plain.actions).toBe(globSync("cli/actions/*.ts", { cwd: root }).length);
});

test("declarations have no traces, and with the switch they have", () => {
  const limit = Error.stackTraceLimit;
  expect(withoutTraces(() => Error.stackTraceLimit)).toBe(0);
  expect(Error.stackTraceLimit).toBe(limit);
  vi.stubEnv("MAILSTEAD_PLAIN", "1");
  expect(withoutTraces(() => Error.stackTraceLimit)).toBe(limit);
});

test("traces are written by Node itself, and with the switch by whoever did", () => {
  // By name alone: it is a function that is called by nobody here.
  const writer = (): unknown => Reflect.get(Error, "prepareStackTrace");
  const before = writer();
  const own = (): string => "looked up";
  try {
    Reflect.set(Error, "prepareStackTrace", own);
    vi.stubEnv("MAILSTEAD_PLAIN", "1");
    tracesAsTheyAre();
    expect(writer()).toBe(own);
    vi.stubEnv("MAILSTEAD_PLAIN", "");
    tracesAsTheyAre();
    expect(writer()).not.toBe(own);
  } finally {
    Reflect.set(Error, "prepareStackTrace", before);
  }
});

test("flags of V8 are set, and with the switch none", () => {
  // Noted, not set: this process is not the command's.
  const set = vi.spyOn(v8, "setFlagsFromString").mockImplementation(() => undefined);
  try {
    vi.stubEnv("MAILSTEAD_PLAIN", "1");
    keepMemorySmall();
    expect(set).not.toHaveBeenCalled();
    vi.stubEnv("MAILSTEAD_PLAIN", "");
    keepMemorySmall();
    expect(set).toHaveBeenCalledWith("--semi-space-growth-factor=1");
  } finally {
    set.mockRestore();
  }
});
