/** Mailboxes by the names that people give them, and the passwords that the stack has for some. */
import { mailboxNames } from "../../stack/mail/onboarding.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { OWN_ALIAS_NAMES } from "../../stack/services/ownAliases.ts";
import { slotOf, type SlotName } from "../../stack/values/slots.ts";

/** What is before the @, of a name or an address of the stack's domain. */
export function mailboxName(given: string, { domain }: Plan): string {
  return given.toLowerCase().replace(`@${domain}`, "");
}

/** Where the stack has the password of a mailbox; undefined where it has none. */
export function passwordSlot(name: string, { onboarding }: Plan): SlotName | undefined {
  if (onboarding === undefined) return undefined;
  if (name === OWN_ALIAS_NAMES[0]) return "smtpTransportPassword";
  return mailboxNames(onboarding).includes(name) ? slotOf("mailboxPassword", name) : undefined;
}
