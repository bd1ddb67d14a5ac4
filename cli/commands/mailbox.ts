import { Argument, Command } from "@commander-js/extra-typings";
import { defineCommand, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("mailbox")
    .description("give a mailbox that is there the password that the stack has for it")
    .addArgument(new Argument("<action>", "what to do with it").choices(["password"]))
    .argument("<name>", "what is before the @ of its address")
    .addOption(STACK),
  examples: [["mailbox password you", "asks for the password that it has now"]],
  notes: () =>
    "A mailbox is encrypted by its password, so only who has the old one can change it. It is asked for without being shown;\n" +
    "where standard input is no terminal, its first line is taken.",
  run: async (action, name, options) =>
    (await import("../actions/mailbox.ts")).mailboxCommand(action, name, options),
});
