/**
 * One repetition of load.ts: `sdk` loads `@pulumi/pulumi` as the engine's launcher does (`require`), `program` then
 * loads index.ts too. Prints `loaded MILLISECONDS` since the process started, and ends there.
 */
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import process from "node:process";
import type * as Pulumi from "@pulumi/pulumi";

function loaded(): never {
  console.log(`loaded ${performance.now()}`);
  // The SDK's own, which would say that the resources were never answered.
  process.removeAllListeners("exit");
  process.exit(0);
}

const pulumi = createRequire(import.meta.url)("@pulumi/pulumi") as typeof Pulumi;
if (process.argv[2] === "sdk") loaded();
// In place of the engine: its first question ends the measurement.
await pulumi.runtime.setMocks({ newResource: loaded, call: loaded }, "mailstead", "bench", true);
pulumi.runtime.setAllConfig(JSON.parse(process.env["PULUMI_CONFIG"] ?? "{}") as Record<string, string>);
await import("../index.ts");
