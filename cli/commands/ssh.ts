import { Command } from "@commander-js/extra-typings";
import { defineCommand, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("ssh")
    .description("open a shell on the host, or run a command there")
    .argument("[command...]", "command with its arguments, after --")
    .addOption(STACK),
  examples: [
    ["ssh", "a shell on the host"],
    ["ssh -- docker ps", "one command"],
  ],
  exitCodes: {
    0: "all is well",
    1: "the host is not to be had",
    2: "the command line is wrong",
    255: "ssh failed",
  },
  notes: () => "The exit code of a command on the host is kept.",
  run: async (command, options) => (await import("../actions/host.ts")).sshCommand(command, options),
});
