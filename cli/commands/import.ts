import { Command } from "@commander-js/extra-typings";
import { addValue, defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("import")
    .description("write the file for `pulumi import --file`: takes over what is there already")
    .addOption(STACK)
    .option("-o, --out <file>", "file to write (default: .mailstead/STACK/import.json)")
    .option(
      "--adopt <set>",
      'also a record in the way, such as "A example.com"; may be given again',
      addValue,
    )
    .addOption(JSON_OUTPUT),
  examples: [
    ["import", "records that say the same; after lost state addresses, server and more"],
    ["import --out adopt.json", "into a file of your own"],
    [
      'import --adopt "A example.com" --adopt "MX example.com"',
      "also what is in the way: the next `pulumi up` changes it",
    ],
  ],
  notes: () =>
    "Then the line that it prints:\n  pulumi import --file .mailstead/STACK/import.json --stack STACK --generate-code=false",
  run: async (options) => (await import("../actions/import.ts")).importCommand(options),
});
