/** What is left for people to do after the first `up`, in order. */
import type { Plan, PlannedServer } from "../stack/model/plan.ts";
import type { Cloud } from "../stack/vendors/cloud.ts";
import { CLOUDS } from "../stack/vendors/registry.ts";
import { COMMAND } from "../stack/values/command.ts";

/**
 * The engine prints outputs after a run that failed too: below a vendor's own words, this is what to do. It cuts lines
 * of outputs that are longer than 150 characters.
 */
export const AFTER_AN_ERROR = `After an error of pulumi up: mend its cause, run ${COMMAND} preflight --fix, then pulumi up, which goes on from there.`;

/** Said as long as mail goes where it went. */
const HELD =
  "Mail goes where it went, as mailstead:dns.mx is hold. With every alias and mailbox here, set it to point: docs/guides/move-a-living-domain.md.";

/** How outgoing mail gets through, where the cloud holds it back. */
function portSteps({ title, mailPorts }: Cloud): string[] {
  if (mailPorts === undefined) return [];
  return [
    `${title} opens outgoing ports 25 and 465 ${mailPorts.opened}: ${mailPorts.form}; ` +
      `${COMMAND} status tells whether they are open, and prints the text to send.`,
  ];
}

/** Steps as sentences, each with what to type or open. */
export function nextSteps(
  plan: Pick<Plan, "domain" | "webAddress" | "contact" | "mx"> & {
    readonly server: Pick<PlannedServer, "provider">;
  },
): string[] {
  const { domain, webAddress, contact, mx } = plan;
  return [
    `Open ${webAddress}, pass its gate with the login that "pulumi stack output login --show-secrets" prints, and sign up as ${contact}.`,
    `Add ${domain} there, and make its aliases, such as you@${domain}, with their passwords; the output "clients" has the ` +
      "settings for mail programs.",
    "Put the verification value and the domain's own DKIM key that it shows into mailstead:dns.verification and " +
      "mailstead:dns.dkim, and run pulumi up: then mail of users leaves, and port 25 opens by itself.",
    `Until the server knows ${domain} (an alias and the verification record), port 25 is closed: senders wait, none is refused.`,
    ...portSteps(CLOUDS[plan.server.provider]),
    `Run ${COMMAND} status: it lists what is still missing.`,
    ...(mx === "hold" ? [HELD] : []),
    AFTER_AN_ERROR,
  ];
}
