/** What a running server was made from, against what one would be made from now. Its labels keep telling the former. */
import type { PlannedServer } from "../model/plan.ts";
import { BOOT_LABEL } from "../vendors/names.ts";
import type { DeployedServer } from "../vendors/cloud.ts";

/**
 * Changes that a running server does not get, and a new one does.
 *
 * @param hashOf Boot hash of a planned server.
 * @returns one each, such as `image debian-12 → debian-13`.
 */
export function bornChanges(
  planned: PlannedServer,
  deployed: DeployedServer,
  hashOf: (server: PlannedServer) => string,
): string[] {
  const changes: string[] = [];
  if (deployed.image !== planned.image) changes.push(`image ${deployed.image} → ${planned.image}`);
  if (deployed.serverType !== planned.type) changes.push(`type ${deployed.serverType} → ${planned.type}`);
  const bootedFrom = deployed.labels[BOOT_LABEL];
  // The hash covers image and type too: put the deployed ones in, so that only user-data can differ.
  const now = hashOf({
    ...planned,
    image: deployed.image,
    type: deployed.serverType,
  });
  if (bootedFrom !== undefined && bootedFrom !== now) changes.push("first-boot user-data (it changed)");
  return changes;
}
