/** The backups as the host wrote down how they went. */
import { BACKUP_TIMER } from "../../stack/data/backups.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { AskHost, Finding } from "../model/finding.ts";

/** A timer that was switched on has a link; its time is since when there could have been a backup. */
const SCRIPT = `
date -u +now=%s
stat -c since=%Y /etc/systemd/system/timers.target.wants/${BACKUP_TIMER} 2>/dev/null || true
echo "state=$(cat /var/lib/mailstead/backup.json 2>/dev/null || echo '{}')"
`;

/** A day, and what a timer, an upload and a clock that changes may take. */
const LATE_HOURS = 26;
/** A week, and a day for one that was missed. */
const CHECK_LATE_HOURS = 8 * 24;
/** All stands still at most so long. */
const FROZEN_MILLISECONDS = 2000;

/** A snapshot that was saved. */
interface LastSuccess {
  /** UTC, of the host's clock. */
  readonly at: string;
  readonly snapshot: string;
  readonly bytes: number;
  readonly addedBytes: number;
  readonly seconds: number;
  readonly frozenMilliseconds: number;
}

/** What the host wrote down, as `/var/lib/mailstead/backup.json` has it. */
export interface BackupState {
  readonly lastSuccess?: LastSuccess;
  readonly lastFailure?: { readonly at: string; readonly verb: "run" | "check"; readonly reason: string };
  readonly lastCheck?: { readonly at: string };
}

interface Answer {
  /** Seconds since 1970, of the host's clock. */
  readonly now: number;
  /** When the timer was switched on; undefined where it is off. */
  readonly since: number | undefined;
  readonly state: BackupState;
}

/** Asks the host. @throws where the answer cannot be read */
export async function askBackups(ask: AskHost): Promise<Answer> {
  const answer = await ask(SCRIPT);
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, "m").exec(answer)?.[1];
  const since = value("since");
  return {
    now: Number(value("now")),
    since: since === undefined ? undefined : Number(since),
    state: JSON.parse(value("state") ?? "") as BackupState,
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

/** Snapshot, size and how long all stood still. */
export function lastBackupInWords({
  at,
  snapshot,
  bytes,
  addedBytes,
  frozenMilliseconds,
}: LastSuccess): string {
  const size = `${mebibytes(bytes)}, ${mebibytes(addedBytes)} of it new`;
  return `${at}, snapshot ${snapshot.slice(0, 8)} (${size}; all stood still for ${frozenMilliseconds} ms)`;
}

type Judged = Omit<Finding, "subject">;

const NOW = `${COMMAND} backup`;

function hoursSince(at: string, now: number): number {
  return (now - Date.parse(at) / 1000) / 3600;
}

function isAfter(at: string, other: string | undefined): boolean {
  return other === undefined || Date.parse(at) > Date.parse(other);
}

/** None has ever been made: no fault in the first day. */
function judgeNone(now: number, since: number): Judged {
  const isNew = now - since < LATE_HOURS * 3600;
  return { state: isNew ? "warn" : "bad", seen: "there is none yet", fix: NOW };
}

function judgeLast({ now, since, state: { lastSuccess, lastFailure } }: Answer): Judged {
  if (since === undefined)
    return { state: "bad", seen: "the host's timer is off, so none are made", fix: "pulumi up" };
  if (lastFailure?.verb === "run" && isAfter(lastFailure.at, lastSuccess?.at)) {
    const good =
      lastSuccess === undefined ? "none was made yet" : `the last good one is of ${lastSuccess.at}`;
    const seen = `the one of ${lastFailure.at} failed: ${lastFailure.reason}; ${good}`;
    return { state: "bad", seen, fix: `mend the cause, then: ${NOW}` };
  }
  if (lastSuccess === undefined) return judgeNone(now, since);
  const seen = lastBackupInWords(lastSuccess);
  const hours = hoursSince(lastSuccess.at, now);
  if (hours > LATE_HOURS)
    return {
      state: "bad",
      seen: `late: the last one is ${Math.floor(hours)} hours old, of ${seen}`,
      fix: NOW,
    };
  if (lastSuccess.frozenMilliseconds > FROZEN_MILLISECONDS)
    return { state: "warn", seen, fix: "that is long; data on a volume is cloned without reading it" };
  return { state: "ok", seen };
}

/** The reading back of a part, once there is something to say of it. */
function judgeCheck({ now, state: { lastSuccess, lastFailure, lastCheck } }: Answer): Judged[] {
  const fix = `look at the reason, then: ${COMMAND} ssh -- systemctl start mailstead-backup-check`;
  if (lastFailure?.verb === "check" && isAfter(lastFailure.at, lastCheck?.at))
    return [{ state: "bad", seen: `reading back failed on ${lastFailure.at}: ${lastFailure.reason}`, fix }];
  if (lastSuccess === undefined || lastCheck === undefined) return [];
  const isLate = hoursSince(lastCheck.at, now) > CHECK_LATE_HOURS;
  const seen = `a part was last read back on ${lastCheck.at}`;
  return [isLate ? { state: "warn", seen, fix } : { state: "ok", seen }];
}

/** Findings on the last backup, and on the last part that was read back: fine, late, failed, or none yet. */
export async function checkBackups(ask: AskHost): Promise<Finding[]> {
  const answer = await askBackups(ask);
  return [
    { subject: "backups", ...judgeLast(answer) },
    ...judgeCheck(answer).map((judged) => ({ subject: "backups read back", ...judged })),
  ];
}
