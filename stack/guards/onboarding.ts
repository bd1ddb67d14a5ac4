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
  const isOver = plan.onboarding === undefined;
  if (isOver && deployed.onboarding === undefined) return plan;
  const again = (step: PlannedStep): PlannedStep =>
    step.run === undefined ? step : { ...step, run: nextRun(deployed) };
  const names = [...planned(plan), ...(plan.protect ? goneMailboxes(plan, deployed) : [])];
  const generated = isOver && !plan.protect ? [] : valuesFor(names);
  return { ...plan, lastSteps: plan.lastSteps.map(again), generated };
}

/** What is known of it as soon as a run has begun. */
export function begunOnboarding(plan: Plan, before: Deployed): DeployedOnboarding | undefined {
  if (plan.onboarding === undefined) return before.onboarding;
  const mailboxes = [...planned(plan), ...(plan.protect ? goneMailboxes(plan, before) : [])];
  return { run: nextRun(before), mailboxes, left: before.onboarding?.left ?? [] };
}

/** Says in each preview what is left to a person, and which mailboxes are kept. */
export const tellsOnboarding: Guard = ({ plan }, deployed) => {
  if (plan.onboarding === undefined) return [];
  const path = "mailstead:mailboxes";
  const left = (deployed.onboarding?.left ?? []).map((step): Issue => {
    const { what, fix } = describeLeft(step, plan);
    return { path: "mailstead:onboarding", rule: "onboarding-left", severity: "warning", message: what, fix };
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
