import { Command, Option } from "@commander-js/extra-typings";
import { defineCommand, JSON_OUTPUT, STACK } from "../definition.ts";

export default defineCommand({
  command: new Command("renew")
    .description("have the server renew its certificate now, where it is due")
    .addOption(new Option("--dry-run", "try an order at the authority's test service, and change nothing"))
    .addOption(
      new Option("--force", "renew it although it is not due, which the authority counts").conflicts(
        "dryRun",
      ),
    )
    .addOption(STACK)
    .addOption(JSON_OUTPUT),
  examples: [
    ["renew", "after the cause of a refusal is mended"],
    ["renew --dry-run", "would an order go through?"],
    ["renew --force", "the private key may be known to others"],
  ],
  exitCodes: {
    0: "the certificate is renewed, or not due yet",
    1: "it could not be, and why is said",
    2: "the command or the configuration is wrong",
  },
  notes: () =>
    "The host does it every hour by itself (docs/guides/certificates.md). Let's Encrypt gives 5 certificates a week for the same\n" +
    "names, and then none until the date that it names: --force takes one of them. Only containers that read the certificate\n" +
    "are restarted. Where the connection is lost, the order goes on to its end.",
  run: async (options) => (await import("../actions/renew.ts")).renewCommand(options),
});
