/** Changes that would leave data behind: on a volume that nobody mounts any more, or on a disk that is deleted. */
import { COMMAND } from "../values/command.ts";
import type { Config } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import type { DeployedVolume } from "../vendors/cloud.ts";
import { CLOUDS } from "../vendors/registry.ts";
import type { Guard } from "./guard.ts";

/** Data that are on a volume stay there: nothing moves them back. */
export const keepsData: Guard = ({ config: { data, backups } }, { volume }) => {
  if (volume === undefined || data.kind === "volume" || data.lostVolume === volume.id) return [];
  return [
    {
      path: "mailstead:data.kind",
      rule: "data-left-behind",
      severity: "error",
      message: `the mail is on the volume ${volume.id}: with disk the server would begin anew, ${backups === undefined ? "without it" : "with the newest backup, and without what came since"}`,
      fix: "set it back: pulumi config set --path mailstead:data.kind volume",
    },
  ];
};

/** A file system does not shrink, and no vendor makes a volume smaller. The preview would show it as an ordinary change. */
export const keepsVolumeSize: Guard = ({ config: { data } }, { volume }) => {
  if (volume === undefined || data.kind === "disk" || data.sizeGb >= volume.sizeGb) return [];
  if (data.lostVolume === volume.id) return [];
  return [
    {
      path: "mailstead:data.sizeGb",
      rule: "volume-shrinks",
      severity: "error",
      message: `the volume has ${String(volume.sizeGb)} GB, and cannot become smaller`,
      fix: `set ${String(volume.sizeGb)} or more: pulumi config set --path mailstead:data.sizeGb ${String(volume.sizeGb)}`,
    },
  ];
};

/** A server of an earlier version has the data on its disk: they are moved before it may go. */
export const movesDataFirst: Guard = ({ config, plan }, { volume, generation }) => {
  if (generation === undefined || volume !== undefined || plan.volume === undefined) return [];
  if (generation === plan.server.generation || config.server.disposable) return [];
  return [
    {
      path: "mailstead:generation",
      rule: "data-on-disk",
      severity: "error",
      message: `the mail is on the disk of generation ${String(generation)}, and would be deleted with it`,
      fix:
        `set mailstead:generation to ${String(generation)} and run \`pulumi up\`, which moves the mail to a volume ` +
        "(it waits at its senders for as long as that takes); then raise the generation",
    },
  ];
};

/** A disk's data come from the backups: the server that has them has to be one that makes the last of these. */
export const leavesBackupFirst: Guard = ({ config, plan }, { volume, generation, leavesBackup }) => {
  if (generation === undefined || volume !== undefined || plan.server.nextHas !== "backups") return [];
  if (generation === plan.server.generation || leavesBackup === true || config.server.disposable) return [];
  return [
    {
      path: "mailstead:generation",
      rule: "no-last-backup",
      severity: "error",
      message:
        `the mail is on the disk of generation ${String(generation)}, which does not know yet that it has to be backed up ` +
        "before it is deleted",
      fix: `set mailstead:generation to ${String(generation)} and run \`pulumi up\`; then raise the generation`,
    },
  ];
};

/**
 * Stops where the volume that the stack's data are on is not at the vendor any more: after a refresh the engine would make
 * a new one in its place, empty and without a word.
 *
 * @param known of what the last `up` deployed; silent where there was none.
 * @param there volumes with the stack's label.
 */
export function keepsVolume(
  { data, backups, server: { provider } }: Pick<Config, "data" | "server" | "backups">,
  known: DeployedVolume | undefined,
  there: readonly DeployedVolume[],
): readonly Issue[] {
  if (known === undefined || known.id === data.lostVolume || there.some(({ id }) => id === known.id))
    return [];
  const { title, advice } = CLOUDS[provider];
  const filled = backups === undefined ? "empty" : "filled from the newest backup";
  return [
    {
      path: "mailstead:data",
      rule: "volume-gone",
      severity: "error",
      message:
        `the volume with this stack's mail (${known.id}) is not in the ${title} ${advice.account} that the token opens, ` +
        "or has lost its label",
      fix:
        `look for it in ${advice.console}. Only if it was deleted for good, or lost with its ${advice.account}, and a new ` +
        `one, ${filled}, is what you want: pulumi config set --path mailstead:data.lostVolume ${known.id}, then ` +
        `\`pulumi up --refresh --run-program\`, or \`${COMMAND} rebuild\` where the server is gone too`,
    },
  ];
}
