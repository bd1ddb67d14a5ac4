/**
 * What the onboarding found and could not or would not do, by the words that its program prints: `left CODE ABOUT`. Said in
 * the `up`, in the next preview and by `mailstead status`.
 */
import { COMMAND } from "../values/command.ts";

/** One thing that is left to a person. */
export interface LeftStep {
  readonly code: string;
  /** What it is about, one line: a mailbox, an account, a part of upstream's code. May be empty. */
  readonly about: string;
}

/** Where a person goes on. */
export interface LeftWhere {
  readonly domain: string;
  readonly webAddress: string;
}

interface Words {
  readonly what: (about: string, where: LeftWhere) => string;
  readonly fix: (about: string, where: LeftWhere) => string;
}

const BY_HAND = "nothing was changed; go on by hand: docs/guides/by-hand.md";

/** Runs the step once more, also where its last run left nothing to do. */
export const RUN_AGAIN = "pulumi up --replace '**::step-onboarding'";

const atAdmin = (_: string, { webAddress }: LeftWhere): string =>
  `look at ${webAddress}/en/admin/domains, and run pulumi up again`;

const WORDS: Readonly<Record<string, Words>> = {
  unexpected: {
    what: (about) => `this release of Forward Email is not as expected: ${about}`,
    fix: () => BY_HAND,
  },
  environment: {
    what: (about) => `the container web does not run with our .env: ${about}`,
    fix: () => `${COMMAND} status says what its containers lack; then pulumi up`,
  },
  failed: {
    what: (about) => `it stopped: ${about}`,
    fix: () => "pulumi up tries again, and goes on from there",
  },
  refused: {
    what: (about) => `the server refuses ${about}`,
    fix: () => "mend what it names, and run pulumi up again",
  },
  "weak-password": {
    what: (about) => `the server calls the password of ${about} weak`,
    fix: () => "set another as its password in mailstead:mailboxes, and run pulumi up again",
  },
  denylisted: {
    what: (about) => `the server has ${about} on its list of addresses that it takes no account of`,
    fix: () => "set another address as mailstead:email",
  },
  "account-unverified": {
    what: (about) => `the account ${about} has not verified its address: nobody of it can log in`,
    fix: (_, { webAddress }) => `log in at ${webAddress}, and type the code that it sends`,
  },
  "account-refused": {
    what: (about) => `the account ${about} is banned, or its plan is over: no mailbox of it can log in`,
    fix: (_, { webAddress }) => `look at ${webAddress}/en/admin/users`,
  },
  "domain-of-others": {
    what: (about, { domain }) =>
      `${domain} is held by another account, and ${about} is no administrator of it`,
    fix: () =>
      "set mailstead:email to that account's address, or add the account to the domain as its administrator",
  },
  "domain-token": {
    what: (about, { domain }) =>
      `${domain} has another verification token, ${about}, than the zone: nobody can log in`,
    fix: (about) => `pulumi config set --path mailstead:dns.verification ${about} && pulumi up`,
  },
  "domain-key": {
    what: (about, { domain }) => `${domain} signs with a key that the zone does not have: ${about}`,
    fix: (_, { webAddress, domain }) =>
      `copy selector and key from ${webAddress}/en/setup/dns/${domain} to mailstead:dns.dkim, and run pulumi up`,
  },
  "domain-not-approved": {
    what: (_, { domain }) =>
      `${domain} is not approved for sending: logins pass, and every message is refused`,
    fix: (_, { webAddress }) => `approve it at ${webAddress}/en/admin/domains`,
  },
  "domain-suspended": {
    what: (_, { domain }) => `the server has suspended sending for ${domain}: every message is refused`,
    fix: atAdmin,
  },
  "domain-closed": {
    what: (about, { domain }) => `${domain} lets nobody log in: ${about}`,
    fix: atAdmin,
  },
  "mailbox-password": {
    what: (about) => `the mailbox ${about} has another password than the configuration`,
    fix: (about) =>
      `it encrypts the mailbox, so it stays. Change it with the old one: ${COMMAND} mailbox password ${about}; or take the ` +
      "one that is there into mailstead:mailboxes as its password (a secret)",
  },
  "support-password": {
    what: (about) =>
      `the address ${about} has another password than the server logs in with: its own mail does not leave`,
    fix: (about, { webAddress, domain }) =>
      `${COMMAND} mailbox password ${about}; or delete it at ${webAddress}/en/my-account/domains/${domain}/aliases, and run pulumi up`,
  },
  "mailbox-without-password": {
    what: (about) => `the address ${about} is there and has no password`,
    fix: (_, { webAddress, domain }) =>
      `generate one at ${webAddress}/en/my-account/domains/${domain}/aliases, and take it into mailstead:mailboxes`,
  },
  "alias-missing": {
    what: (about) =>
      about === "support"
        ? `the address ${about} is not there: the server's own mail does not leave`
        : `the address ${about} is not there: mail to it is refused`,
    fix: () => RUN_AGAIN,
  },
  "alias-differs": {
    what: (about) => `the address ${about} is not as configured: its mail goes elsewhere`,
    fix: (_, { webAddress, domain }) =>
      `change it at ${webAddress}/en/my-account/domains/${domain}/aliases, or in mailstead:mailboxes`,
  },
  "alias-off": {
    what: (about) => `the address ${about} is switched off`,
    fix: (_, { webAddress, domain }) =>
      `switch it on at ${webAddress}/en/my-account/domains/${domain}/aliases`,
  },
  "no-answer": {
    what: (about) => `the program in the container web ended without an answer (${about})`,
    fix: () => "pulumi up tries again; what it still does not do goes by hand: docs/guides/by-hand.md",
  },
};

const UNKNOWN: Words = {
  what: (about) => about,
  fix: () => "pulumi up tries again",
};

/** What is left, as a sentence without its end, and what to do. */
export function describeLeft(
  { code, about }: LeftStep,
  where: LeftWhere,
): { readonly what: string; readonly fix: string } {
  const { what, fix } = WORDS[code] ?? UNKNOWN;
  return { what: what(about, where), fix: fix(about, where) };
}

/** Codes that have words of their own. */
export const LEFT_CODES = Object.keys(WORDS);

/** Whether the account has another password than the one that was made for it, from what the step printed. */
export function hasOwnPassword(printed: string): boolean {
  return /^found account \S+, with a password of its own$/m.test(printed);
}

/** What is left, from what the step printed. */
export function readLeft(printed: string): readonly LeftStep[] {
  return printed.split("\n").flatMap((line) => {
    const [, code, about = ""] = /^left ([a-z-]+)(?: (.*))?$/.exec(line) ?? [];
    return code === undefined ? [] : [{ code, about }];
  });
}
