import { Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("rebuild")
    .description("make a server anew: one that was deleted at the vendor, or another in its place")
    .addOption(STACK)
    .addOption(
      new Option(
        "--planned",
        "put a new server in place of one that is there; it takes the volume over, or its last backup",
      ),
    )
    .addOption(new Option("--dry-run", "say what it would do, and do nothing"))
    .option("--with-edits", "do what else waits in the configuration too")
    .option("--no-backup", "with --planned: no backup before")
    .addOption(new Option("-y, --yes", "with --planned: do not ask"))
    .addOption(JSON_OUTPUT),
  examples: [
    ["rebuild", "the server was deleted at the vendor"],
    ["rebuild --with-edits", "with the edits that it shows and would stop at"],
    ["rebuild --planned --dry-run", "what a new server would change, and keep"],
    ["rebuild --planned", "a new server with the same mail; says what it does, and asks"],
  ],
  notes: () =>
    "--planned raises mailstead:generation in the stack's file by one and runs `pulumi up`. Where that breaks off, the same\n" +
    "command goes on with it (docs/guides/disaster.md). With --json nobody is asked: add --yes.",
  run: async (options) => (await import("../actions/rebuild.ts")).rebuildCommand(options),
});
