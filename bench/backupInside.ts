/** The part of backup.ts that runs inside the sandbox. Prints its times as JSON. */
import process from "node:process";
import { BACKUP_SCRIPT } from "../stack/data/backups.ts";
import type { BackupTimes } from "./backup.ts";
import { Engine, run, STACK } from "./engine.ts";
import { fill, MAIL_FOLDER, onHost } from "./mailOnHost.ts";
import { median } from "./ratio.ts";
import { inTemporaryFolder } from "./temporaryFolder.ts";

const REPETITIONS = 5;

/** Makes a backup. Returns its own time by the host's clock, without the way to the host, and how long all stood still. */
async function backup(): Promise<{ readonly took: number; readonly frozen: number }> {
  const printed = await onHost(`
began=$(date +%s%3N)
${BACKUP_SCRIPT} run >/dev/null
echo $(($(date +%s%3N) - began))
cat /var/lib/mailstead/backup.json`);
  const [took, state = ""] = printed.split("\n");
  const { lastSuccess } = JSON.parse(state) as { lastSuccess: { frozenMilliseconds: number } };
  return { took: Number(took), frozen: lastSuccess.frozenMilliseconds };
}

async function frozenWith(mailboxes: number, mebibytes: number): Promise<number> {
  await fill(mailboxes, mebibytes);
  const taken: number[] = [];
  for (let turn = 0; turn < REPETITIONS; turn += 1) taken.push((await backup()).frozen);
  return median(taken);
}

async function measure(folder: string): Promise<BackupTimes> {
  const engine = new Engine(folder);
  await engine.setBackups("bench");
  await engine.up();
  try {
    // The volume of the sandbox's server has 10 GB.
    await fill(100, 40);
    const { took: first } = await backup();
    await onHost(`head -c 40M /dev/urandom >${MAIL_FOLDER}/1.sqlite; sync`);
    const { took: second } = await backup();
    await onHost(`rm -r ${MAIL_FOLDER}`);
    // Ten mailboxes with 100, and with 1,000 messages each.
    return { first, second, frozen: [await frozenWith(10, 2), await frozenWith(10, 20)] };
  } finally {
    await onHost(`rm -rf ${MAIL_FOLDER}`);
    // As it was found.
    await run("pulumi", "up", "--yes", "--skip-preview", "--stack", STACK, "--non-interactive");
  }
}

process.stdout.write(`${JSON.stringify(await inTemporaryFolder("backup", measure))}\n`);
