/** Has the engine make the server, whatever became of the one before. */
import { isAttachment, isVolume } from "../../stack/vendors/cloudThings.ts";
import type { TokenPlace } from "../../stack/vendors/tokenPlaces.ts";
import type { CloudThings } from "../../verify/vendors/cloud.ts";
import { pulumiAttached, type StateResource } from "../engine.ts";
import type { GivenToken } from "../tokens.ts";
import type { Told } from "./told.ts";

/** What decides whether a refresh can do without the program. */
interface RefreshedWith {
  readonly resources: readonly StateResource[];
  /** Volumes of the stack at the vendor. */
  readonly volumes: CloudThings["volume"];
  /** Token of the cloud, and where it may be given. */
  readonly given: GivenToken;
  readonly places: TokenPlace;
}

/**
 * Whether a refresh has to run the program, which takes most of its time.
 *
 * Without it the engine starts the cloud's plugin as the last `up` had it, which may have had another token; only where all
 * of them are in the environment the plugin takes today's. And where the volume with the mail is gone as well, the program
 * has to stop the refresh before the state forgets it.
 */
export function needsProgram({ resources, volumes, given, places }: RefreshedWith): boolean {
  const plugin = `pulumi:providers:${places.key.split(":")[0] ?? ""}`;
  const hadToken = resources.some(({ type, inputs }) => type === plugin && inputs?.["token"] !== undefined);
  const lostVolume = resources.some((one) => isVolume(one) && !volumes.some(({ id }) => id === one.id));
  return hadToken || lostVolume || !places.variables.includes(given.place);
}

/** A server that the state has and the vendor has not. */
export interface LostServer {
  readonly server: StateResource;
  readonly needsProgram: boolean;
}

/**
 * A refresh where a server was lost, so that the engine learns of it, and a plain `up`.
 *
 * @returns the exit code of the engine
 */
export async function bringUp(
  stack: string,
  resources: readonly StateResource[],
  lost: LostServer | undefined,
  { to, say }: Told,
): Promise<number> {
  if (lost !== undefined) {
    say("telling the engine that the server is gone …");
    // With the volume on it, which may have gone too: where that is so, the program stops unless it is given up.
    const others = resources.filter((one) => isAttachment(one) || isVolume(one));
    const gone = [lost.server, ...others].flatMap(({ urn }) => ["--target", urn]);
    const program = lost.needsProgram ? ["--run-program"] : [];
    const refresh = ["refresh", "--yes", "--skip-preview", ...program, ...gone, "--stack", stack];
    const refreshed = await pulumiAttached(refresh, to);
    if (refreshed !== 0) return refreshed;
  }
  say("bringing it up …");
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack], to);
}
