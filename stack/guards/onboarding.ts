/** The onboarding over several runs: what is left of the last one, and mailboxes that have left the configuration. */
import { mailboxNames, valuesFor } from "../mail/onboarding.ts";
import { describeLeft } from "../mail/onboardingLeft.ts";
import { DOMAIN_SELECTOR } from "../services/domainKey.ts";
import type { Issue } from "../model/issue.ts";
import type { Plan, PlannedStep } from "../model/plan.ts";
import type { Deployed, DeployedOnboarding } from "./deployed.ts";
import type { Guard } from "./guard.ts";

function planned({ onboarding }: Pick<Plan, "onboarding">): readonly string[] {
  return onboarding === undefined ? [] : mailboxNames(onboarding);
}

/** Mailboxes that were made and are no longer in the configuration. */
function goneMailboxes(plan: Pick<Plan, "onboarding">, { onboarding }: Deployed): readonly string[] {
  const names = planned(plan);
  return (onboarding?.mailboxes ?? []).filter((name) => !names.includes(name));
}

/** How often the step has been planned anew: once more as long as the last run left something to do. */
function nextRun({ onboarding }: Deployed): number {
  if (onboarding === undefined) return 1;
  return onboarding.left.length > 0 ? onboarding.run + 1 : onboarding.run;
}

/**
 * The plan with what follows from the last `up`: the step runs again where something was left, and the password of a
 * mailbox that has left the configuration stays in the state, since the mailbox stays and nothing else opens it. So do all
 * values where the configuration went over to by-hand. Without protection of the identity they go.
 */
export function continueOnboarding(plan: Plan, deployed: Deployed): Plan {
  if (plan.onboarding === undefined && deployed.onboarding === undefined) return plan;
  const again = (step: PlannedStep): PlannedStep =>
    step.run === undefined ? step : { ...step, run: nextRun(deployed) };
  const roles = new Set(plan.generated.map(({ role }) => role));
  const ofGone = plan.protect ? valuesFor(goneMailboxes(plan, deployed)) : [];
  const kept = ofGone.filter(({ role }) => !roles.has(role));
  return { ...plan, lastSteps: plan.lastSteps.map(again), generated: [...plan.generated, ...kept] };
}

/** What is known of it as soon as a run has begun. */
export function begunOnboarding(plan: Plan, before: Deployed): DeployedOnboarding | undefined {
  if (plan.onboarding === undefined) return before.onboarding;
  const mailboxes = [...planned(plan), ...(plan.protect ? goneMailboxes(plan, before) : [])];
  const { left = [], isAccountAdopted } = before.onboarding ?? {};
  return { run: nextRun(before), mailboxes, left, isAccountAdopted };
}

/** The rule of what the last run left. */
const LEFT_RULE = "onboarding-left";

/** Issues but what the last run left: an `up` does it again, and says itself at its end what is still left. */
export function withoutLeft(issues: readonly Issue[]): readonly Issue[] {
  return issues.filter(({ rule }) => rule !== LEFT_RULE);
}

/** Says in each preview what the last run left, and which mailboxes are kept. */
export const tellsOnboarding: Guard = ({ plan }, deployed) => {
  if (plan.onboarding === undefined) return [];
  const path = "mailstead:mailboxes";
  const left = (deployed.onboarding?.left ?? []).map((step): Issue => {
    const { what, fix } = describeLeft(step, plan);
    const message = `left by the last pulumi up, and looked at anew by the next: ${what}`;
    return { path: "mailstead:onboarding", rule: LEFT_RULE, severity: "warning", message, fix };
  });
  const kept = goneMailboxes(plan, deployed).map((name): Issue => {
    const message = `the mailbox ${name}@${plan.domain} is no longer here, and stays on the server with its mail and password`;
    const fix = `to serve it on, put it back; to delete it: ${plan.webAddress}/en/my-account/domains/${plan.domain}/aliases`;
    return { path, rule: "mailbox-kept", severity: "warning", message, fix };
  });
  return [...left, ...kept];
};

/** Token and key of the domain go on in the zone, also where a person takes over. */
export const keepsDomainRecords: Guard = ({ config, plan }, { onboarding }) => {
  if (plan.onboarding !== undefined || onboarding === undefined || !plan.protect) return [];
  const { verification, dkim } = config.dns;
  if (verification !== undefined && dkim.some(({ selector }) => selector === DOMAIN_SELECTOR)) return [];
  const message = `${plan.domain} has the token and the key that the deploy made, and without their records nobody logs in`;
  const fix =
    `take both from the output records into dns.verification and dns.dkim (selector ${DOMAIN_SELECTOR}, use signing), or ` +
    "pulumi config set mailstead:onboarding automatic";
  return [{ path: "mailstead:onboarding", rule: "domain-records-go", severity: "error", message, fix }];
};
