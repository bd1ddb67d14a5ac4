/**
 * The Pulumi program.
 *
 * Node keeps what it made of our modules (types stripped, code compiled): without that, each run of the engine would
 * spend about a quarter of its start on it again. It has to be told before the modules are loaded.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

enableCompileCache(join(import.meta.dirname, "node_modules", ".cache", "mailstead"));

const program = await import("./components/program.ts");

/** The outputs of a stack. */
export const { webAddress, login, addresses, clients, records, ssh, slots, nextSteps } = program;

await program.reviewZone(async (known) => {
  const { zoneDrift } = await import("./verify/dns/zoneDrift.ts");
  return zoneDrift(known);
});
