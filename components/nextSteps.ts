/** What is left for people to do after the first `up`, in order. */
import { describeLeft, type LeftStep } from "../stack/mail/onboardingLeft.ts";
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

type StepsOf = Pick<Plan, "domain" | "webAddress" | "contact" | "mx" | "onboarding"> & {
  readonly server: Pick<PlannedServer, "provider">;
};

/** What a person makes in the web interface. */
function stepsByHand({ domain, webAddress, contact }: StepsOf): string[] {
  return [
    `Open ${webAddress}, pass its gate with the login that "pulumi stack output login --show-secrets" prints, and sign up as ${contact}.`,
    `Add ${domain} there, and make its aliases, such as you@${domain}, with their passwords; the output "clients" has the ` +
      "settings for mail programs.",
    "Put the verification value and the domain's own DKIM key that it shows into mailstead:dns.verification and " +
      "mailstead:dns.dkim, and run pulumi up: then mail of users leaves, and port 25 opens by itself.",
    `Until the server knows ${domain} (an alias and the verification record), port 25 is closed: senders wait, none is refused.`,
  ];
}

/** What is left where the deploy makes account, domain and addresses. */
function stepsAutomatic(plan: StepsOf, left: readonly LeftStep[]): string[] {
  const { domain, webAddress } = plan;
  const none = (plan.onboarding?.mailboxes ?? []).length === 0;
  return [
    ...left.map((step) => {
      const { what, fix } = describeLeft(step, plan);
      return `Left to do: ${what}. ${fix}.`;
    }),
    none
      ? `List the addresses of ${domain} in mailstead:mailboxes, and run pulumi up: it makes them.`
      : 'Set up mail programs with what "pulumi stack output mailboxes --show-secrets" prints.',
    `Web interface, when you need it: ${webAddress}, with "pulumi stack output account --show-secrets".`,
  ];
}

/** Steps as sentences, each with what to type or open. @param left by the last run of the onboarding */
export function nextSteps(plan: StepsOf, left: readonly LeftStep[] = []): string[] {
  return [
    ...(plan.onboarding === undefined ? stepsByHand(plan) : stepsAutomatic(plan, left)),
    ...portSteps(CLOUDS[plan.server.provider]),
    `Run ${COMMAND} status: it lists what is still missing.`,
    ...(plan.mx === "hold" ? [HELD] : []),
    AFTER_AN_ERROR,
  ];
}
