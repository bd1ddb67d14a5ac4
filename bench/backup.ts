/**
 * Backups of a whole server in the sandbox, by the script that its timer runs, to a real S3 server.
 *
 * `backup-second`: the second one after one part in a hundred changed, over the first of 4 GiB in mailboxes. What every backup
 * takes, however little it has to do, is two starts of restic: of 1 GiB they alone would be more than a tenth.
 * `backup-frozen`: how long all containers stand still with 10,000 messages in ten mailboxes, over the same with 1,000.
 * Messages are bytes that nothing compresses, 20 kB each: what is in a mailbox's file is encrypted.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 20;

/** Milliseconds, as backupInside.ts prints them. */
export interface BackupTimes {
  readonly first: number;
  readonly second: number;
  /** Medians, with few messages and with many. */
  readonly frozen: readonly [few: number, many: number];
}

/** Needs a sandbox that is up, with its server. */
export async function benchBackup(): Promise<readonly Ratio[]> {
  const { first, second, frozen } = await runInside<BackupTimes>("backupInside.ts", LIMIT_MINUTES);
  const [few, many] = frozen;
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  return [
    {
      ...{ name: "backup-second", value: second / first, goal: 0.1 },
      detail: `first backup of 4 GiB ${seconds(first)}, second ${seconds(second)}`,
    },
    {
      ...{ name: "backup-frozen", value: many / few, goal: 1.15 },
      detail: `all stand still for ${few} ms with 1,000 messages, ${many} ms with 10,000; medians`,
    },
  ];
}
