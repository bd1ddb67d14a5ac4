/** `mailstead backup`: has the host back its data up, by the script that its timer runs. */
import { BACKUP_SCRIPT, backupRepository } from "../../stack/data/backups.ts";
import type { BackupsConfig } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { askBackups, lastBackupInWords, type BackupState } from "../../verify/host/backups.ts";
import { stackName } from "../engine.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript, showLines, type Remote } from "../remote.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly list?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly json?: boolean | undefined;
}

/** What a backup does, from the configuration and the host's own word on the last one. */
interface Intent {
  readonly host: string;
  readonly repository: string;
  readonly keep: Pick<BackupsConfig, "keepDaily" | "keepWeekly" | "keepMonthly">;
  /** Containers that stand still meanwhile. */
  readonly containers: number;
  readonly last: NonNullable<BackupState["lastSuccess"]> | null;
}

async function readIntent(remote: Remote, backups: BackupsConfig, plan: Plan): Promise<Intent> {
  const { state } = await askBackups((script) => runScript(remote, script));
  const { keepDaily, keepWeekly, keepMonthly } = backups;
  return {
    host: plan.server.name,
    repository: backupRepository(backups, plan.domain),
    keep: { keepDaily, keepWeekly, keepMonthly },
    containers: plan.containers.length,
    last: state.lastSuccess ?? null,
  };
}

function describeIntent({ host, repository, keep, containers, last }: Intent): string {
  const before = last === null ? "there is none yet" : lastBackupInWords(last);
  return [
    `It would back up ${host} to ${repository}:`,
    `  ${String(containers)} containers stand still for a moment, while the data is cloned`,
    "  the clone is hashed, encrypted and uploaded, as far as it is new",
    `  kept are all of the last day, and one of each of ${keep.keepDaily} days, ${keep.keepWeekly} weeks, ${keep.keepMonthly} months`,
    `The last one: ${before}`,
  ].join("\n");
}

/** Runs the command. @throws CommandError where the stack has no backups, or no host that answers */
export async function backupCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { config, plan } = loadPlan(stack);
  const { backups } = config;
  if (backups === undefined) {
    const next = "set a bucket and its key, as docs/guides/backups.md shows, and run `pulumi up`";
    throw new CommandError("the stack has no backups: mailstead:backups is not set", next, 2);
  }
  const remote = await findRemote(stack);
  if (options.dryRun === true) {
    const intent = await readIntent(remote, backups, plan);
    if (options.json === true) printJson(intent);
    else print(describeIntent(intent));
    return 0;
  }
  const verb = options.list === true ? "list" : "run";
  return showLines(remote, [BACKUP_SCRIPT, verb, ...(options.json === true ? ["--json"] : [])]);
}
