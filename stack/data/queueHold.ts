/** What keeps a restored snapshot's outbound queue from being sent again: it is held before anything of it leaves. */
import type { PlannedFile } from "../model/plan.ts";
import { script, unit } from "../host/files.ts";
import { SCRIPTS } from "../host/paths.ts";

/** The unit that holds. */
export const QUEUE_HOLD_UNIT = "mailstead-queue-hold.service";

/** The script, its program and its unit: they are there before the data is mounted. */
export function queueHoldFiles(): readonly PlannedFile[] {
  return [
    script("queue-hold-script", "queue-hold.sh"),
    { role: "queue-program", path: `${SCRIPTS}/queue.cjs`, mode: "0644", content: { asset: "queue.cjs" } },
    unit("queue-hold-service", QUEUE_HOLD_UNIT),
  ];
}
