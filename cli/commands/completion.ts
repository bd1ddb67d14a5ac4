import { Argument, Command } from "@commander-js/extra-typings";
import { SHELLS } from "../completion/shells.ts";
import { defineCommand } from "../definition.ts";

export default defineCommand({
  command: new Command("completion")
    .description("print the script by which a shell completes commands, options and stacks")
    .addArgument(new Argument("<shell>").choices(SHELLS)),
  examples: [
    ["completion bash", "into ~/.local/share/bash-completion/completions/mailstead"],
    ["completion zsh", "into _mailstead in a folder of fpath"],
    ["completion fish", "into ~/.config/fish/completions/mailstead.fish"],
  ],
  run: async (shell, _options, { parent }) =>
    (await import("../actions/completion.ts")).completionCommand(shell, parent?.commands ?? []),
});
