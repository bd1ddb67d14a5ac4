import { Argument, Command } from "@commander-js/extra-typings";
import { addValue, defineCommand, JSON_OUTPUT } from "../definition.ts";
import { ACTIONS } from "../recoveryBundle/options.ts";

export default defineCommand({
  command: new Command("bundle")
    .description(
      "put what is needed to come back into one encrypted file; look into it; bring the stack back from it",
    )
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .argument("<file>", "the bundle")
    .option("-s, --stack <name>", "create: of which stack (default: the selected one)")
    .option("--passphrase-file <file>", "file that holds the passphrase of the bundle")
    .option(
      "--recipient <age1…>",
      "create: lock for this recipient of age, not by a passphrase; may be given again",
      addValue,
    )
    .option(
      "--identity <file>",
      "show, restore: file with an identity of age, for a bundle locked for recipients; may be given again",
      addValue,
    )
    .option("--state <folder>", "restore: log pulumi in to this folder, and make the stack there")
    .option("--force", "create: over a file that is there; restore: over another configuration or state")
    .option("--dry-run", "create, restore: say what would be done, and do nothing")
    .addOption(JSON_OUTPUT),
  examples: [
    ["bundle create example-com.age", "asks for a passphrase, twice"],
    ["bundle create example-com.age --recipient age1…", "for who has its identity; asks nothing"],
    ["bundle show example-com.age", "what is in it, without secrets"],
    ["bundle restore example-com.age --state ~/mailstead-state --dry-run"],
    [
      "bundle restore example-com.age --state ~/mailstead-state",
      "on a machine with only repository and bundle",
    ],
  ],
  notes: () =>
    [
      "The bundle's passphrase is asked for without being shown, or taken from MAILSTEAD_BUNDLE_PASSPHRASE or --passphrase-file.",
      "It is not that of the stack: create opens the stack with PULUMI_CONFIG_PASSPHRASE, and restore gives it a new one from",
      "there, or from PULUMI_CONFIG_PASSPHRASE_FILE. The file is one of age (age-encryption.org); its own tool opens it too.",
    ].join("\n"),
  run: async (action, file, options) =>
    (await import("../actions/bundle.ts")).bundleCommand(action, file, options),
});
