/** The reference of the commands as Markdown, from the definitions that the program itself reads. */
import { COMMANDS } from "../cli/commands.ts";
import {
  ENVIRONMENT,
  EXIT_CODES,
  writeExamples,
  type CommandDefinition,
  type ExitCodes,
} from "../cli/definition.ts";
import { COMMAND } from "../stack/values/command.ts";

type Options = CommandDefinition["command"]["options"];
type Arguments = CommandDefinition["command"]["registeredArguments"];

/** A cell: a pipe would end it, and what stands in `<…>` would be taken for HTML. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "\\<");
}

function argumentRows(all: Arguments): string[] {
  return all.map((argument) => {
    const { required, variadic, description, argChoices } = argument;
    const shown = `${argument.name()}${variadic ? "…" : ""}`;
    const choices = argChoices === undefined ? "" : `one of ${argChoices.join(", ")}`;
    return `| \`${required ? shown : `[${shown}]`}\` | ${cell(description === "" ? choices : description)} |`;
  });
}

function optionRows(all: Options): string[] {
  return all.map(({ flags, description, defaultValue }) => {
    const fallback = defaultValue === undefined ? "" : ` (default: ${String(defaultValue)})`;
    return `| \`${flags}\` | ${cell(`${description}${fallback}`)} |`;
  });
}

function exitRows(exitCodes: ExitCodes): string[] {
  return Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`);
}

/** A table, or nothing where it would have no row. */
function table(head: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`| ${head} | |`, "| --- | --- |", ...rows, ""];
}

function section({ command, examples, exitCodes, notes }: CommandDefinition): string[] {
  const more = notes();
  return [
    `## ${command.name()}`,
    "",
    `${command.description()}.`.replace(/^./, (letter) => letter.toUpperCase()),
    "",
    ...table("argument", argumentRows(command.registeredArguments)),
    ...table("option", optionRows(command.options)),
    "```sh",
    writeExamples(examples).replaceAll(/^ {2}/gm, ""),
    "```",
    "",
    ...(more === "" ? [] : ["```text", more, "```", ""]),
    ...(exitCodes === EXIT_CODES ? [] : table("exit code", exitRows(exitCodes))),
  ];
}

/** The whole page; the formatter has still to align its tables. */
export function commandsReference(): string {
  const lines = [
    "# Commands",
    "",
    `Every command is \`${COMMAND} NAME\`, typed in the project's folder. \`${COMMAND} NAME --help\` says the same on a terminal,`,
    `\`${COMMAND} --version\` which version it is, and \`${COMMAND} completion SHELL\` prints what a shell completes it by.`,
    "",
    "A command without exit codes of its own has these:",
    "",
    ...table("exit code", exitRows(EXIT_CODES)),
    `Environment: ${ENVIRONMENT.replaceAll(/\s+/g, " ")}`,
    "",
    "This page is made from `cli/commands/`: change it there, then `npm run docs`.",
    "",
    ...COMMANDS.flatMap(section),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}
