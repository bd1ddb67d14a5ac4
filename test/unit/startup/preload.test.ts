/**
 * Proves: with what Pulumi.yaml has Node load first, the SDK and its launcher are loaded without the package manager and the
 * exporters of traces and source maps, what needs those gets the real ones, and its compiled code is kept; with `MAILSTEAD_PLAIN` all is
 * loaded as it stands.
 * Cannot prove: that the engine hands `nodeargs` on; the sandbox's engine runs with it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "../../..");
const { runtime } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
  runtime: { options: { nodeargs: string } };
};

/** Runs code in the project's folder, behind the launcher's own modules and the SDK. Returns what it prints as JSON. */
function run(code: string, environment: Readonly<Record<string, string>> = {}): unknown {
  const loaded = `
const launcher = require("node:module").createRequire(require.resolve("@pulumi/pulumi/cmd/run/index.js"));
launcher("./tracing.js");
const pulumi = launcher("@pulumi/pulumi");
const count = (name) => Object.keys(require.cache).filter((file) => file.includes(name) && require.cache[file].children.length > 0).length;
const print = (value) => { console.log(JSON.stringify(value)); process.exit(0); };
${code}`;
  const args = [...runtime.options.nodeargs.split(" "), "--eval", loaded];
  const env = { ...process.env, MAILSTEAD_PLAIN: "", ...environment };
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8", env }));
}

const COUNT =
  'print([count("@npmcli/arborist/"), count("@opentelemetry/exporter-zipkin/")].map((found) => found > 0));';

test("compiled code of the SDK is kept, and with the switch it is not", () => {
  const kept = 'print(require("node:module").getCompileCacheDir() !== undefined);';
  // Where it is set, Node keeps it in any case.
  expect(run(kept, { NODE_COMPILE_CACHE: "" })).toBe(true);
  expect(run(kept, { NODE_COMPILE_CACHE: "", MAILSTEAD_PLAIN: "1" })).toBe(false);
});

test("what is not used is not loaded, and with the switch it is", () => {
  expect(run(COUNT)).toEqual([false, false]);
  expect(run(COUNT, { MAILSTEAD_PLAIN: "1" })).toEqual([true, true]);
});

test("traces are written by Node itself, and with the switch by the launcher's source maps", () => {
  const looked =
    'launcher("source-map-support/register"); print(count("source-map-support/source-map-support.js"));';
  expect(run(looked)).toBe(0);
  expect(run(looked, { MAILSTEAD_PLAIN: "1" })).toBe(1);
});

test("functions, classes and what they build on are the real ones when they are used", () => {
  const functions =
    'const seven = 7; pulumi.runtime.serializeFunction(() => seven).then(({ text }) => print(text.includes("seven")));';
  expect(run(functions)).toBe(true);
  const classes = `
const { SimpleSpanProcessor } = launcher("@opentelemetry/sdk-trace-base");
const { NodeTracerProvider } = launcher("@opentelemetry/sdk-trace-node");
const { resourceFromAttributes } = launcher("@opentelemetry/resources");
const ended = [];
const processor = new SimpleSpanProcessor({ export: (spans, done) => { ended.push(spans[0].name); done({ code: 0 }); }, shutdown: async () => {} });
const provider = new NodeTracerProvider({ resource: resourceFromAttributes({ a: "b" }), spanProcessors: [processor] });
provider.getTracer("t").startSpan("one").end();
provider.forceFlush().then(() => print([ended, provider.constructor.name]));`;
  expect(run(classes)).toEqual([["one"], "NodeTracerProvider"]);
});
