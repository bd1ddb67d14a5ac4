/** What may be typed after each command, read from its definition. Pure. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** What a shell offers as a value. */
export type Values = readonly string[] | "stacks" | "files" | "nothing";

/** An option of a command. */
export interface OptionWords {
  readonly description: string;
  /** `--json`. */
  readonly long: string;
  /** `-s`. */
  readonly short?: string;
  /** Absent where the option takes no value. */
  readonly values?: Values;
  /** Whether it may stand there without a value. */
  readonly isBareToo: boolean;
}

/** A command. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** What its argument may be. */
  readonly values: Values;
  readonly options: readonly OptionWords[];
}

type CommandOption = CommandUnknownOpts["options"][number];

function listValues({ long, argChoices, flags, required, optional }: CommandOption): Values | undefined {
  if (!required && !optional) return undefined;
  if (long === "--stack") return "stacks";
  return argChoices ?? (/[<[]file[>\]]/.test(flags) ? "files" : "nothing");
}

function readOption(option: CommandOption): OptionWords {
  const { description, long, short, optional } = option;
  const values = listValues(option);
  return {
    description,
    long: long ?? "",
    isBareToo: optional,
    ...(short !== undefined && { short }),
    ...(values !== undefined && { values }),
  };
}

/** The words of commands; each has `--help` too. */
export function readCommands(commands: readonly CommandUnknownOpts[]): CommandWords[] {
  return commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    values: command.registeredArguments[0]?.argChoices ?? "nothing",
    options: [
      ...command.options.map(readOption),
      { long: "--help", short: "-h", description: "display help for command", isBareToo: false },
    ],
  }));
}
