import { Command, Option } from "@commander-js/extra-typings";
import { AUDITED_COLUMNS, addValue, defineCommand, STACK_TO_READ } from "../definition.ts";

export default defineCommand({
  command: new Command("audit")
    .description("what DNS says of the domain, from every side, and what to do about it")
    .addOption(STACK_TO_READ)
    .addOption(AUDITED_COLUMNS)
    .option("--resolver <address>", "ask this resolver; may be given again", addValue)
    .addOption(new Option("--json", "machine-readable").conflicts(["markdown", "html"]))
    .addOption(new Option("--markdown", "tables in GitHub Flavored Markdown").conflicts("html"))
    .option(
      "--notify <place>",
      "tell mail:ADDRESS or webhook:URL when findings change; may be given again",
      addValue,
    )
    .option("--html [file]", "one page for a browser, into a file or on standard output"),
  examples: [
    ["audit", "every record, asked of the provider, all name servers and resolvers"],
    ["audit --columns api", "the provider alone: one call or two, done in a moment"],
    ["audit --json", "for a program"],
    ["audit --markdown > dns.md", "for an issue or a wiki"],
    ["audit --html dns.html", "one page for a browser or a phone, which needs no other file"],
    ["audit --resolver 192.0.2.53", "ask this resolver in place of the system's and public ones"],
    ["audit --notify mail:you@example.org", "tell by mail when findings come or go"],
    ["render audit-timer", "with audit-service: systemd units that do it every hour"],
  ],
  exitCodes: { 0: "clean", 1: "could not tell", 2: "drift or conflict", 3: "only propagating" },
  // 2 says drift, which nobody has seen then.
  usageFault: 1,
  run: async (options) => (await import("../actions/audit.ts")).auditCommand(options),
});
