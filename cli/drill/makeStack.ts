/** The stack of a drill in the engine: made with the live one's configuration, known again, and removed. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DRILL_KEYS, drillStack, type DrillOf } from "../../stack/drill/drillStack.ts";
import { projectFolder, pulumi, type StateResource } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";
import { findStackFile } from "../project.ts";
import { engineLines } from "../recoveryBundle/configuration.ts";
import { drillFile } from "./place.ts";

/** What encrypts the live stack's secrets, where it is no passphrase. */
function providerOf(text: string): string[] {
  const [, provider] = /^secretsprovider: *(\S+)/m.exec(text) ?? [];
  return provider === undefined ? [] : ["--secrets-provider", provider];
}

/**
 * Makes it. The engine copies the configuration, secrets encrypted anew, in a folder of its own: the project gets no second
 * stack's file.
 */
export async function makeStack({ stack, snapshot }: DrillOf): Promise<void> {
  const name = drillStack(stack);
  const folder = mkdtempSync(join(tmpdir(), "mailstead-drill-"));
  try {
    const live = findStackFile(stack);
    copyFileSync(join(projectFolder(), "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    copyFileSync(live, join(folder, `Pulumi.${stack}.yaml`));
    const provider = providerOf(readFileSync(live, "utf8"));
    const run = (args: readonly string[]): Promise<string> => pulumi(["--cwd", folder, ...args]);
    await run(["stack", "init", name, "--no-select", "--copy-config-from", stack, ...provider]);
    const marks = { [DRILL_KEYS.of]: stack, [DRILL_KEYS.snapshot]: snapshot };
    const pairs = Object.entries(marks).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await run(["config", "set-all", ...pairs, "--stack", name]);
    mkdirSync(dirname(drillFile(stack)), { recursive: true, mode: 0o700 });
    copyFileSync(join(folder, `Pulumi.${name}.yaml`), drillFile(stack));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A drill's stack that the engine has. */
export interface Standing {
  readonly resources: readonly StateResource[];
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly StateResource[] | null;
    readonly secrets_providers?: { readonly state?: { readonly salt?: string } };
  };
}

/** The first thing that a drill's program declares (`components/liveValues.ts`). */
function isDrillOf(resources: readonly StateResource[], stack: string): boolean {
  return resources.some(
    ({ type, id = "" }) => type === "pulumi:pulumi:StackReference" && id.endsWith(`/${stack}`),
  );
}

/**
 * What the engine has under the drill's name; undefined for nothing. Another machine's drill has left no file here: one is
 * written by which the engine opens it.
 *
 * @throws CommandError where the stack of that name is no drill
 */
export async function findStanding(stack: string): Promise<Standing | undefined> {
  const name = drillStack(stack);
  let text: string;
  try {
    text = await pulumi(["stack", "export", "--stack", name]);
  } catch (error) {
    if (error instanceof CommandError && error.message === `there is no stack ${name}`) return undefined;
    throw error;
  }
  const { deployment } = JSON.parse(text) as Exported;
  const resources = deployment.resources ?? [];
  // The stack itself and providers are there before anything of ours.
  const things = resources.filter(({ type }) => !/^pulumi:(pulumi:Stack|providers:)/.test(type));
  if (things.length > 0 && !isDrillOf(resources, stack))
    throw new CommandError(
      `the stack ${name} is no drill of ${stack}, and its name is the one that a drill needs; nothing was changed`,
      `pulumi stack rename NAME --stack ${name}`,
      2,
    );
  if (!existsSync(drillFile(stack))) {
    const { salt } = deployment.secrets_providers?.state ?? {};
    const lines =
      salt === undefined
        ? engineLines(readFileSync(findStackFile(stack), "utf8"))
        : `encryptionsalt: ${salt}\n`;
    mkdirSync(dirname(drillFile(stack)), { recursive: true, mode: 0o700 });
    writeFileSync(drillFile(stack), lines, { mode: 0o600 });
  }
  return { resources };
}

/** Removes the stack from the engine, with what that still knows: the vendor has nothing of it any more. */
export async function removeStack(stack: string): Promise<void> {
  await pulumi(["stack", "rm", "--yes", "--force", "--preserve-config", "--stack", drillStack(stack)]);
}
