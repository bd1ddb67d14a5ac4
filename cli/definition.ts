/** What a command is. Its help, the completion of shells and its section in the reference are made from it. */
import {
  Option,
  type Command,
  type CommandUnknownOpts,
  type OptionValues,
} from "@commander-js/extra-typings";
import { COMMAND } from "../stack/values/command.ts";

/** What is typed after the program's name, and what it does, where that is not plain. */
export type Example = readonly [line: string, meaning?: string];

/** What a command may end with, and what each code says. */
export type ExitCodes = Readonly<Record<number, string>>;

/** Exit codes of every command that has none of its own. */
export const EXIT_CODES: ExitCodes = {
  0: "all is well",
  1: "something is not",
  2: "the command or the configuration is wrong",
};

/** Variables that commands read, beside those of the engine. */
export const ENVIRONMENT = `PULUMI_STACK, MAILSTEAD_NOTIFY, HCLOUD_TOKEN, CLOUDFLARE_API_TOKEN or DIGITALOCEAN_TOKEN, NO_COLOR,
  MAILSTEAD_PLAIN (nothing that is there for speed alone), MAILSTEAD_BUNDLE_PASSPHRASE,
  MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD (status reads the server's own checklist with them).`;

/** One command as it is registered. */
export interface CommandDefinition {
  /** Name, description, arguments and options. */
  readonly command: CommandUnknownOpts;
  readonly examples: readonly [Example, ...Example[]];
  readonly exitCodes: ExitCodes;
  /** What it ends with where the command line is wrong. */
  readonly usageFault: number;
  /** More to say after the examples; none by default. */
  readonly notes: () => string;
  /** Does the work with what commander hands to an action: arguments, options, the command. Returns the exit code. */
  readonly run: (...parameters: unknown[]) => number | Promise<number>;
}

interface Given<Arguments extends unknown[], Options extends OptionValues> {
  readonly command: Command<Arguments, Options>;
  readonly examples: CommandDefinition["examples"];
  /** Default: {@link EXIT_CODES}. */
  readonly exitCodes?: ExitCodes;
  /** Default: 2. */
  readonly usageFault?: number;
  readonly notes?: () => string;
  /** Loads what does the work when it is called: a command that is not run costs nothing but its definition. */
  readonly run: (
    ...parameters: [...Arguments, Options, Command<Arguments, Options>]
  ) => number | Promise<number>;
}

/** Defines a command; arguments and options of `run` have the types that `command` gives them. */
export function defineCommand<Arguments extends unknown[], Options extends OptionValues>({
  command,
  run,
  exitCodes = EXIT_CODES,
  usageFault = 2,
  notes = () => "",
  examples,
}: Given<Arguments, Options>): CommandDefinition {
  return {
    ...{ command, examples, exitCodes, usageFault, notes },
    run: (...parameters) => run(...(parameters as [...Arguments, Options, Command<Arguments, Options>])),
  };
}

/** Longest line of an example that the meanings of the others are put beside. */
const MEANINGS_AT = 36;

/** Examples as lines that can be typed, their meanings as comments in one column. */
export function writeExamples(examples: readonly Example[]): string {
  return examples
    .map(
      ([line, meaning]) =>
        `  ${COMMAND} ${meaning === undefined ? line : `${line.padEnd(MEANINGS_AT)} # ${meaning}`}`,
    )
    .join("\n");
}

/** `Exit codes: 0 all is well, 1 …`. */
export function writeExitCodes(exitCodes: ExitCodes): string {
  return `Exit codes: ${Object.entries(exitCodes)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join(", ")}`;
}

/** What stands in a command's help below its options. */
export function writeHelp({ examples, exitCodes, notes }: CommandDefinition): string {
  const parts = [`Examples:\n${writeExamples(examples)}`, notes(), `${writeExitCodes(exitCodes)}.`];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}`;
}

/** `--stack` of a command that asks the engine. */
export const STACK = new Option("-s, --stack <name>", "stack (default: the selected one)");

/** `--stack` of a command that reads the stack's file alone. */
export const STACK_TO_READ = new Option(
  "-s, --stack <name>",
  "stack (default: the only one here, else the selected one)",
);

/** `--json`. */
export const JSON_OUTPUT = new Option("--json", "machine-readable");

/** `--columns` of what audits. */
export const AUDITED_COLUMNS = new Option(
  "--columns <list>",
  "whom to ask, of: api,authoritative,resolvers (default: all)",
);

/** For an option that may be given again. */
export function addValue(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
