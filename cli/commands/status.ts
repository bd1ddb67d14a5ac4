import { Command } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("status")
    .description("what should be and is not, asked of the host itself")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["status", "what should run and does not, with the last log lines"],
    ["status --json", "the same findings for a program"],
  ],
  run: async (options) => (await import("../actions/status.ts")).statusCommand(options),
});
