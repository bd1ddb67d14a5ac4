/** From the books to the name server, as an action. */
import type { HetznerCloud } from "../cloud.ts";
import type { Action, Zone } from "../state.ts";

/** What an action of a zone, or of something in it, is about. */
export function zoneResource(zone: Zone): Action["resources"] {
  return [{ id: zone.id, type: "zone" }];
}

/** An action that ends when the name server answers so. Actions of one thing end in their order. */
export function publish(cloud: HetznerCloud, zone: Zone, command: string, what = ""): Action {
  return cloud.actions.run(command, zoneResource(zone), `zone ${zone.id} ${what}`, async () => {
    if (cloud.store.data.zones.includes(zone)) await cloud.zones.write(zone);
  });
}
