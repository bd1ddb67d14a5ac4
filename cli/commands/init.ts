/** `mailstead init DOMAIN`: writes the stack's file of a new mail server. Never over one that is there. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMailDomain } from "../../stack/config/domainName.ts";
import { UNCHANGED } from "../../stack/config/field.ts";
import { namedStack, projectFolder } from "../engine.ts";
import { modelFile } from "../modelFile.ts";
import { CommandError, print } from "../terminal.ts";

interface Options {
  readonly stack?: string;
}

/** Runs the command. @throws CommandError for what is no domain, and where the file is there already */
export function initCommand(given: string, options: Options): number {
  const read = readMailDomain(given);
  if (read.fault !== undefined) throw new CommandError(`${given}: ${read.fault.message}`, read.fault.fix, 2);
  const domain = read.value;
  const stack = namedStack(options.stack) ?? domain.replaceAll(".", "-");
  const file = `Pulumi.${stack}.yaml`;
  const text = modelFile(domain);
  try {
    writeFileSync(join(projectFolder, file), text, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new CommandError(`${file} is there already, and is left as it is`, "name another: --stack NAME", 2);
  }
  const places = text.split("\n").filter((line) => new RegExp(`: \\[?${UNCHANGED}\\]?$`).test(line)).length;
  print(
    `Written: ${file}\nNext step: change the ${String(places)} values that say ${UNCHANGED}, then: pulumi stack init ${stack}`,
  );
  return 0;
}
