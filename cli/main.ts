/** The command `mailstead`: thin commands over `stack/` and `verify/`. */
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { COMMAND } from "../stack/values/command.ts";
import { COMMANDS } from "./commands.ts";
import {
  ENVIRONMENT,
  writeExamples,
  EXIT_CODES,
  writeExitCodes,
  writeHelp,
  type CommandDefinition,
} from "./definition.ts";
import { outputError, reportFault } from "./output/faults.ts";
import { beginOutput } from "./output/terminal.ts";
import { version } from "./version.ts";

/** What `mailstead --help` says after the list of commands. */
function programHelp(): string {
  return `
Examples:
${writeExamples(COMMANDS.map(({ examples }) => examples[0]))}

${writeExitCodes(EXIT_CODES)}; audit and ssh have their own.
Environment: ${ENVIRONMENT}`;
}

/** Faults are told as everywhere here, and nothing ends the process but its last line. */
function settle(command: CommandUnknownOpts, help: string): void {
  command.exitOverride().showSuggestionAfterError().configureOutput({ outputError });
  command.showHelpAfterError(`Next step: ${help}`);
}

/** The whole program. @param ended takes the exit code of the command that was run. */
function makeProgram(ended: (exitCode: number) => void): Command {
  const program = new Command(COMMAND)
    .description("Own a mail server whose identity outlives its machine.")
    .version(version())
    .addHelpText("after", programHelp);
  settle(program, `${COMMAND} --help lists the commands`);
  for (const definition of COMMANDS) {
    const { command, run } = definition;
    settle(command, `${COMMAND} ${command.name()} --help`);
    command.addHelpText("after", () => writeHelp(definition));
    command.action(async (...parameters: unknown[]) => {
      ended(await run(...parameters));
    });
    program.addCommand(command);
  }
  return program;
}

/** Whether the command was asked for JSON, also where its command line is wrong. What `ssh` hands on is not for us. */
function wantsJson(definition: CommandDefinition | undefined, args: readonly string[]): boolean {
  return (
    definition?.command.options.some(({ long }) => long === "--json") === true && args.includes("--json")
  );
}

let exitCode = 0;
/** Made once: the commands belong to it for good. */
const program = makeProgram((code) => {
  exitCode = code;
});

/**
 * Runs the command line. May be called again, after the run before has ended.
 *
 * @param args what follows the program's name.
 * @returns the exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  beginOutput();
  exitCode = 0;
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    const [name = ""] = args;
    const definition = COMMANDS.find(({ command }) => command.name() === name);
    return reportFault(error, {
      isJson: wantsJson(definition, args),
      help: `${COMMAND} ${name} --help`,
      exitCode: definition?.usageFault ?? 2,
    });
  }
}
