/** What people get to know of the account and the mailboxes that the deploy makes. */
import * as pulumi from "@pulumi/pulumi";
import type { Plan, PlannedOnboarding } from "../stack/model/plan.ts";
import { slot } from "../stack/values/slots.ts";
import { bind, type SlotValues } from "./bind.ts";

/** Login of the web interface's first account. Who made the account before the deploy alone knows its password. */
export type Account = { readonly address: string; readonly email: string } & (
  | { readonly password: string }
  | { readonly passwordIs: string }
);

const ADOPTED = "the one that its owner set: the deploy leaves an account that is there as it is";

/** A mailbox with what a mail program is set up with, or an address that forwards. */
export type Mailbox = { readonly address: string } & (
  | { readonly password: string; readonly servers: Plan["clients"] }
  | { readonly forwardTo: readonly string[] }
);

export interface OnboardingOutputs {
  /** Secret. @param isAdopted it was there, with a password of its own */
  readonly account: (isAdopted: boolean) => pulumi.Output<Account>;
  /** In the order of the configuration. Secret. */
  readonly mailboxes: pulumi.Output<readonly Mailbox[]>;
  /** What the step on the host printed, once it has run. */
  readonly printed: pulumi.Output<string>;
}

function firstAccount(
  address: string,
  { account: { email, password } }: PlannedOnboarding,
  values: SlotValues,
): OnboardingOutputs["account"] {
  return (isAdopted) =>
    pulumi.secret(
      pulumi.output(
        isAdopted
          ? { address, email, passwordIs: ADOPTED }
          : { address, email, password: bind([slot(password)], values) },
      ),
    );
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
