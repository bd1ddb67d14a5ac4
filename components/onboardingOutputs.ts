/** What people get to know of the account and the mailboxes that the deploy makes. */
import * as pulumi from "@pulumi/pulumi";
import type { Plan, PlannedOnboarding } from "../stack/model/plan.ts";
import { slot } from "../stack/values/slots.ts";
import { bind, type SlotValues } from "./bind.ts";

/** Login of the web interface's first account. */
export interface Account {
  readonly address: string;
  readonly email: string;
  readonly password: string;
}

/** A mailbox with what a mail program is set up with, or an address that forwards. */
export type Mailbox = { readonly address: string } & (
  { readonly password: string; readonly servers: Plan["clients"] } | { readonly forwardTo: readonly string[] }
);

export interface OnboardingOutputs {
  /** Secret. */
  readonly account: pulumi.Output<Account>;
  /** In the order of the configuration. Secret. */
  readonly mailboxes: pulumi.Output<readonly Mailbox[]>;
  /** What the step on the host printed, once it has run. */
  readonly printed: pulumi.Output<string>;
}

function firstAccount(
  address: string,
  { account }: PlannedOnboarding,
  values: SlotValues,
): OnboardingOutputs["account"] {
  const password = bind([slot(account.password)], values);
  return pulumi.secret(pulumi.output({ address, email: account.email, password }));
}

function mailboxesOf(
  { mailboxes }: PlannedOnboarding,
  servers: Plan["clients"],
  values: SlotValues,
): OnboardingOutputs["mailboxes"] {
  const rows = mailboxes.map(({ address, password, forwardTo }) =>
    password === undefined
      ? { address, forwardTo }
      : { address, password: bind([slot(password)], values), servers },
  );
  return pulumi.secret(pulumi.output(rows));
}

/** @param printed what each of the last steps printed, by its role */
export function onboardingOutputs(
  { onboarding, clients, webAddress }: Pick<Plan, "onboarding" | "clients" | "webAddress">,
  values: SlotValues,
  printed: ReadonlyMap<string, pulumi.Output<string>>,
): OnboardingOutputs | undefined {
  if (onboarding === undefined) return undefined;
  return {
    account: firstAccount(webAddress, onboarding, values),
    mailboxes: mailboxesOf(onboarding, clients, values),
    printed: printed.get("onboarding") ?? pulumi.output(""),
  };
}
