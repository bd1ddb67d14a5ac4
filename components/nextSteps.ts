/** What is left for people to do after the first `up`, in order. */
import type { Plan } from "../stack/model/plan.ts";
import { COMMAND } from "../stack/values/command.ts";

/** Hetzner's form for raising limits; ports 25 and 465 are opened there, case by case. */
const PORT_REQUEST_FORM = "https://console.hetzner.com/limits";

/**
 * The engine prints outputs after a run that failed too: below a vendor's own words, this is what to do. It cuts lines
 * of outputs that are longer than 150 characters.
 */
export const AFTER_AN_ERROR = `After an error of pulumi up: mend its cause, run ${COMMAND} preflight --fix, then pulumi up, which goes on from there.`;

/** Said as long as mail goes where it went. */
const HELD =
  "Mail goes where it went, as mailstead:dns.mx is hold. With every alias and mailbox here, set it to point: docs/guides/move-a-living-domain.md.";

/** Steps as sentences, each with what to type or open. */
export function nextSteps(plan: Pick<Plan, "domain" | "webAddress" | "contact" | "mx">): string[] {
  const { domain, webAddress, contact, mx } = plan;
  return [
    `Open ${webAddress}, pass its gate with the login that "pulumi stack output login --show-secrets" prints, and sign up as ${contact}.`,
    `Add ${domain} there, and make its aliases, such as you@${domain}, with their passwords; the output "clients" has the ` +
      "settings for mail programs.",
    "Put the verification value and the domain's own DKIM key that it shows into mailstead:dns.verification and " +
      "mailstead:dns.dkim, and run pulumi up: then mail of users leaves, and port 25 opens by itself.",
    `Until the server knows ${domain} (an alias and the verification record), port 25 is closed: senders wait, none is refused.`,
    `Hetzner opens outgoing ports 25 and 465 on request, a month and a paid invoice after sign-up: ${PORT_REQUEST_FORM}; ` +
      `${COMMAND} status tells whether they are open, and prints the text to send.`,
    `Run ${COMMAND} status: it lists what is still missing.`,
    ...(mx === "hold" ? [HELD] : []),
    AFTER_AN_ERROR,
  ];
}
