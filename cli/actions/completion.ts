/** `mailstead completion`: the script by which a shell completes the command. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import type { Shell } from "../completion/shells.ts";
import { readCommands, type CommandWords } from "../completion/readCommands.ts";
import { zshScript } from "../completion/zsh.ts";
import { print } from "../output/terminal.ts";

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  fish: fishScript,
  zsh: zshScript,
};

/** Runs the command. @param commands all that the program has. */
export function completionCommand(shell: Shell, commands: readonly CommandUnknownOpts[]): number {
  print(SCRIPTS[shell](readCommands(commands)));
  return 0;
}
