/** `mailstead init DOMAIN`: writes the stack's file of a new mail server. Never over a configuration that is there. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND } from "../../stack/values/command.ts";
import { readMailDomain } from "../../stack/values/domainName.ts";
import { UNCHANGED } from "../../stack/values/field.ts";
import { checkStackName } from "../../stack/config/lengthChecks.ts";
import { LENGTHS } from "../../stack/values/lengths.ts";
import { namedStack, projectFolder } from "../engine.ts";
import { modelFile } from "../modelFile.ts";
import { isWithoutConfig } from "../stackFile/withoutConfig.ts";
import { CommandError, print } from "../output/terminal.ts";

interface Options {
  readonly stack?: string | undefined;
}

/** The stack's name. @throws CommandError for one that no stack can have */
function stackFor(domain: string, given: string | undefined): string {
  const stack = namedStack(given) ?? domain.replaceAll(".", "-");
  const [fault] = checkStackName(stack);
  if (fault === undefined) return stack;
  const next = `name one that begins and ends with a letter or digit, ${String(LENGTHS.stackName.most)} characters at most: --stack NAME`;
  throw new CommandError(fault.message, next, 2);
}

/**
 * Writes the file. Where `pulumi stack init` was first, its lines stay, and what is written comes after them.
 *
 * @returns whether the stack is made already
 * @throws CommandError where a configuration is there
 */
function write(file: string, text: string): boolean {
  const path = join(projectFolder(), file);
  try {
    writeFileSync(path, text, { flag: "wx" });
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const there = readFileSync(path, "utf8");
  if (!isWithoutConfig(there))
    throw new CommandError(`${file} is there already, and is left as it is`, "name another: --stack NAME", 2);
  appendFileSync(path, `${there === "" || there.endsWith("\n") ? "" : "\n"}${text}`);
  return /^[a-z]+: /m.test(there);
}

/** Runs the command. @throws CommandError for what is no domain, and where a configuration is there already */
export function initCommand(given: string, options: Options): number {
  const read = readMailDomain(given);
  if (read.fault !== undefined) {
    const what = given.trim() === "" ? "the mail domain" : given;
    throw new CommandError(`${what}: ${read.fault.message}`, read.fault.fix, 2);
  }
  const domain = read.value;
  const stack = stackFor(domain, options.stack);
  const file = `Pulumi.${stack}.yaml`;
  const text = modelFile(domain);
  const isMade = write(file, text);
  const places = text.split("\n").filter((line) => new RegExp(`: \\[?${UNCHANGED}\\]?$`).test(line)).length;
  const then = isMade ? `${COMMAND} preflight --stack ${stack}` : `pulumi stack init ${stack}`;
  print(
    `Written: ${file}\nNext step: change the ${String(places)} values that say ${UNCHANGED}, then: ${then}`,
  );
  return 0;
}
