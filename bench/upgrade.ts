/**
 * How long nobody outside gets in while `mailstead upgrade` goes to another release, against a bare restart of the same
 * containers: `docker stop`, databases last, and `docker start`, each as soon as those before it are healthy.
 *
 * The upgrade's time is from the first connection to port 25 or 993 that is refused to the first moment when both take one
 * again, as somebody in another network tries all the time; the restart's from its first command to the last healthy container.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 20;

/** Medians in milliseconds, as upgradeInside.ts prints them. */
export interface UpgradeTimes {
  readonly ours: number;
  readonly theirs: number;
  readonly repetitions: number;
}

/** Needs a sandbox that is up, with its server. */
export async function benchUpgrade(): Promise<readonly Ratio[]> {
  const { ours, theirs, repetitions } = await runInside<UpgradeTimes>("upgradeInside.ts", LIMIT_MINUTES);
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  const detail = `ports closed for ${seconds(ours)}, a bare restart takes ${seconds(theirs)}, medians of ${repetitions}`;
  return [{ name: "upgrade", value: ours / theirs, goal: 1.2, detail }];
}
