/**
 * Everything that is there for speed alone: the bundle, the cache of compiled code, modules that are loaded when they are
 * needed, an SDK that does nothing for debuggers, and an audit's small memory (docs/explanation/start-up.md says what each
 * saves). `MAILSTEAD_PLAIN=1` turns all of it off: then the sources run as they stand, and what they do is the same.
 *
 * Plain JavaScript, so that an old Node can read it and say what is needed.
 */
import { readdirSync } from "node:fs";
import module from "node:module";
import { join } from "node:path";
import process from "node:process";
import v8 from "node:v8";
import { freshBundle } from "./bundle.js";
import { keepCompiled } from "./compileCache.cjs";
import { ENTRIES } from "./entries.js";

/** Whether everything runs as it stands. */
export function isPlain() {
  return (process.env["MAILSTEAD_PLAIN"] ?? "") !== "";
}

/**
 * Loads what the command or the program begins with.
 *
 * @param {string} project folder of the checkout
 * @param {keyof typeof ENTRIES} name
 * @returns {Promise<any>} the module
 */
export async function loadEntry(project, name) {
  const source = join(project, ENTRIES[name]);
  if (isPlain()) {
    if (name === "main") await loadActions(project);
    return import(source);
  }
  // It has to be told before they are loaded.
  keepCompiled(project);
  const bundle = freshBundle(project);
  return import(bundle === undefined ? source : join(bundle, `${name}.js`));
}

/**
 * Loads at once what a command otherwise loads when it is run.
 *
 * @param {string} project
 */
async function loadActions(project) {
  const folder = join(project, "cli/actions");
  for (const file of readdirSync(folder)) await import(join(folder, file));
}

/**
 * Keeps the SDK from what it does for those alone who debug it.
 *
 * - Of each resource it tells the engine five things that `pulumi --debug` shows: more calls than the declarations
 *   themselves, each made when the one before was answered.
 * - For each output of each resource it writes down four traces, which it shows to those who look for leaks of promises
 *   (PULUMI_DEBUG_PROMISE_LEAKS). The leaks are still found.
 *
 * `MAILSTEAD_PLAIN` brings both back.
 */
export function withoutDebugging() {
  if (isPlain()) return;
  const sdk = module.createRequire(import.meta.url);
  sdk("@pulumi/pulumi/log/index.js").debug = () => Promise.resolve();
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return;
  const debuggable = sdk("@pulumi/pulumi/runtime/debuggable.js");
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (/** @type {unknown[]} */ ...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

/** Flags of V8 for a process that makes much and keeps little. */
const SMALL_MEMORY = [
  // The room for new objects stays as large as it is.
  "--semi-space-growth-factor=1",
  // The rest is looked through when it has grown by a fifth, and in one go: beside the work, more is made meanwhile.
  "--heap-growing-percent=20",
  "--no-incremental-marking",
];

/**
 * Keeps this process small from here on.
 *
 * With these flags V8 takes no code that was compiled without them, and Node would keep such code as if it had them: so
 * they are set when the command is loaded, and what it has compiled by then is written down before.
 */
export function keepMemorySmall() {
  if (isPlain()) return;
  module.flushCompileCache?.();
  for (const flag of SMALL_MEMORY) v8.setFlagsFromString(flag);
}
