import { Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("restore")
    .description("take a mailbox back out of the backups, beside the live one")
    .argument("<mailbox>", "its address, or what is before the @")
    .option("--snapshot <id>", "the snapshot, as `backup --list` names it (default: the newest)")
    .option("--dry-run", "say which snapshot it is, how large, and what it would do, and do nothing")
    .addOption(new Option("--ask", "ask for its password, also where the stack has one"))
    .option("--other-password", "ask for the password that it had when the snapshot was made, too")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["restore you", "as it was in the newest snapshot"],
    ["restore you --dry-run"],
    ["restore you --snapshot 1a2b3c4d", "an older one: ./mailstead backup --list"],
    ["restore old@example.com --json", "asks for its password, where the stack has none for it"],
  ],
  exitCodes: {
    0: "done",
    1: "it was not brought back, or not whole; it says why",
    2: "the command or the configuration is wrong",
  },
  notes: () =>
    "Its messages go into folders of their own, such as `Restored 2026-11-28 1a2b3c4d/INBOX`, with their flags and dates. What is\n" +
    "in the mailbox stays as it is, nothing is restarted and nobody is logged out. Messages that are in those folders already are\n" +
    "passed over, so that the same command goes on where it broke off. Passwords are asked for without being shown; where\n" +
    "standard input is no terminal, its first lines are taken: that of now, then that of then.\n" +
    "To bring a whole server back: docs/guides/disaster.md.",
  run: async (mailbox, options) => (await import("../actions/restore.ts")).restoreCommand(mailbox, options),
});
