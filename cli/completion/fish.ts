/** Completion for fish (its manual, "complete"). Pure. */
import type { CommandWords, OptionWords, Values } from "./readCommands.ts";

/** In single quotes, where a backslash and the quote itself are escaped. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** Options of `complete` about a value. */
function value(values: Values): string {
  if (values === "files") return " --require-parameter --force-files";
  if (values === "nothing") return " --exclusive";
  const words = values === "stacks" ? "(_mailstead_stacks)" : values.join(" ");
  return ` --exclusive --arguments ${quoted(words)}`;
}

function optionLine(name: string, { long, short, description, values, isBareToo }: OptionWords): string {
  const flags = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.slice(2)}`].join(" ");
  const told = values === undefined || isBareToo ? "" : value(values);
  return `complete -c mailstead -n '__fish_seen_subcommand_from ${name}' ${flags}${told} -d ${quoted(description)}`;
}

function commandLines({ name, description, values, options }: CommandWords): string[] {
  const seen = `'__fish_seen_subcommand_from ${name}'`;
  const argument =
    values === "nothing"
      ? []
      : [`complete -c mailstead -n ${seen}${value(values).replace("--exclusive", "-f")}`];
  return [
    `complete -c mailstead -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...argument,
    ...options.map((option) => optionLine(name, option)),
  ];
}

/** The script. */
export function fishScript(commands: readonly CommandWords[]): string {
  return `# fish completion of mailstead
function _mailstead_stacks
    for file in Pulumi.*.yaml
        string replace --regex '^Pulumi\\.(.*)\\.yaml$' '$1' $file
    end
end

complete -c mailstead -f
complete -c mailstead -n __fish_use_subcommand -l version -s V -d 'output the version number'
${commands.flatMap(commandLines).join("\n")}
`;
}
