/** A planned rebuild: another server in place of one that is there, which takes over its data volume, or its last backup. */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { BACKUP_SCRIPT } from "../../stack/data/backups.ts";
import { readDeployed } from "../../stack/guards/deployed.ts";
import { isVolume } from "../../stack/vendors/cloudThings.ts";
import { GENERATION_LABEL } from "../../stack/vendors/names.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { COMMAND } from "../../stack/values/command.ts";
import { askBackups } from "../../verify/host/backups.ts";
import { readMailGate } from "../../verify/host/mailGate.ts";
import { outputsIn, type StateResource } from "../engine.ts";
import { isAgreed } from "../output/questions.ts";
import { CommandError, mark, printJson } from "../output/terminal.ts";
import { findStackFile, loadPlan, type Loaded } from "../project.ts";
import { findRemote, runScript, showProgress } from "../remote.ts";
import { forgetBegun, hashFile, readBegun, writeBegun, type Begun } from "./begun.ts";
import { bringUp } from "./bringUp.ts";
import { describeEdit, findBorn, previewEdits } from "./edits.ts";
import { withGeneration, writeGeneration } from "./generation.ts";
import { describeIntent, type Intent } from "./intent.ts";
import type { Options } from "./options.ts";
import { tellTo, type Told } from "./told.ts";
import { waitUntilWell } from "./whenWell.ts";

/** What a rebuild works on. */
export interface Standing extends Loaded {
  readonly stack: string;
  readonly resources: readonly StateResource[];
  /** The server as the state knows it; undefined where it has none. */
  readonly known: StateResource | undefined;
  /** Id of the server at the vendor; undefined where there is none. */
  readonly there: string | undefined;
  /** What the state has and the vendor has not: the server, and the volume where it is given up. */
  readonly lost: readonly StateResource[];
}

const AGAIN = `${COMMAND} rebuild --planned`;

/** The volume with the mail; null where it goes by the backups. @throws CommandError where a new server would not have it */
function needMail({ config, plan, resources }: Standing): string | null {
  const guide = "docs/guides/disaster.md#from-the-disk-to-a-volume";
  if (plan.server.nextHas === "nothing") {
    const why =
      "the mail is on the server's own disk (mailstead:data.kind: disk), and would be deleted with it";
    const next = `move it to a volume first (${guide}), or configure backups (docs/guides/backups.md)`;
    throw new CommandError(`${why}; nothing was changed`, next, 2);
  }
  if (config.data.kind === "disk") {
    if (readDeployed(outputsIn(resources), resources).leavesBackup === true) return null;
    const why = "the server does not know yet that it has to be backed up before it is deleted";
    throw new CommandError(`${why}; nothing was changed`, "bring it up as it is by one `pulumi up` first");
  }
  const volume = resources.find(isVolume);
  if (volume?.id === undefined) {
    const why =
      "the mail is still on the server's own disk: the volume of the configuration is not there yet";
    throw new CommandError(`${why}; nothing was changed`, `move it by one \`pulumi up\` first: ${guide}`);
  }
  return volume.id;
}

function deployedGeneration({ config, known }: Standing): number {
  const labels = known?.outputs && CLOUDS[config.server.provider].serverIn(known.outputs).labels;
  return Number(labels?.[GENERATION_LABEL] ?? config.generation);
}

/** A rebuild that broke off and is still wanted: its generation is the one of the file. */
function findBegun({ stack, config }: Standing): Begun | undefined {
  const begun = readBegun(stack);
  return begun?.generation === config.generation ? begun : undefined;
}

/** What is going to be done, and what keeps from it. */
async function readIntent(standing: Standing, begun: Begun | undefined, options: Options): Promise<Intent> {
  const { stack, config, plan, known, there } = standing;
  const volume = needMail(standing);
  const running = deployedGeneration(standing);
  const isRaised = begun !== undefined || config.generation > running;
  const backups = config.backups !== undefined && options.backup && begun === undefined;
  return {
    server: { name: plan.server.name, id: there ?? begun?.server ?? "" },
    generation: {
      from: begun === undefined ? running : begun.generation - 1,
      to: isRaised ? config.generation : running + 1,
    },
    volume,
    backup: backups,
    isGoingOn: begun !== undefined,
    born: findBorn(plan, known),
    edits: isRaised ? [] : (await previewEdits(stack, false)).map(describeEdit),
    unseenEdits: isUnseen(stack, begun, isRaised),
  };
}

/** Edits cannot be told from what a raised generation changes; of a rebuild that broke off they were looked at before. */
function isUnseen(stack: string, begun: Begun | undefined, isRaised: boolean): boolean {
  if (begun === undefined) return isRaised;
  return hashFile(readFileSync(findStackFile(stack))) !== begun.file;
}

