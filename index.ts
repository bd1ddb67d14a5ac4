/**
 * The Pulumi program.
 *
 * Node keeps what it made of our modules (types stripped, code compiled): without that, each run of the engine would
 * spend about a quarter of its start on it again. It has to be told before the modules are loaded.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { freshBundle } from "./cli/bundle/fresh.js";

enableCompileCache(join(import.meta.dirname, "node_modules", ".cache", "mailstead"));

const bundle = freshBundle(import.meta.dirname);
const program = (await import(
  bundle === undefined ? "./components/program.ts" : join(bundle, "program.js")
)) as typeof import("./components/program.ts");

/** The outputs of a stack. */
export const { webAddress, login, addresses, clients, records, ssh, slots, deployed, nextSteps } =
  program.outputs;

await program.reviewZone(async (known) => {
  const { zoneDrift } = (await import(
    bundle === undefined ? "./verify/zoneDrift.ts" : join(bundle, "zoneDrift.js")
  )) as typeof import("./verify/zoneDrift.ts");
  return zoneDrift(known);
});
