/** `mailstead pin`: release and image digests of a stack's file as the registries have them today. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { newestRelease } from "../../verify/preflight/registry/findImage.ts";
import { Repository } from "../../verify/preflight/registry/repository.ts";
import { RegistryError } from "../../verify/preflight/registry/request.ts";
import { projectFolder } from "../engine.ts";
import { chooseExitCode, describeFinding } from "../output/findings.ts";
import { isTerminal, openQuestions } from "../output/questions.ts";
import { CommandError, print, printJson, styled } from "../output/terminal.ts";
import { editFile } from "../pin/editFile.ts";
import { findImages } from "../pin/images.ts";
import { LATEST, RELEASE } from "../pin/release.ts";
import { checkServer } from "../pin/server.ts";
import {
  findChanges,
  newerRelease,
  readWritten,
  wantedImages,
  type Change,
  type Written,
} from "../pin/written.ts";
import { chooseStack, readStackValues } from "../project.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly release?: string | undefined;
  readonly check?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

/** Exit code where the file is not as the registries have it, and stays so. */
const WOULD_CHANGE = 3;

/** The release to be pinned. @throws CommandError for a tag that is none, and where no release is to be had */
async function chooseRelease(given: string | undefined, written: Written): Promise<string> {
  const { option, read } = RELEASE;
  const answer = read(given ?? LATEST);
  if (answer.refused !== undefined)
    throw new CommandError(`${option} ${given ?? ""}: ${answer.refused}`, `${COMMAND} pin --help`, 2);
  if (answer.value !== LATEST) return answer.value;
  const { repository: name } = wantedImages(written, LATEST).app;
  const repository = new Repository(name);
  try {
    const newest = newestRelease((await repository.tags()) ?? []);
    if (newest !== undefined) return newerRelease(newest, written);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    throw new CommandError(
      `the registry could not be asked: ${error.message}`,
      "run this again in some minutes",
    );
  }
  throw new CommandError(`${name} has no release at ${repository.host}`, "name one: --release TAG");
}

/** Changed lines with their numbers, the old one before the new one. */
function describeDiff(file: string, before: string, after: string): string {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  return old
    .flatMap((line, index) => {
      const now = fresh[index] ?? "";
      if (line === now) return [];
      const head = styled("dim", `${file}:${String(index + 1)}`);
      return [head, styled("red", `- ${line.trimEnd()}`), styled("green", `+ ${now.trimEnd()}`)];
    })
    .join("\n");
}

/** Whether the change is agreed to. @throws CommandError where nobody can be asked */
async function isAgreed({ check, yes, json }: Options): Promise<boolean> {
  if (check === true) return false;
  if (yes === true) return true;
  if (json === true) return false;
  if (!isTerminal()) throw new CommandError("pin asks, and there is no terminal", "add --yes, or --check", 2);
  const questions = openQuestions();
  try {
    return await questions.agree("Write this?");
  } finally {
    questions.close();
  }
}

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

/** Looks at the registries. @throws CommandError where something there is in the way, after it is told */
async function look(
  stack: string,
  file: string,
  written: Written,
  options: Options,
): Promise<Pick<Result, "findings" | "changes">> {
  const release = await chooseRelease(options.release, written);
  const looks = await findImages(wantedImages(written, release));
  const found = looks.flatMap(({ image }) => image ?? []);
  const ofServer = await checkServer(stack, readStackValues(stack), found);
  const findings = [...looks.map(({ finding }) => finding), ...ofServer];
  if (options.json !== true) print(findings.map(describeFinding).join("\n"));
  if (chooseExitCode(findings) === 0) return { findings, changes: findChanges(written, found) };
  if (options.json === true) printJson({ findings, file, changes: [], written: false });
  throw new CommandError(`${file} is left as it is`, "mend what is marked above, and run it again");
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
  const { findings, changes } = await look(stack, file, readWritten(readStackValues(stack)), options);
  const json = options.json === true;
  if (changes.length === 0) return report({ findings, file, changes, written: false }, stack, json);
  const path = join(projectFolder(), file);
  const bytes = readFileSync(path);
  const text = editFile(file, bytes, changes);
  if (!json) print(describeDiff(file, bytes.toString("utf8"), text));
  const written = await isAgreed(options);
  if (written) write(path, bytes, text);
  return report({ findings, file, changes, written }, stack, json);
}
