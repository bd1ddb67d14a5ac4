import { Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("backup")
    .description("back the server's data up now, or show the backups that there are")
    .addOption(new Option("--list", "the backups that there are").conflicts("dryRun"))
    .option("--dry-run", "say what it would do, and do nothing")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["backup", "before a change that you are not sure of"],
    ["backup --dry-run", "where to, and how the last one was"],
    ["backup --list --json"],
  ],
  exitCodes: { 0: "done", 1: "it failed, and says why", 2: "the command or the configuration is wrong" },
  notes: () =>
    "All containers stand still for a moment, while the data is cloned; the upload works from the clone. The host does it\n" +
    "every day by itself (docs/guides/backups.md). Where the connection is lost, it goes on to its end.",
  run: async (options) => (await import("../actions/backup.ts")).backupCommand(options),
});
