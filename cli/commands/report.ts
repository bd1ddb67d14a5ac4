import { Command } from "@commander-js/extra-typings";
import { AUDITED_COLUMNS, defineCommand, JSON_OUTPUT, STACK_TO_READ } from "../definition.ts";

export default defineCommand({
  command: new Command("report")
    .description(
      "what a bug report needs: versions, plan hash, findings; names, addresses and secrets left out",
    )
    .addOption(STACK_TO_READ)
    .addOption(AUDITED_COLUMNS)
    .option("--offline", "ask nobody: versions, plan and configuration alone")
    .addOption(JSON_OUTPUT),
  examples: [
    ["report", "to be pasted into an issue; read it through first"],
    ["report --offline", "where nobody is to be asked"],
  ],
  run: async (options) => (await import("../actions/report.ts")).reportCommand(options),
});
