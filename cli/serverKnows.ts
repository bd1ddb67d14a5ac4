/** Whether the server of an earlier `up` knows the domain. */
import type { ServerKnows } from "../verify/judge/existing/mailElsewhere.ts";
import { readMailGate } from "../verify/host/mailGate.ts";
import { isServer } from "../stack/vendors/cloudThings.ts";
import type { StateResource } from "./engine.ts";
import { findHost } from "./orphanContainers.ts";
import { runScript } from "./remote.ts";
import { CommandError } from "./output/terminal.ts";

/** As the gate of port 25 found out; undefined where there is no server, or none that answers. */
export async function serverKnows(stack: string, resources: readonly StateResource[]): Promise<ServerKnows> {
  try {
    const host = resources.some(isServer) && findHost(stack, resources);
    if (host === false || host === undefined) return undefined;
    const { gate } = await readMailGate((script) => runScript(host, script));
    const [, count] = /^known (\d+)$/.exec(gate?.answer ?? "") ?? [];
    return count === undefined ? { knows: false } : { knows: true, aliases: Number(count) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return undefined;
  }
}