/** @throws CommandError where edits wait that nobody asked for */
function needNoEdits({ edits, unseenEdits, generation, isGoingOn }: Intent, { withEdits }: Options): void {
  if (withEdits === true) return;
  const doThem = `or do them with it: ${AGAIN} --with-edits`;
  if (edits.length > 0)
    throw new CommandError(
      "the rebuild would do these edits too; nothing was changed",
      `take them back, or bring them up first by \`pulumi up\`, then this again; ${doThem}`,
    );
  if (!unseenEdits) return;
  const why = isGoingOn
    ? "the stack's file was edited after the rebuild began"
    : `mailstead:generation is ${String(generation.to)} in the file already, so other edits cannot be told from it`;
  throw new CommandError(`${why}; nothing was changed`, `look at \`pulumi preview\`; ${doThem}`);
}

/** @throws CommandError where it is not agreed to, or nobody can be asked */
async function needAgreement({ yes, json }: Options): Promise<void> {
  const otherwise = "add --yes, or --dry-run";
  if (json === true && yes !== true)
    throw new CommandError("a planned rebuild asks, and --json leaves no place for it", otherwise, 2);
  if (await isAgreed({ who: "a planned rebuild", question: "Make the new server?", otherwise, yes })) return;
  throw new CommandError("nothing was changed", `${AGAIN}, when the time is right`);
}

/** Whether mail comes in now; a server that does not answer is taken for one that did. */
async function comesIn(stack: string): Promise<boolean> {
  try {
    const remote = await findRemote(stack);
    const { gate } = await readMailGate((script) => runScript(remote, script));
    return gate?.state !== "closed";
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return true;
  }
}

/** A backup before; its snapshot. @throws CommandError where it fails */
async function backUp(stack: string, { say }: Told): Promise<string> {
  say("a backup before …");
  const skip = `mend what it says, then this again; without a backup: ${AGAIN} --no-backup`;
  try {
    const remote = await findRemote(stack);
    const { code } = await showProgress(remote, [BACKUP_SCRIPT, "run", "--json"]);
    if (code !== 0) throw new CommandError("the backup failed, and nothing was changed", skip);
    const { state } = await askBackups((script) => runScript(remote, script));
    return state.lastSuccess?.snapshot ?? "";
  } catch (error) {
    if (!(error instanceof CommandError) || error.nextStep === skip) throw error;
    throw new CommandError(`no backup: ${error.message}; nothing was changed`, skip);
  }
}

/** Notes that it begins, then raises the generation in the file: cut off between the two, it has not begun. */
function begin(
  stack: string,
  { generation, server }: Intent,
  before: Pick<Begun, "snapshot" | "mailCameIn">,
): Begun {
  const file = `Pulumi.${stack}.yaml`;
  const text = withGeneration(file, readFileSync(findStackFile(stack)), generation.to);
  const begun = {
    ...before,
    generation: generation.to,
    server: server.id,
    file: hashFile(Buffer.from(text)),
  };
  writeBegun(stack, begun);
  writeGeneration(stack, generation.to);
  return begun;
}

async function finish(standing: Standing, begun: Begun, told: Told): Promise<void> {
  const { stack, lost } = standing;
  // The plan with the generation that is in the file now.
  const { plan } = loadPlan(stack);
  const code = await bringUp(stack, lost, told);
  if (code !== 0)
    throw new CommandError(
      `pulumi ended with ${String(code)}; the data is ${plan.volume === undefined ? "in the backups" : "on its volume"}, and mail waits at its senders`,
      `mend what it says above, then ${AGAIN} again: it goes on with generation ${String(begun.generation)}`,
    );
  const remote = await findRemote(stack);
  const host = { address: remote.address, ask: (script: string) => runScript(remote, script) };
  await waitUntilWell(host, plan, begun.mailCameIn, told);
  forgetBegun(stack);
}

/** Runs it. @throws CommandError where the mail would not outlive the server, or what was begun has not ended well */
export async function rebuildPlanned(standing: Standing, options: Options): Promise<number> {
  const told = tellTo(options.json);
  const begun = findBegun(standing);
  if (standing.there === undefined && begun === undefined)
    throw new CommandError("there is no server at the vendor to take the place of", `${COMMAND} rebuild`);
  if (begun === undefined) told.say("looking for edits that wait …");
  const intent = await readIntent(standing, begun, options);
  if (options.dryRun !== true || options.json !== true) told.say(describeIntent(intent));
  if (options.dryRun === true && options.json === true) printJson(intent);
  needNoEdits(intent, options);
  if (options.dryRun === true) return 0;
  await needAgreement(options);
  const { stack } = standing;
  const began = performance.now();
  const mailCameIn = begun?.mailCameIn ?? (await comesIn(stack));
  const snapshot = intent.backup ? await backUp(stack, told) : (begun?.snapshot ?? null);
  const now = begun ?? begin(stack, intent, { snapshot, mailCameIn });
  await finish(standing, now, told);
  const seconds = Math.round((performance.now() - began) / 1000);
  const { generation, volume } = intent;
  if (options.json === true)
    printJson({ generation: generation.to, volume, snapshot: now.snapshot, seconds });
  else
    told.say(
      mark(
        "ok",
        `generation ${String(generation.to)} is well, ${volume === null ? "from its backup" : `with the volume ${volume}`}, after ${String(seconds)} s`,
      ),
    );
  return 0;
}
