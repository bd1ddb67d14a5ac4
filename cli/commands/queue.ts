import { Argument, Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("queue")
    .description("mail that is held after a restore: show it, send it, or drop it")
    .addArgument(new Argument("<action>", "what to do").choices(["list", "send", "drop"]))
    .argument("[ids...]", "send, drop: the messages, as `list` names them")
    .addOption(new Option("--all", "send, drop: every message that is held"))
    .option("--dry-run", "send, drop: say which messages it would be, and do nothing")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["queue list", "what was queued when the snapshot was made, and is held since it was restored"],
    ["queue send 665f1c0a9b3e4d2f8a7b6c5d", "it leaves as soon as its turn comes"],
    ["queue drop --all --dry-run"],
    ["queue list --json"],
  ],
  exitCodes: {
    0: "done",
    1: "nothing was changed; it says why",
    2: "the command or the configuration is wrong",
  },
  notes: () =>
    "A snapshot has the outbound queue of its moment. What was sent since would be sent again, so after a restore from the\n" +
    "backups it is held; new mail leaves. A planned move, or a new server with the old volume, holds nothing: its queue is exact.\n" +
    "What is dropped is `rejected` in the web interface (docs/guides/disaster.md).",
  run: async (action, ids, options) =>
    (await import("../actions/queue.ts")).queueCommand(action, ids, options),
});
