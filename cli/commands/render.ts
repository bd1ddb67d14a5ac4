import { Argument, Command } from "@commander-js/extra-typings";
import { SLOTS } from "../../stack/values/slots.ts";
import { defineCommand, JSON_OUTPUT, STACK_TO_READ } from "../definition.ts";
import { DOCUMENTS } from "../documents.ts";

/** Each late value, as it stands in a document, and what it is. */
function placeholders(): string {
  const lines = Object.entries(SLOTS).map(([name, { meaning }]) => `  ${`<${name}>`.padEnd(24)} ${meaning}`);
  return [
    "What stands in <…> is no text of the plan: a stack makes it, and --show-secrets fills in what the selected one has. The",
    "rest fill in by hand before you use the document:",
    ...lines,
  ].join("\n");
}

export default defineCommand({
  command: new Command("render")
    .description("print a document of the plan; needs no stack and no account")
    .addArgument(new Argument("<document>").choices(DOCUMENTS))
    .addOption(STACK_TO_READ)
    .option("--show-secrets", "fill secrets in from the stack")
    .addOption(JSON_OUTPUT),
  examples: [
    ["render dns", "the records as a zone file"],
    ["render user-data", "the guide's user-data, for any other cloud"],
    ["render env --show-secrets", "the whole .env, with the stack's secrets"],
    ["render containers --json"],
  ],
  notes: placeholders,
  run: async (document, options) => (await import("../actions/render.ts")).renderCommand(document, options),
});
