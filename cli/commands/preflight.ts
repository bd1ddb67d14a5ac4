import { Command } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("preflight")
    .description("look at tokens, zone, location, type, image and orphans before anything is made")
    .addOption(STACK)
    .option("--fix", "do the fixes that are named, after asking")
    .option("-y, --yes", "with --fix: do not ask")
    .addOption(JSON_OUTPUT),
  examples: [
    ["preflight", "before the first up: look, change nothing"],
    ["preflight --fix", "after a broken run: do the fixes, after asking"],
    ["preflight --fix --yes", "the same without asking"],
  ],
  run: async (options) => (await import("../actions/preflight.ts")).preflightCommand(options),
});
