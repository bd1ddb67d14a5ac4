import { Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("drill")
    .description("prove that the backups bring everything back, on a throw-away server beside the live one")
    .option("--dry-run", "say what it would make and what that costs, and make nothing")
    .addOption(
      new Option("--clean", "take away what a drill left that was killed").conflicts(["dryRun", "html"]),
    )
    .option("--snapshot <id>", "restore this one, of `backup --list` (default: the newest)")
    .option("--mailbox <address>", "log in to this mailbox (default: those whose passwords the stack made)")
    .option("--password-file <file>", "file whose first line is its password; asked for without one")
    .option("--html <file>", "write a page for a browser too")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["drill --dry-run", "what it would make, and its price"],
    ["drill", "some minutes, and as long as a restore takes"],
    ["drill --html drill.html --json", "for a scheduler, with a page for people"],
    ["drill --mailbox you --password-file pw", "where accounts were made by hand"],
    ["drill --clean", "after one that was killed"],
    ["render drill-timer", "with drill-service: systemd units that do it every month"],
  ],
  exitCodes: {
    0: "all came back",
    1: "something did not, or could not be told",
    2: "the command or the configuration is wrong",
    3: "things of a drill are still at the vendor",
  },
  notes: () =>
    "It makes a server with addresses of its own, restores the newest snapshot into it, compares hashes and counts, logs in and\n" +
    "reads mail, compares the DKIM key with the DNS, and takes all of it away, also after Ctrl-C. The live server, its records\n" +
    "and its backups are not touched (docs/guides/drill.md). Progress goes to standard error.",
  run: async (options) => (await import("../actions/drill.ts")).drillCommand(options),
});
