/** `mailstead init DOMAIN`: writes the stack's file of a new mail server. Never over a configuration that is there. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND } from "../../stack/values/command.ts";
import { readMailDomain } from "../../stack/values/domainName.ts";
import { UNCHANGED } from "../../stack/values/field.ts";
import { checkStackName } from "../../stack/config/lengthChecks.ts";
import { LENGTHS } from "../../stack/values/lengths.ts";
import { namedStack, projectFolder } from "../engine.ts";
import { modelFile, UNCHANGED_LINE } from "../modelFile.ts";
import { readVendors, type GivenOptions } from "../newStack/given.ts";
import { findWishes } from "../newStack/findWishes.ts";
import { lookForNew } from "../newStack/lookForNew.ts";
import { makeStack, refuseOtherState } from "../newStack/makeStack.ts";
import { isWithoutConfig } from "../stackFile/withoutConfig.ts";
import { chooseExitCode, describeFinding } from "../output/findings.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";

/** The stack's name. @throws CommandError for one that no stack can have */
function stackFor(domain: string, given: string | undefined): string {
  const stack = namedStack(given) ?? domain.replaceAll(".", "-");
  const [fault] = checkStackName(stack);
  if (fault === undefined) return stack;
  const next = `name one that begins and ends with a letter or digit, ${String(LENGTHS.stackName.most)} characters at most: --stack NAME`;
  throw new CommandError(fault.message, next, 2);
}

/** What stands in the file already: nothing, or what `pulumi stack init` left. @throws CommandError where a configuration is there */
function readBefore(file: string): string {
  const path = join(projectFolder(), file);
  if (!existsSync(path)) return "";
  const there = readFileSync(path, "utf8");
  if (isWithoutConfig(there)) return there;
  throw new CommandError(`${file} is there already, and is left as it is`, "name another: --stack NAME", 2);
}

/** Writes below the lines of the engine, which stay. */
function write(file: string, text: string): void {
  const before = readBefore(file);
  const path = join(projectFolder(), file);
  if (before === "" && !existsSync(path)) writeFileSync(path, text, { flag: "wx" });
  else writeFileSync(path, `${before === "" || before.endsWith("\n") ? "" : "\n"}${text}`, { flag: "a" });
}

/** Whether `pulumi stack init` was first. */
function isMade(file: string): boolean {
  return /^[a-z]+: /m.test(readBefore(file));
}

function readDomain(given: string): string {
  const read = readMailDomain(given);
  if (read.fault === undefined) return read.value;
  const what = given.trim() === "" ? "the mail domain" : given;
  throw new CommandError(`${what}: ${read.fault.message}`, read.fault.fix, 2);
}

/** The file with a mark at each value that its owner has to set. Asks nobody. */
function writeTemplate(domain: string, stack: string, file: string, json: boolean): number {
  const text = modelFile({ domain });
  const made = isMade(file);
  write(file, text);
  const places = text.split("\n").filter((line) => UNCHANGED_LINE.test(line)).length;
  const then = made ? `${COMMAND} preflight --stack ${stack}` : `pulumi stack init ${stack}`;
  const next = `change the ${String(places)} values that say ${UNCHANGED}, then: ${then}`;
  if (json) printJson({ findings: [], file, stack, next });
  else print(`Written: ${file}\nNext step: ${next}`);
  return 0;
}

/** Runs the command. @throws CommandError for what is wrong or missing, and where a configuration is there already */
export async function initCommand(given: string, options: GivenOptions): Promise<number> {
  const domain = readDomain(given);
  const stack = stackFor(domain, options.stack);
  const file = `Pulumi.${stack}.yaml`;
  const json = options.json === true;
  readBefore(file);
  if (options.template === true) return writeTemplate(domain, stack, file, json);
  const { wanted, state, tokens, account } = await findWishes(domain, stack, readVendors(options));
  refuseOtherState(state);
  const { findings, text } = await lookForNew(stack, wanted, tokens, account);
  if (!json) print(findings.map(describeFinding).join("\n"));
  const code = chooseExitCode(findings);
  if (text === undefined || code !== 0) {
    if (json) printJson({ findings });
    throw new CommandError(`${file} is not written`, "mend what is marked above, and run it again");
  }
  if (state !== undefined) await makeStack(stack, state, json);
  const made = isMade(file);
  write(file, text);
  const next = made ? `pulumi up --stack ${stack}` : `pulumi stack init ${stack}, then pulumi up`;
  if (json) printJson({ findings, file, stack, next });
  else print(`Written: ${file}\nNext step: ${next}`);
  return 0;
}
