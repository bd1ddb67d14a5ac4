/** How the container that works the outbound queue off is started: it waits until that of a restored snapshot is held. */
import { QUEUE_HOLD } from "../host/paths.ts";
import type { Config } from "../model/config.ts";
import { nextServerHas } from "../model/nextServer.ts";
import type { PlannedMount } from "../model/plan.ts";

const IN_APP = "/mailstead/queue-hold";

/**
 * Command and mounts. A closed port is not enough: Forward Email gives up without a try what is five days old, and tells its
 * sender so, of mail that may have arrived. Where there are no backups nothing is ever restored to a server's own disk.
 */
export function afterQueueHold(
  config: Pick<Config, "data" | "backups">,
  command: readonly string[],
): { readonly command: readonly string[]; readonly mounts: readonly PlannedMount[] } {
  if (nextServerHas(config) === "nothing") return { command, mounts: [] };
  const wait = `trap 'exit 0' TERM; while [ -e ${IN_APP}/pending ]; do sleep 1; done; exec ${command.join(" ")}`;
  return {
    command: ["sh", "-c", wait],
    mounts: [{ hostPath: QUEUE_HOLD, containerPath: IN_APP, readOnly: true }],
  };
}
