/** Completion for bash (bash(1), "Programmable Completion"); it needs no package of completions. Pure. */
import type { CommandWords, OptionWords, Values } from "./readCommands.ts";

/** Commands of bash that fill COMPREPLY. */
function offer(values: Values): string {
  if (values === "files") return 'compopt -o default; COMPREPLY=($(compgen -f -- "$word"))';
  if (values === "nothing") return "COMPREPLY=()";
  const words = values === "stacks" ? "$(_mailstead_stacks)" : values.join(" ");
  return `COMPREPLY=($(compgen -W "${words}" -- "$word"))`;
}

function flags({ long, short }: OptionWords): string[] {
  return short === undefined ? [long] : [short, long];
}

function optionCases({ name, options }: CommandWords): string[] {
  return options.flatMap((option) =>
    option.values === undefined || option.isBareToo
      ? []
      : [
          `    ${flags(option)
            .map((flag) => `${name}:${flag}`)
            .join(" | ")}) ${offer(option.values)}; return ;;`,
        ],
  );
}

function commandCase({ name, values, options }: CommandWords): string {
  return `    ${name}:*) words="${options.map(({ long }) => long).join(" ")}"; ${offer(values)} ;;`;
}

/** The script. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# bash completion of mailstead
_mailstead_stacks() {
  local file
  for file in Pulumi.*.yaml; do
    [[ -e $file ]] || continue
    file=\${file#Pulumi.}
    printf '%s\\n' "\${file%.yaml}"
  done
}

_mailstead() {
  local word=\${COMP_WORDS[COMP_CWORD]} words=""
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} --help --version" -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]}:\${COMP_WORDS[COMP_CWORD - 1]} in
${commands.flatMap(optionCases).join("\n")}
  esac
  case \${COMP_WORDS[1]}: in
${commands.map(commandCase).join("\n")}
  esac
  [[ $word != -* ]] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}

complete -F _mailstead mailstead
`;
}
