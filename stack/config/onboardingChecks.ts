/** Checks on the onboarding and its mailboxes. */
import { dkimRole } from "../dns/dkim.ts";
import type { Issue } from "../model/issue.ts";
import type { MailboxConfig } from "../model/config.ts";
import { DOMAIN_SELECTOR } from "../services/domainKey.ts";
import { OWN_ALIASES } from "../services/ownAliases.ts";
import type { Fault } from "../values/reading.ts";
import type { Draft, Placed } from "./draft.ts";
import { errorAt } from "./readSection.ts";

const PATH = "mailstead:mailboxes";

/** Names that we make for every server, and names that an earlier entry has. */
function takenNames({ mailboxes, top }: Draft): Issue[] {
  const first = new Map<string, string>();
  return mailboxes.flatMap(({ value: { name }, path }) => {
    const earlier = first.get(name);
    if (earlier !== undefined) {
      const message = `${name} is at ${earlier} already`;
      return [errorAt(`${path}.name`, { rule: "duplicate-mailbox", message, fix: "remove one of the two" })];
    }
    first.set(name, path);
    if (!Object.hasOwn(OWN_ALIASES, name)) return [];
    const message = `${name} is made anyway, and its mail goes to ${top.email ?? "mailstead:email"}`;
    return [
      errorAt(`${path}.name`, { rule: "own-alias", message, fix: "remove the entry, or take another name" }),
    ];
  });
}

/** What is wrong with one entry by itself. */
function entryFault({ name, forwardTo, password }: MailboxConfig, { top, mail }: Draft): Fault | undefined {
  if (forwardTo === undefined && mail.storage === false) {
    const message = "mailstead:mail.storage is false, so nothing keeps mail here";
    return {
      rule: "no-storage",
      message,
      fix: "add forwardTo with the addresses that it goes on to, or set storage",
    };
  }
  if (forwardTo !== undefined && password !== undefined) {
    const message = "what forwards has no mailbox, and so no password";
    return { rule: "password-without-mailbox", message, fix: "remove password or forwardTo" };
  }
  if (top.domain === undefined || forwardTo?.includes(`${name}@${top.domain}`) !== true) return undefined;
  return { rule: "forwards-to-itself", message: "it forwards to itself", fix: "remove its own address" };
}

function entryFaults(draft: Draft): Issue[] {
  return draft.mailboxes.flatMap(({ value, path }: Placed<MailboxConfig>) => {
    const fault = entryFault(value, draft);
    return fault === undefined ? [] : [errorAt(path, fault)];
  });
}

/** The contact gets what the aliases of ours forward: at one of them, mail would go round. */
function contactFaults({ top: { email, domain } }: Draft): Issue[] {
  const own = Object.keys(OWN_ALIASES).find((name) => domain !== undefined && email === `${name}@${domain}`);
  if (own === undefined) return [];
  const message = `${own} forwards to this address, which is its own`;
  return [
    errorAt("mailstead:email", { rule: "contact-is-own-alias", message, fix: "set an address elsewhere" }),
  ];
}

/** The selector of the key that the plan has for the domain. */
function selectorFaults({ dkim }: Draft): Issue[] {
  return dkim.flatMap(({ value: { selector }, path }) => {
    if (dkimRole(selector) !== dkimRole(DOMAIN_SELECTOR)) return [];
    const message = `the selector ${DOMAIN_SELECTOR} is that of the key which the plan has for the domain`;
    const fix = "remove this key, or take another selector";
    return [errorAt(`${path}.selector`, { rule: "own-selector", message, fix })];
  });
}

/** Everything that does not go with who makes the mailboxes. */
export function checkOnboarding(draft: Draft): readonly Issue[] {
  const { onboarding } = draft.top;
  if (onboarding === undefined) return takenNames(draft);
  if (onboarding === "automatic") {
    return [...contactFaults(draft), ...takenNames(draft), ...entryFaults(draft), ...selectorFaults(draft)];
  }
  if (draft.mailboxes.length === 0) return [];
  const message = "nobody makes these: mailstead:onboarding is by-hand";
  const fix =
    "pulumi config set mailstead:onboarding automatic, or remove them and make them in the web interface";
  return [errorAt(PATH, { rule: "mailboxes-by-hand", message, fix }), ...takenNames(draft)];
}
