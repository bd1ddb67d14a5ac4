/** Has the engine make the server, whatever became of the one before. */
import type { Config } from "../../stack/model/config.ts";
import { isVolume } from "../../stack/vendors/cloudThings.ts";
import type { CloudThings } from "../../verify/vendors/cloud.ts";
import { forgetResource, pulumiAttached, type StateResource } from "../engine.ts";
import type { Told } from "./told.ts";

/**
 * What the state has, and the vendor has not: the server, and the volume with the mail where it is given up. One that is
 * not stays in the state, and the program stops the `up` for it.
 *
 * @param known the server as the state knows it
 */
export function findLost(
  { data: { lostVolume } }: Pick<Config, "data">,
  resources: readonly StateResource[],
  known: StateResource | undefined,
  things: Pick<CloudThings, "server" | "volume">,
): readonly StateResource[] {
  if (things.server.length > 0) return [];
  const isGone = (one: StateResource): boolean =>
    isVolume(one) && one.id === lostVolume && !things.volume.some(({ id }) => id === one.id);
  return [...(known === undefined ? [] : [known]), ...resources.filter(isGone)];
}

/**
 * A plain `up`, after the state has forgotten what was lost, and all that was made on it. A refresh would ask for the same
 * one by one, and leave to the `up` to delete what was on the lost server, step by step, where nothing is to delete.
 *
 * @returns the exit code of the engine
 */
export async function bringUp(
  stack: string,
  lost: readonly StateResource[],
  { to, say }: Told,
): Promise<number> {
  if (lost.length > 0) say("taking what is gone out of the state …");
  for (const thing of lost) await forgetResource(stack, thing);
  say("bringing it up …");
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack], to);
}
