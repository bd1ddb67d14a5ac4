/** `mailstead bundle restore FILE`: the stack as it was, on a machine that has the repository alone. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { COMMAND } from "../../stack/values/command.ts";
import { projectFolder, pulumi } from "../engine.ts";
import { writeWhole } from "../lateValues.ts";
import { hasPassphrase } from "../newStack/fromOptions.ts";
import { readFolder } from "../newStack/given.ts";
import { logIn, refuseOtherState } from "../newStack/makeStack.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";
import { readProjectName } from "../project.ts";
import { readBytes } from "../stackFile/bytes.ts";
import { isWithoutConfig } from "../stackFile/withoutConfig.ts";
import { readConfiguration, readPlainState } from "./collect.ts";
import { listSecure, secretsByPlace, withoutCiphertexts } from "./configuration.ts";
import { contentsOf, describeMissing, type Contents } from "./contents.ts";
import type { RecoveryBundle } from "./format.ts";
import { rememberBundle } from "./mark.ts";
import type { BundleOptions } from "./options.ts";
import { findStanding, holdSame, rebuildStack, type Standing } from "./rebuildStack.ts";
import { openBundle } from "./show.ts";

function stackFile(stack: string): string {
  return join(projectFolder(), `Pulumi.${stack}.yaml`);
}

/** The state's URNs have the project's name in them. @throws CommandError where it is another one here */
function needProject({ project }: RecoveryBundle): void {
  const here = readProjectName();
  if (here === project) return;
  throw new CommandError(
    `the bundle is of the project ${project}, and this one is ${here}`,
    `write \`name: ${project}\` in Pulumi.yaml`,
    2,
  );
}

/** @throws CommandError without the passphrase that the stack is to have */
function needPassphrase(): void {
  if (hasPassphrase()) return;
  throw new CommandError(
    "PULUMI_CONFIG_PASSPHRASE is missing: it will open every key and secret of the stack; the old one is not needed",
    "export PULUMI_CONFIG_PASSPHRASE=…, or PULUMI_CONFIG_PASSPHRASE_FILE=FILE",
    2,
  );
}

/** Path of the folder for the state. @throws CommandError for one that becomes no URL */
function readState(given: string | undefined): string | undefined {
  const answer = given === undefined ? undefined : readFolder(given);
  if (answer?.refused !== undefined)
    throw new CommandError(`--state: ${answer.refused}`, "--state FOLDER", 2);
  return answer?.value;
}

/** Whether the stack's file here says what that of the bundle says, secrets too as far as the engine opens them. */
async function isSameFile(
  { stack, configuration }: RecoveryBundle,
  standing: Standing | undefined,
): Promise<boolean> {
  const { text } = readBytes(readFileSync(stackFile(stack)));
  if (isWithoutConfig(text)) return true;
  if (withoutCiphertexts(text) !== withoutCiphertexts(configuration.text)) return false;
  if (listSecure(text).length === 0) return true;
  if (standing === undefined) return false;
  try {
    return isDeepStrictEqual(secretsByPlace(await readConfiguration(stack)), secretsByPlace(configuration));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return false;
  }
}

/** @throws CommandError where something else is there than what the bundle would make */
async function refuseOthers(bundle: RecoveryBundle, standing: Standing | undefined): Promise<void> {
  const { stack, state } = bundle;
  const there = standing?.state.deployment.resources?.length ?? 0;
  if (standing !== undefined && there > 0 && !holdSame(standing.state, state)) {
    const what = `the stack ${stack} is there already, with ${String(there)} resources that are not those of the bundle`;
    throw new CommandError(
      `${what}; nothing was changed`,
      "name another place by --state; or --force, which forgets what it knows",
      2,
    );
  }
  if (!existsSync(stackFile(stack)) || (await isSameFile(bundle, standing))) return;
  throw new CommandError(
    `Pulumi.${stack}.yaml is there already, with other values or secrets that do not open here; nothing was changed`,
    "move it away, or --force, which writes over it",
    2,
  );
}

/** @throws CommandError where the engine does not give back what it was given */
async function compare({ stack, state, configuration }: RecoveryBundle): Promise<void> {
  const isState = holdSame(await readPlainState(stack), state);
  if (
    isState &&
    isDeepStrictEqual(secretsByPlace(await readConfiguration(stack)), secretsByPlace(configuration))
  )
    return;
  throw new CommandError(
    `the engine has another ${isState ? "configuration" : "state"} than the bundle`,
    "run it again with --force",
  );
}

function nextSteps({ stack, pending, missingTokens }: Contents): string[] {
  const tokens = describeMissing(missingTokens);
  return [
    ...(tokens.length === 0 ? [] : [`give ${tokens.join("; ")}`]),
    ...(pending.length === 0 ? [] : [`${COMMAND} preflight --fix: ${pending.join(", ")} never ended`]),
    `pulumi preview --stack ${stack}: it must plan no new address, volume, key or record`,
    `pulumi up --stack ${stack}; where the server is gone: ${COMMAND} rebuild --stack ${stack}`,
    `where all of it is gone, or an account is lost: pulumi up --refresh --run-program --stack ${stack}, which names what to type`,
    "from another network than before, or in a new account, see docs/guides/disaster.md first",
  ];
}

function describeDryRun(path: string, { stack, resources }: Contents, folder: string | undefined): string {
  return [
    `Would make the stack ${stack} ${folder === undefined ? "where pulumi is logged in" : `in ${folder}`}, with ${String(resources)} resources,`,
    `and write ${path}${existsSync(path) ? ", which is there: other values in it would be kept without --force" : ""}.`,
    "Nothing was changed, and the engine was not asked.",
  ].join("\n");
}

/** Makes everything and looks at it. */
async function restore(bundle: RecoveryBundle, folder: string | undefined, force: boolean): Promise<void> {
  needPassphrase();
  refuseOtherState(folder);
  if (folder !== undefined) await logIn(folder);
  const standing = await findStanding(bundle.stack);
  if (!force) await refuseOthers(bundle, standing);
  writeWhole(stackFile(bundle.stack), await rebuildStack(bundle, standing));
  await pulumi(["stack", "select", bundle.stack]);
  await compare(bundle);
}

export async function restoreBundle(file: string, options: BundleOptions): Promise<number> {
  const folder = readState(options.state);
  const bundle = await openBundle(file, options);
  needProject(bundle);
  const contents = contentsOf(bundle);
  const path = stackFile(bundle.stack);
  if (options.dryRun === true) {
    if (options.json === true) printJson({ file: path, state: folder, ...contents });
    else print(describeDryRun(path, contents, folder));
    return 0;
  }
  await restore(bundle, folder, options.force === true);
  rememberBundle(bundle, resolve(file));
  const next = nextSteps(contents);
  if (options.json === true) printJson({ file: path, state: folder, ...contents, next });
  else
    print(
      [
        `Written: ${path}`,
        `Made: the stack ${bundle.stack}, as it was at ${bundle.created}`,
        ...next.map((step) => `Next step: ${step}`),
      ].join("\n"),
    );
  return 0;
}
