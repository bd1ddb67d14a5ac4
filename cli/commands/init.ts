import { Command } from "@commander-js/extra-typings";
import { defineCommand } from "../definition.ts";

export default defineCommand({
  command: new Command("init")
    .description("write the stack's file of a new mail server, with what has to be set marked")
    .argument("<domain>", "mail domain, such as example.com")
    .option("-s, --stack <name>", "stack (default: the domain with hyphens)"),
  examples: [["init example.com", "writes Pulumi.example-com.yaml"], ["init example.com --stack mail"]],
  run: async (domain, options) => (await import("../actions/init.ts")).initCommand(domain, options),
});
