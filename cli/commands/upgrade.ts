import { Argument, Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("upgrade")
    .description(
      "take another release of Forward Email; where it fails, the old one comes back with its data",
    )
    .addArgument(
      new Argument("[release]", "release of Forward Email, or latest: the newest (default: latest)"),
    )
    .addOption(new Option("--back", "take an upgrade back that is not ended").conflicts("dryRun"))
    .option("--dry-run", "say what it would do, and do nothing")
    .option("-y, --yes", "do not ask")
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["upgrade", "the newest release; says what it does and asks"],
    ["upgrade --dry-run", "what it would do"],
    ["upgrade v1.2.3 --yes", "this release, without asking"],
    ["upgrade --back", "one that was cut off: the old release and its data again"],
  ],
  exitCodes: {
    0: "the release runs, or did already",
    1: "it failed: nothing was changed, or the old release is back",
    2: "the command or the configuration is wrong",
    3: "it was not agreed to, and nothing was changed",
    4: "it failed, and the old release is not back yet, with the ports closed, or is back and not well",
  },
  notes: () =>
    "Mail that comes meanwhile waits at its senders, so none is lost on the way back. An upgrade that was cut off, here or by a\n" +
    "power cut there, is gone on with by the same command (docs/guides/new-release.md). With --json nobody is asked: without\n" +
    "--yes nothing is changed.",
  run: async (release, options) => (await import("../actions/upgrade.ts")).upgradeCommand(release, options),
});
