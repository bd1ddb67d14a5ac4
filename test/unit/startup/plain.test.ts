/**
 * Proves: with `MAILSTEAD_PLAIN` there is no cache of compiled code, no action loaded late, nothing that the SDK leaves out
 * for debuggers and no flag of V8 set.
 * Cannot prove: that any of it is faster; benches measure that. The bundle, and that both ways give the same plan, are
 * bundle.long.test.ts's.
 */
import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import v8 from "node:v8";
import { afterEach, expect, test, vi } from "vitest";
import { keepMemorySmall } from "../../../startup/startup.js";

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

/** What the SDK does for debuggers while a resource is declared: messages to the engine, and promises that have a trace. */
function debugged(environment: Readonly<Record<string, string>>): unknown {
  const declare = `
import { createRequire } from "node:module";
import process from "node:process";
import { withoutDebugging } from "./startup/startup.js";
const sdk = createRequire(import.meta.url);
withoutDebugging();
const [pulumi, debuggable] = [sdk("@pulumi/pulumi"), sdk("@pulumi/pulumi/runtime/debuggable.js")];
let [messages, traces] = [0, 0];
const log = (request, answer) => { messages += 1; answer(null); };
sdk("@pulumi/pulumi/runtime/settings.js").getEngine = () => ({ log });
const { debuggablePromise } = debuggable;
debuggable.debuggablePromise = (promise, context) => {
  const found = debuggablePromise(promise, context);
  if (/ at /.test(promise._debugStackTrace)) traces += 1;
  return found;
};
const answer = ({ inputs }) => ({ id: "one", state: inputs });
await pulumi.runtime.setMocks({ newResource: answer, call: answer }, "project", "stack", false);
const { id } = new pulumi.CustomResource("a:b:C", "one", { text: "text", numbers: [1, 2] });
await id.promise();
process.on("exit", () => console.log(JSON.stringify({ messages: messages > 0, traces: traces > 0, own: / at /.test(new Error("one's own").stack) })));`;
  const args = ["--input-type=module", "--eval", declare];
  const env = { ...process.env, MAILSTEAD_PLAIN: "", ...environment };
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env }));
}

test("the SDK does nothing for debuggers, and with the switch it does; errors have their traces", () => {
  expect(debugged({})).toEqual({ messages: false, traces: false, own: true });
  const leaks = { PULUMI_DEBUG_PROMISE_LEAKS: "1" };
  expect(debugged(leaks)).toEqual({ messages: false, traces: true, own: true });
  expect(debugged(PLAIN)).toEqual({ messages: true, traces: true, own: true });
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
