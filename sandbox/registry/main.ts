/** The gate before the registry, as a program. */
import { loopback, ports } from "../groundPlan.ts";
import { startGate } from "./gate.ts";

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
const { url } = await startGate({
  port: ports.registryGate,
  registry: `http://${loopback(ports.registry)}`,
});
process.stdout.write(`the gate of the registry is at ${url}\n`);
