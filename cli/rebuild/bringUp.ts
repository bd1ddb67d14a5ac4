/** Has the engine make the server, whatever became of the one before. */
import { isAttachment, isVolume } from "../../stack/vendors/cloudThings.ts";
import { pulumiAttached, type StateResource } from "../engine.ts";
import type { Told } from "./told.ts";

/**
 * A refresh where the state has a server that the vendor has not, so that the engine learns of the loss, and a plain `up`.
 *
 * @param lost that server.
 * @returns the exit code of the engine
 */
export async function bringUp(
  stack: string,
  resources: readonly StateResource[],
  lost: StateResource | undefined,
  { to, say }: Told,
): Promise<number> {
  if (lost !== undefined) {
    say("telling the engine that the server is gone …");
    // With the volume on it, which may have gone too: where that is so, the program stops unless it is given up.
    const others = resources.filter((one) => isAttachment(one) || isVolume(one));
    const gone = [lost, ...others].flatMap(({ urn }) => ["--target", urn]);
    const refresh = ["refresh", "--yes", "--skip-preview", "--run-program", ...gone, "--stack", stack];
    const refreshed = await pulumiAttached(refresh, to);
    if (refreshed !== 0) return refreshed;
  }
  say("bringing it up …");
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack], to);
}
