import { Command } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK_TO_READ } from "../definition.ts";

export default defineCommand({
  command: new Command("pin")
    .description(
      "set release and image digests in the stack's file to what the registries have, after showing the change",
    )
    .addOption(STACK_TO_READ)
    .option("--release <tag>", "release of Forward Email, or latest: the newest (default: latest)")
    .option("--check", "say whether something would change, and change nothing")
    .option("-y, --yes", "do not ask")
    .addOption(JSON_OUTPUT),
  examples: [
    ["pin", "the newest release, and today's digests; shows the change and asks"],
    ["pin --release v1.2.3 --yes", "this release, without asking"],
    ["pin --check", "for a timer: 3 where there is something new"],
  ],
  exitCodes: {
    0: "the file is as the registries have it",
    1: "a registry is in the way",
    2: "the command or the configuration is wrong",
    3: "something would change, and the file is left as it is",
  },
  notes: () => "With --json nobody is asked: without --yes nothing is changed.",
  run: async (options) => (await import("../actions/pin.ts")).pinCommand(options),
});
