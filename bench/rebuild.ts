/**
 * `rebuild` of a server that was deleted at the vendor, against the same server stood up by hand (byHand.ts): ordered, its
 * volume put on it, its first boot with all packages waited for, its files written, its images pulled and its containers started.
 *
 * `rebuild`: the volume with the mail is there. `rebuild-bucket`: it was deleted too, and a new one is filled from the last
 * backup, 200 MiB in ten mailboxes; the hand has one `restic restore` for it, and looks at nothing that came of it.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 40;

interface Times {
  readonly ours: number;
  readonly theirs: number;
}

/** Medians in milliseconds, as rebuildInside.ts prints them. */
export interface RebuildTimes {
  readonly volume: Times;
  readonly bucket: Times;
  readonly repetitions: number;
}

/** Needs a sandbox that is up; the server in it is made anew several times. */
export async function benchRebuild(): Promise<readonly Ratio[]> {
  const { volume, bucket, repetitions } = await runInside<RebuildTimes>("rebuildInside.ts", LIMIT_MINUTES);
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  const ratio = (name: string, { ours, theirs }: Times): Ratio => ({
    ...{ name, value: ours / theirs, goal: 1.15 },
    detail: `rebuild ${seconds(ours)}, by hand ${seconds(theirs)}, medians of ${repetitions}`,
  });
  return [ratio("rebuild", volume), ratio("rebuild-bucket", bucket)];
}
