/** Completion for zsh (zshcompsys(1), `_arguments`). Pure. */
import { shellQuote } from "../../stack/values/shellQuote.ts";
import type { CommandWords, OptionWords, Values } from "./readCommands.ts";

/** An action of \`_arguments\`. */
function action(values: Values): string {
  if (values === "stacks") return "_mailstead_stacks";
  if (values === "files") return "_files";
  return values === "nothing" ? " " : `(${values.join(" ")})`;
}

/** In a specification a bracket ends the description, and a colon a field. */
function plain(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function optionSpec({ long, short, description, values, isBareToo }: OptionWords): string {
  const value = values === undefined ? "" : `${isBareToo ? "::" : ":"}value:${action(values)}`;
  const told = shellQuote(`[${plain(description)}]${value}`);
  return short === undefined ? `${long}${told}` : `'(${short} ${long})'{${short},${long}}${told}`;
}

function commandCase({ name, values, options }: CommandWords): string {
  const specs = [...options.map(optionSpec), shellQuote(`*:argument:${action(values)}`)];
  return `    ${name}) _arguments -s \\\n      ${specs.join(" \\\n      ")} ;;`;
}

/** The script. */
export function zshScript(commands: readonly CommandWords[]): string {
  const list = commands.map(({ name, description }) => `    ${shellQuote(`${name}:${plain(description)}`)}`);
  return `#compdef mailstead
_mailstead_stacks() {
  local -a stacks=(Pulumi.*.yaml(N))
  stacks=(\${\${stacks#Pulumi.}%.yaml})
  _describe stack stacks
}

_mailstead() {
  local -a commands=(
${list.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT -= 1))
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}

# Found by name in a folder of fpath, the file is the function; read by \`source\`, it declares it.
if [[ \${funcstack[1]:-} == _mailstead ]]; then _mailstead "$@"; else compdef _mailstead mailstead; fi
`;
}
