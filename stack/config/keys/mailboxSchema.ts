/** Keys of the onboarding: who makes account, domain and mailboxes, and which mailboxes. */
import { z } from "zod";
import { OWN_ALIAS_NAMES } from "../../services/ownAliases.ts";
import { because, digits, filledList, text, type Fields } from "../../values/field.ts";
import { LENGTHS } from "../../values/lengths.ts";
import { readMailAddress } from "../../values/mailAddress.ts";
import { bad, good, type Reading } from "../../values/reading.ts";

/** The part of an address before the @, as upstream takes it for an alias: lower case, no `+`, `*` or quotes. */
export function readMailboxName(given: string): Reading<string> {
  const name = given.toLowerCase();
  const fix =
    "write letters and digits, with single dots, hyphens or underscores between them, such as jane.doe";
  if (name.includes("@"))
    return bad("not-a-mailbox-name", "this is a whole address", "write what is before the @");
  const isName = name.length <= LENGTHS.localPart.most && /^[a-z0-9]+([._-][a-z0-9]+)*$/.test(name);
  return isName ? good(name) : bad("not-a-mailbox-name", "this is not a name for a mailbox", fix);
}

/**
 * The password of a mailbox that is there already. Upstream refuses quotes and blanks; a backslash would not come
 * through unchanged. Nothing of it is in a message.
 *
 * @see helpers `createToken` of upstream's aliases
 */
export function readMailboxPassword(given: string): Reading<string> {
  if (/^[!-~]{8,128}$/.test(given) && !/["'`\\]/.test(given)) return good(given);
  return bad(
    "not-a-password",
    "this cannot be the password of a mailbox",
    "8 to 128 characters of ASCII, without blanks, quotes and backslashes",
  );
}

/** Keys at the top. */
export const ONBOARDING = {
  onboarding: {
    schema: z.enum(["automatic", "by-hand"]),
    meaning:
      "who makes the first account, the domain, its keys and its aliases in Forward Email: the deploy, or you in the web interface",
    fix: "set automatic or by-hand",
    default: because(
      "automatic" as const,
      "every record is known before the first up, and one up ends with mailboxes that work",
    ),
  },
} satisfies Fields;

/** Keys of one entry of `mailboxes`. */
export const MAILBOX = {
  name: {
    schema: digits(readMailboxName),
    meaning: "what is before the @ of its address",
    fix: `write what is before the @; ${OWN_ALIAS_NAMES.join(", ")} are there anyway`,
    required: true,
  },
  forwardTo: {
    schema: filledList(text(readMailAddress), 10),
    meaning: "addresses that mail goes on to, in place of a mailbox",
    fix: "list addresses, or leave it out for a mailbox",
  },
  password: {
    schema: text(readMailboxPassword),
    meaning:
      "password of a mailbox that is there already; without it one is made, for the output `mailboxes`",
    fix: "pulumi config set --secret --path 'mailstead:mailboxes[0].password'",
    secret: true,
  },
} satisfies Fields;
