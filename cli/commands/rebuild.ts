import { Command } from "@commander-js/extra-typings";
import { defineCommand, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("rebuild")
    .description("make a server that was deleted at the vendor anew")
    .addOption(STACK)
    .option("--with-edits", "do what else waits in the configuration too"),
  examples: [
    ["rebuild", "the server was deleted at the vendor"],
    ["rebuild --with-edits", "with the edits that it shows and would stop at"],
  ],
  run: async (options) => (await import("../actions/rebuild.ts")).rebuildCommand(options),
});
