/**
 * The zone at the DNS provider that the stack's records are in.
 *
 * In another account the domain's zone has another id, and the provider shows nothing of the old one to a token that may not
 * see it: it answers neither to a refresh of the old records nor to their deletion, and so each `up` would fail on them.
 */
import type { Config } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import { COMMAND } from "../values/command.ts";
import { DNS_PROVIDERS } from "../vendors/registry.ts";

/**
 * Stops where the zone that is found is not the one that the records of the last `up` are in.
 *
 * @param known its id; silent where there is none, as with providers that have no such id.
 * @param found the id that the configuration names, or that the token finds.
 */
export function keepsZone(
  { dns: { provider, zone } }: Pick<Config, "dns">,
  known: string | undefined,
  found: string | undefined,
): readonly Issue[] {
  if (known === undefined || found === undefined || known === found) return [];
  const { title } = DNS_PROVIDERS[provider];
  return [
    {
      path: "mailstead:dns",
      rule: "other-zone",
      severity: "error",
      message:
        `the records of this stack are in the zone ${known} at ${title}, and ${zone} is ${found} now: in another account, or ` +
        "made anew",
      fix:
        `give the token that opens the old one. Only if ${zone} is to be in the new zone: \`${COMMAND} preflight --fix\`, ` +
        "which forgets the records of the old one and deletes nothing; then `pulumi up` makes them in the new one",
    },
  ];
}
