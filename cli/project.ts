/** Reads a stack's configuration from `Pulumi.STACK.yaml`, without an engine and without secrets. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { COMMAND } from "../stack/values/command.ts";
import type { Config } from "../stack/model/config.ts";
import { checkStackName } from "../stack/config/lengthChecks.ts";
import { parseConfig } from "../stack/config/parseConfig.ts";
import { readRawConfig } from "../stack/config/readRawConfig.ts";
import { describeFaults } from "../stack/model/describeIssue.ts";
import type { Issue } from "../stack/model/issue.ts";
import type { Plan } from "../stack/model/plan.ts";
import { planMailServer } from "../stack/planMailServer.ts";
import { namedStack, projectFolder, selectedStack } from "./engine.ts";
import { readStackFile, type PlacedFault } from "./stackFile/readStackFile.ts";
import { CommandError } from "./output/terminal.ts";

/** Name of the project, as URNs have it. */
export function readProjectName(): string {
  const { name } = parse(readFileSync(join(projectFolder(), "Pulumi.yaml"), "utf8")) as { name: string };
  return name;
}

/** The file that holds the configuration of a stack. @throws CommandError where there is none. */
export function findStackFile(stack: string): string {
  const path = join(projectFolder(), `Pulumi.${stack}.yaml`);
  if (existsSync(path)) return path;
  throw new CommandError(
    `there is no Pulumi.${stack}.yaml`,
    `make it with \`${COMMAND} init DOMAIN --stack ${stack}\`, DOMAIN being the mail domain`,
    2,
  );
}

/** Names of the stacks that have a file here. */
function listStacks(): string[] {
  return readdirSync(projectFolder()).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}

/**
 * Name of the stack that a command reads which can do without an engine: as named; else the only stack file's, which
 * costs no process; else the selected one.
 *
 * @throws CommandError that asks for a name, where no engine tells which one is selected.
 */
export async function chooseStack(given: string | undefined): Promise<string> {
  const named = namedStack(given);
  if (named !== undefined) return named;
  const stacks = listStacks();
  const [only] = stacks;
  if (only !== undefined && stacks.length === 1) return only;
  try {
    return await selectedStack();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(
      stacks.length === 0
        ? "there is no stack's file here"
        : `there are ${stacks.length} stack files here (${stacks.join(", ")}), and which one is meant is not known`,
      stacks.length === 0
        ? `write one: ${COMMAND} init DOMAIN`
        : "name it: --stack NAME reads Pulumi.NAME.yaml",
      2,
    );
  }
}

/** A fault of the file itself: its place is written as editors and compilers write it. */
function placeInFile(file: string, { line, column, ...fault }: PlacedFault) {
  return { path: `${file}:${String(line)}:${String(column)}`, ...fault };
}

/**
 * Values of a stack's file by their whole keys, as the engine hands them to the program.
 *
 * @throws CommandError with every line that is no YAML, or none that the engine takes.
 */
function readFileValues(path: string): Readonly<Record<string, string>> {
  return readValuesOf(path, readFileBytes(path));
}

function readFileBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new CommandError(`${path} cannot be read: ${code}`, "look at the file and at who may read it", 2);
  }
}

/**
 * The same of bytes that may not stand there yet.
 *
 * @param path as faults name the file.
 * @throws CommandError with every line that is no YAML, or none that the engine takes.
 */
export function readValuesOf(path: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  const file = readStackFile(bytes, readProjectName());
  if (file.faults === undefined) return file.values;
  const faults = file.faults.map((fault) => placeInFile(basename(path), fault));
  throw new CommandError(describeFaults("the stack's file", faults), "mend it and try again", 2);
}

/**
 * A value of a stack's file, by its whole key such as `hcloud:token`.
 *
 * @returns what stands there, `UNREAD_SECRET` where it is ciphertext; undefined where the file has none.
 * @throws CommandError where the file cannot be read
 */
export function readStackValue(stack: string, key: string): string | undefined {
  const path = join(projectFolder(), `Pulumi.${stack}.yaml`);
  return existsSync(path) ? readFileValues(path)[key] : undefined;
}

/** All values of a stack's file by their whole keys. @throws CommandError where there is no such file, or none to be read */
export function readStackValues(stack: string): Readonly<Record<string, string>> {
  return readFileValues(findStackFile(stack));
}

function pickErrors(issues: readonly Issue[]): Issue[] {
  return issues.filter(({ severity }) => severity === "error");
}

/** A stack as its file describes it. */
export interface Loaded {
  readonly config: Config;
  readonly plan: Plan;
  /** What the program says of a good configuration at every preview. */
  readonly warnings: readonly Issue[];
}

/**
 * Configuration and plan of a stack.
 *
 * @throws CommandError that lists every fault of the configuration, and no warning: what is said there has to be mended.
 */
export function loadPlan(stack: string): Loaded {
  const path = findStackFile(stack);
  return planOf(stack, path, readFileBytes(path));
}

/**
 * The same of a file that is not written yet.
 *
 * @param path where it will be, as faults name it.
 */
export function planOf(stack: string, path: string, bytes: Uint8Array): Loaded {
  const parsed = parseConfig(readRawConfig(readValuesOf(path, bytes)));
  if (parsed.config === undefined) {
    throw new CommandError(
      describeFaults(path, pickErrors(parsed.issues)),
      "mend them and try again; a file of your own is read with --stack NAME, as Pulumi.NAME.yaml",
      2,
    );
  }
  const { plan, issues } = planMailServer(parsed.config);
  const all = [...checkStackName(stack), ...parsed.issues, ...issues];
  const errors = pickErrors(all);
  if (errors.length > 0) {
    throw new CommandError(describeFaults(`the plan of ${path}`, errors), "mend them and try again", 2);
  }
  return { config: parsed.config, plan, warnings: all };
}
