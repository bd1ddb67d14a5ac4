/** `mailstead pin`: release and image digests of a stack's file as the registries have them today. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { projectFolder } from "../engine.ts";
import { isAgreed } from "../output/questions.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";
import { editFile } from "../pin/editFile.ts";
import { describeDiff, lookAtRegistries } from "../pin/look.ts";
import type { Change } from "../pin/written.ts";
import { chooseStack } from "../project.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly release?: string | undefined;
  readonly check?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

/** Exit code where the file is not as the registries have it, and stays so. */
const WOULD_CHANGE = 3;

/** What a run came to. */
interface Result {
  readonly findings: readonly Finding[];
  readonly file: string;
  readonly changes: readonly Change[];
  readonly written: boolean;
}

function report(result: Result, stack: string, json: boolean): number {
  const { file, changes, written } = result;
  if (json) printJson(result);
  else if (written)
    print(`Written: ${file}\nNext step: ${COMMAND} preflight --stack ${stack}, then pulumi up`);
  else if (changes.length === 0) print(`${file} is as the registries have it.`);
  else print(`${file} is left as it is.`);
  return written || changes.length === 0 ? 0 : WOULD_CHANGE;
}

/** Writes the file, unless somebody else did meanwhile. */
function write(path: string, before: Buffer, text: string): void {
  if (readFileSync(path).equals(before)) writeFileSync(path, text);
  else throw new CommandError(`${path} was changed meanwhile, and is left as it is`, `${COMMAND} pin`);
}

/** Runs the command. @throws CommandError where a registry is in the way, or the file cannot be edited */
export async function pinCommand(options: Options): Promise<number> {
  const stack = await chooseStack(options.stack);
  const file = `Pulumi.${stack}.yaml`;
  const json = options.json === true;
  const { release } = options;
  const { findings, changes } = await lookAtRegistries({ stack, file, release, json, command: "pin" });
  if (changes.length === 0) return report({ findings, file, changes, written: false }, stack, json);
  const path = join(projectFolder(), file);
  const bytes = readFileSync(path);
  const text = editFile(file, bytes, changes);
  if (!json) print(describeDiff(file, bytes.toString("utf8"), text));
  const question = { who: "pin", question: "Write this?", otherwise: "add --yes, or --check" };
  const written = options.check !== true && (await isAgreed({ ...question, yes: options.yes, json }));
  if (written) write(path, bytes, text);
  return report({ findings, file, changes, written }, stack, json);
}
