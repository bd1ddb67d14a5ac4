/** Examples in the help texts, of the command as a whole and of each of its commands. */

/** Lines as they stand in the help, by the command's name. */
export const COMMAND_EXAMPLES: Readonly<Record<string, string>> = {
  render: `  mailstead render dns                    the records as a zone file
  mailstead render user-data              the guide's user-data, for any other cloud
  mailstead render env --show-secrets     the whole .env, with the stack's secrets
  mailstead render containers --json`,
  status: `  mailstead status                        what should run and does not, with the last log lines
  mailstead status --json                 the same findings for a program`,
  preflight: `  mailstead preflight                     before the first up: look, change nothing
  mailstead preflight --fix               after a broken run: do the cures, after asking
  mailstead preflight --fix --yes         the same without asking`,
  audit: `  mailstead audit                         every record, asked of the provider, all name servers and resolvers
  mailstead audit --columns api           the provider alone: one call or two, done in a moment
  mailstead audit --json                  for a program
  mailstead audit --markdown > dns.md     for an issue or a wiki
  mailstead audit --html dns.html         one page for a browser or a phone, which needs no other file
  mailstead audit --resolver 192.0.2.53   ask this resolver in place of the system's and public ones
  mailstead audit --notify mail:you@example.org      tell by mail when findings come or go
  mailstead render audit-timer            with audit-service: systemd units that do it every hour

Exit codes: 0 clean, 1 could not tell, 2 drift or conflict, 3 only propagating.`,
  import: `  mailstead import                        records that say the same; after lost state addresses, server and more
  mailstead import --out adopt.json       into a file of your own
  mailstead import --adopt "A example.com" --adopt "MX example.com"
                                          also what is in the way: the next \`pulumi up\` changes it
  pulumi import --file .mailstead/STACK/import.json --generate-code=false`,
  rebuild: `  mailstead rebuild                       the server was deleted at the vendor
  mailstead rebuild --stack example-com`,
  ssh: `  mailstead ssh                           a shell on the host
  mailstead ssh -- docker ps              one command; its exit code is kept`,
  logs: `  mailstead logs smtp -f                  go on as it grows
  mailstead logs web --lines 500`,
};

/** What `mailstead --help` says after the list of commands. */
export const PROGRAM_HELP = `
Examples:
  mailstead render dns                    the records as a zone file
  mailstead render user-data              the guide's user-data, for any other cloud
  mailstead status                        what should run and does not, with the last log lines
  mailstead preflight --fix               before the first up, or after a broken one
  mailstead audit                         what DNS says of the domain, from every side
  mailstead import                        what is there already, for \`pulumi import --file\`
  mailstead rebuild                       the server was deleted at the vendor
  mailstead logs smtp -f
  mailstead ssh -- docker ps

Exit codes: 0 all is well, 1 something is not, 2 the command or the configuration is wrong; audit has its own.
Environment: PULUMI_STACK, MAILSTEAD_NOTIFY, HCLOUD_TOKEN, CLOUDFLARE_API_TOKEN or DIGITALOCEAN_TOKEN, NO_COLOR,
  MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD (status reads the server's own checklist with them).`;
