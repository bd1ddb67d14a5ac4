/** Examples in the help texts, of the command as a whole and of each of its commands. */
import { COMMAND } from "../stack/values/command.ts";
import { SLOTS } from "../stack/values/slots.ts";

/** Each late value, as it stands in a document, and what it is. */
function placeholders(): string {
  return Object.entries(SLOTS)
    .map(([name, { meaning }]) => `  ${`<${name}>`.padEnd(24)} ${meaning}`)
    .join("\n");
}

/** Lines as they stand in the help, by the command's name. */
export const COMMAND_EXAMPLES: Readonly<Record<string, string>> = {
  init: `  ${COMMAND} init example.com            writes Pulumi.example-com.yaml
  ${COMMAND} init example.com --stack mail`,
  render: `  ${COMMAND} render dns                    the records as a zone file
  ${COMMAND} render user-data              the guide's user-data, for any other cloud
  ${COMMAND} render env --show-secrets     the whole .env, with the stack's secrets
  ${COMMAND} render containers --json

What stands in <…> is no text of the plan: a stack makes it, and --show-secrets fills in what the selected one has. The
rest fill in by hand before you use the document:
${placeholders()}`,
  status: `  ${COMMAND} status                        what should run and does not, with the last log lines
  ${COMMAND} status --json                 the same findings for a program`,
  preflight: `  ${COMMAND} preflight                     before the first up: look, change nothing
  ${COMMAND} preflight --fix               after a broken run: do the cures, after asking
  ${COMMAND} preflight --fix --yes         the same without asking`,
  audit: `  ${COMMAND} audit                         every record, asked of the provider, all name servers and resolvers
  ${COMMAND} audit --columns api           the provider alone: one call or two, done in a moment
  ${COMMAND} audit --json                  for a program
  ${COMMAND} audit --markdown > dns.md     for an issue or a wiki
  ${COMMAND} audit --html dns.html         one page for a browser or a phone, which needs no other file
  ${COMMAND} audit --resolver 192.0.2.53   ask this resolver in place of the system's and public ones
  ${COMMAND} audit --notify mail:you@example.org      tell by mail when findings come or go
  ${COMMAND} render audit-timer            with audit-service: systemd units that do it every hour

Exit codes: 0 clean, 1 could not tell, 2 drift or conflict, 3 only propagating.`,
  import: `  ${COMMAND} import                        records that say the same; after lost state addresses, server and more
  ${COMMAND} import --out adopt.json       into a file of your own
  ${COMMAND} import --adopt "A example.com" --adopt "MX example.com"
                                          also what is in the way: the next \`pulumi up\` changes it
  pulumi import --file .mailstead/STACK/import.json --generate-code=false`,
  rebuild: `  ${COMMAND} rebuild                       the server was deleted at the vendor
  ${COMMAND} rebuild --with-edits          with the edits that it shows and would stop at`,
  teardown: `  ${COMMAND} teardown                      before a destroy: what stays, what goes, what is billed on
  ${COMMAND} teardown --json               the same for a program`,
  ssh: `  ${COMMAND} ssh                           a shell on the host
  ${COMMAND} ssh -- docker ps              one command; its exit code is kept`,
  logs: `  ${COMMAND} logs smtp -f                  go on as it grows
  ${COMMAND} logs web --lines 500`,
};

/** What `mailstead --help` says after the list of commands. */
export const PROGRAM_HELP = `
Examples:
  ${COMMAND} init example.com            the stack's file of a new mail server
  ${COMMAND} render dns                    the records as a zone file
  ${COMMAND} render user-data              the guide's user-data, for any other cloud
  ${COMMAND} status                        what should run and does not, with the last log lines
  ${COMMAND} preflight --fix               before the first up, or after a broken one
  ${COMMAND} audit                         what DNS says of the domain, from every side
  ${COMMAND} import                        what is there already, for \`pulumi import --file\`
  ${COMMAND} rebuild                       the server was deleted at the vendor
  ${COMMAND} teardown                      what a destroy would keep, take and leave to be billed
  ${COMMAND} logs smtp -f
  ${COMMAND} ssh -- docker ps

Exit codes: 0 all is well, 1 something is not, 2 the command or the configuration is wrong; audit has its own.
Environment: PULUMI_STACK, MAILSTEAD_NOTIFY, HCLOUD_TOKEN, CLOUDFLARE_API_TOKEN or DIGITALOCEAN_TOKEN, NO_COLOR,
  MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD (status reads the server's own checklist with them).`;
