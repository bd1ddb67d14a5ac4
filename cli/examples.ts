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
  mailstead rebuild                       the server was deleted at the vendor
  mailstead logs smtp -f
  mailstead ssh -- docker ps

Exit codes: 0 all is well, 1 something is not, 2 the command or the configuration is wrong.
Environment: PULUMI_STACK, HCLOUD_TOKEN, CLOUDFLARE_API_TOKEN, NO_COLOR,
  MAILSTEAD_ADMIN_EMAIL and MAILSTEAD_ADMIN_PASSWORD (status reads the server's own checklist with them).`;
