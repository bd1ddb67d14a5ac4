import { Command } from "@commander-js/extra-typings";
import { defineCommand, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("logs")
    .description("show a container's log")
    .argument("<name>", "container, such as smtp")
    .option("-f, --follow", "go on as it grows")
    .option("-n, --lines <count>", "lines from the end", "100")
    .addOption(STACK),
  examples: [["logs smtp -f", "go on as it grows"], ["logs web --lines 500"]],
  run: async (name, options) => (await import("../actions/host.ts")).logsCommand(name, options),
});
