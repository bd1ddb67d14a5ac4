import { Command } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("teardown")
    .description("what a destroy would keep, take and leave to be billed; changes nothing")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["teardown", "before a destroy: what stays, what goes, what is billed on"],
    ["teardown --json", "the same for a program"],
  ],
  run: async (options) => (await import("../actions/teardown.ts")).teardownCommand(options),
});
