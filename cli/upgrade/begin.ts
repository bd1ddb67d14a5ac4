/** The beginning of an upgrade: all that is looked at while nothing is changed yet. */
import { readFileSync } from "node:fs";
import { COMMAND } from "../../stack/values/command.ts";
import { checkChange } from "../../stack/guards/checkChange.ts";
import { describeFaults } from "../../stack/model/describeIssue.ts";
import type { HostUpgrade } from "../../verify/host/upgrade.ts";
import { CommandError, print } from "../output/terminal.ts";
import { describeEdit, previewEdits } from "../rebuild/edits.ts";
import { editFile } from "../pin/editFile.ts";
import { describeDiff, lookAtRegistries } from "../pin/look.ts";
import { loadPlan, planOf } from "../project.ts";
import { readLastDeployed } from "./engineState.ts";
import { describeIntent, planUpgrade, type Intent } from "./intent.ts";
import { tell, type Run } from "./run.ts";

/** A way back leads to what is deployed, and so nothing else may wait. */
async function needNoEdits({ stack, file }: Run): Promise<void> {
  const edits = await previewEdits(stack, false);
  if (edits.length === 0) return;
  throw new CommandError(
    [
      `${file} holds edits that wait for an up, and an upgrade does none of them:`,
      ...edits.map(describeEdit),
    ].join("\n"),
    "pulumi up, then this again; or take them back",
  );
}

/** What the program itself would refuse, before anything is written. */
async function needAllowed(run: Run, next: ReturnType<typeof planOf>): Promise<void> {
  const issues = checkChange(next, await readLastDeployed(run));
  const faults = issues.filter(({ severity }) => severity === "error");
  if (faults.length > 0)
    throw new CommandError(describeFaults("the upgrade is refused", faults), "take another release", 1);
}

/**
 * Looks at registries, configuration, engine and host, and says what it would do.
 *
 * @returns undefined where the file is as the registries have it, and there is nothing to do.
 */
export async function intend(
  run: Run,
  release: string | undefined,
  host: HostUpgrade,
): Promise<Intent | undefined> {
  const { stack, file, path, json } = run;
  const before = loadPlan(stack);
  const { changes } = await lookAtRegistries({ stack, file, release, json, command: "upgrade" });
  if (changes.length === 0) return undefined;
  const bytes = readFileSync(path);
  const text = editFile(file, bytes, changes);
  const next = planOf(stack, path, Buffer.from(text));
  await needAllowed(run, next);
  tell(run, "looking for edits that wait …");
  await needNoEdits(run);
  const intent = planUpgrade(before, next, changes, host);
  if (intent.snapshot.kind === "copy" && host.freeKilobytes < host.kilobytes)
    throw new CommandError(
      `the copy of the data needs ${String(host.kilobytes >> 10)} MiB, and the disk has ${String(host.freeKilobytes >> 10)} free`,
      `make room: ${COMMAND} status`,
    );
  if (!json) print(`${describeDiff(file, bytes.toString("utf8"), text)}\n${describeIntent(intent)}`);
  return intent;
}
