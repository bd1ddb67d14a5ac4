/**
 * `up` from nothing, against the same server stood up by hand: ordered at the vendor's API, waited for, its files
 * written and steps run over SSH, its images pulled and its containers started, each as soon as those before it are
 * healthy.
 *
 * Both take what they place from the same deployment, and each makes a new server. By hand there are no keys to make,
 * no records, no reverse names, no firewall and no state: that is what the program does more.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 30;

/** Medians in milliseconds, as upInside.ts prints them. */
export interface UpTimes {
  readonly ours: number;
  readonly theirs: number;
  readonly repetitions: number;
}

/** Our `up` over the hand's work. Needs a sandbox that is up; the server in it is made anew several times. */
export async function benchUp(): Promise<readonly Ratio[]> {
  const { ours, theirs, repetitions } = await runInside<UpTimes>("upInside.ts", LIMIT_MINUTES);
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  const detail = `pulumi up ${seconds(ours)}, by hand ${seconds(theirs)}, medians of ${repetitions}`;
  return [{ name: "up", value: ours / theirs, goal: 1.3, detail }];
}
