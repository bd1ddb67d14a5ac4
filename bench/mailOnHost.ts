/** Mail on the sandbox's server as benches fill it, and its backup. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { BACKUP_SCRIPT } from "../stack/data/backups.ts";
import { STACK } from "./engine.ts";

const root = join(import.meta.dirname, "..");

/** Beside the mailboxes of people, as large as it is wanted. */
export const MAIL_FOLDER = "/root/forwardemail.net/self-hosting/sqlite-data/bench";

/** Runs a script on the server. Returns what it prints. */
export async function onHost(script: string): Promise<string> {
  const child = promisify(execFile)("node", ["cli/mailstead.js", "ssh", "--stack", STACK, "--", "bash -s"], {
    ...{ cwd: root, timeout: 10 * 60_000, maxBuffer: 16 * 1024 * 1024 },
  });
  child.child.stdin?.end(`set -e\n${script}\n`);
  return (await child).stdout;
}

/** Writes so many mailboxes of so many MiB anew. */
export function fill(mailboxes: number, mebibytes: number): Promise<string> {
  return onHost(
    `mkdir -p ${MAIL_FOLDER}; for n in $(seq ${mailboxes}); do head -c ${mebibytes}M /dev/urandom >${MAIL_FOLDER}/$n.sqlite; done; sync`,
  );
}

/** Makes a backup, as the server's timer does. */
export async function makeBackup(): Promise<void> {
  await onHost(`${BACKUP_SCRIPT} run >/dev/null`);
}
