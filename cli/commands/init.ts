import { Command } from "@commander-js/extra-typings";
import { addValue, defineCommand, JSON_OUTPUT } from "../definition.ts";

export default defineCommand({
  command: new Command("init")
    .description(
      "write the stack's file of a new mail server, after a look at the vendors and registries; asks for what no option says",
    )
    .argument("<domain>", "mail domain, such as example.com")
    .option("-s, --stack <name>", "stack (default: the domain with hyphens)")
    .option("--email <address>", "address of the person responsible, best outside the domain")
    .option("--provider <name>", "cloud of the server, as server.provider has it in the configuration")
    .option("--location <name>", "place of the server, such as nbg1")
    .option("--type <name>", "size of the server (default: cx23)")
    .option("--dns <name>", "where the zone is kept, as dns.provider has it in the configuration")
    .option(
      "--admin-network <block>",
      "block that may reach SSH, or mine: this machine's address today; may be given again",
      addValue,
    )
    .option(
      "--mailbox <name>",
      "address to be made, such as jane, or info=you@example.org for one that forwards; may be given again",
      addValue,
    )
    .option("--release <tag>", "release of Forward Email, or latest: the newest (default: latest)")
    .option("--state <folder>", "also make the stack, with its state in this folder, and log pulumi in there")
    .option("--template", "ask nobody: mark what has to be set, and leave it to be changed by hand")
    .addOption(JSON_OUTPUT),
  examples: [
    ["init example.com", "asks, and writes Pulumi.example-com.yaml"],
    [
      "init example.com --email you@example.org --location nbg1 --admin-network mine --mailbox jane --state ~/mailstead-state",
      "asks nothing, and makes the stack too",
    ],
    ["init example.com --stack mail --release v1.2.3"],
    ["init example.com --template", "the file alone, to be filled in"],
  ],
  exitCodes: {
    0: "the file is written",
    1: "a vendor or registry is in the way, and nothing is written",
    2: "something is missing or wrong, or a configuration is there",
  },
  notes: () =>
    [
      "The vendors' tokens and, with --state, the passphrase of the stack (PULUMI_CONFIG_PASSPHRASE or",
      "PULUMI_CONFIG_PASSPHRASE_FILE) are taken from the environment.",
    ].join("\n"),
  run: async (domain, options) => (await import("../actions/init.ts")).initCommand(domain, options),
});
