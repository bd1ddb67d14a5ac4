/**
 * The onboarding that the deploy does: account, domain and aliases, made on the host by the mail server's own models, and
 * the values that they are made with.
 *
 * What is there already is never changed by it, so it can run again at any time.
 */
import type { Config, MailboxConfig } from "../model/config.ts";
import type {
  GeneratedValue,
  PlannedFile,
  PlannedOnboarding,
  PlannedStep,
  PlannedMailbox,
} from "../model/plan.ts";
import { script } from "../host/files.ts";
import { SCRIPTS } from "../host/paths.ts";
import { DOMAIN_SELECTOR } from "../services/domainKey.ts";
import { OWN_ALIAS_NAMES } from "../services/ownAliases.ts";
import { slot, slotOf, type Slot, type Template } from "../values/slots.ts";

const PASSWORD_LENGTH = 24;
/** Upstream takes letters and digits; its own tokens have 10 of them. */
const TOKEN_BYTES = 10;

/** The password of a mailbox, under a name of the state that stays the same. */
function mailboxPassword(name: string): GeneratedValue {
  return {
    kind: "password",
    role: `mailbox-${name}`,
    slot: slotOf("mailboxPassword", name),
    length: PASSWORD_LENGTH,
  };
}

/** Values of every server that the deploy brings up whole; each is made also where one that is given takes its place. */
const OF_ACCOUNT_AND_DOMAIN: readonly GeneratedValue[] = [
  { kind: "token", role: "site-verification-token", slot: "siteVerification", bytes: TOKEN_BYTES },
  {
    kind: "rsa-key",
    role: "domain-dkim-key",
    bits: 2048,
    publicSlot: "domainDkimPublicKey",
    privateSlot: "domainDkimPrivateKey",
  },
  { kind: "password", role: "account-password", slot: "accountPassword", length: PASSWORD_LENGTH },
];

/** Values that are made once, and kept. @param mailboxes names of those with a mailbox of their own */
export function valuesFor(mailboxes: readonly string[]): readonly GeneratedValue[] {
  return [...OF_ACCOUNT_AND_DOMAIN, ...mailboxes.map(mailboxPassword)];
}

/** Names that have a mailbox by the plan. */
export function mailboxNames(onboarding: PlannedOnboarding): readonly string[] {
  return onboarding.mailboxes.flatMap(({ name, password }) => (password === undefined ? [] : [name]));
}

function planMailbox({ name, forwardTo }: MailboxConfig, domain: string): PlannedMailbox {
  const address = `${name}@${domain}`;
  return forwardTo === undefined
    ? { name, address, password: slotOf("mailboxPassword", name) }
    : { name, address, forwardTo };
}

/** What is made; nothing where a person does it. */
export function planOnboarding(config: Config): PlannedOnboarding | undefined {
  if (config.onboarding === "by-hand") return undefined;
  const { domain, contact, mailboxes } = config;
  return {
    account: { email: contact, password: "accountPassword" },
    mailboxes: mailboxes.map((mailbox) => planMailbox(mailbox, domain)),
  };
}

/** A value that becomes JSON; what is known later stands in it as a slot. */
type LateJson =
  | string
  | boolean
  | Slot
  | readonly LateJson[]
  | { readonly [key: string]: LateJson | undefined };

function isSlot(value: object): value is Slot {
  return Object.hasOwn(value, "slot");
}

/** JSON with slots as texts. No value that fills one has a character that JSON would escape. */
function lateJson(value: LateJson): Template {
  if (typeof value !== "object") return [JSON.stringify(value)];
  const between = (parts: readonly Template[]): Template =>
    parts.flatMap((part, index) => (index === 0 ? part : [",", ...part]));
  if (Array.isArray(value)) return ["[", ...between((value as readonly LateJson[]).map(lateJson)), "]"];
  if (isSlot(value)) return ['"', value, '"'];
  const entries = Object.entries(value as Readonly<Record<string, LateJson | undefined>>);
  const fields = entries.flatMap(([key, item]) =>
    item === undefined ? [] : [[`${JSON.stringify(key)}:`, ...lateJson(item)]],
  );
  return ["{", ...between(fields), "}"];
}

/** Aliases in the order in which they are made: the server's own sender first, mailboxes of people last. */
function listAliases({ contact, mailboxes }: Config): LateJson {
  const own = OWN_ALIAS_NAMES.map((name) => ({
    name,
    forwardTo: [contact],
    isOurs: true,
    password: name === "support" ? slot("smtpTransportPassword") : undefined,
  }));
  const people = mailboxes.map(({ name, forwardTo }) =>
    forwardTo === undefined ? { name, password: slot(slotOf("mailboxPassword", name)) } : { name, forwardTo },
  );
  return [...own, ...people];
}

/** What the script on the host is told. Holds secrets: it travels by standard input. */
function onboardingSettings(config: Config): Template {
  const { domain, contact, dns } = config;
  const ours = { selector: DOMAIN_SELECTOR, publicKey: slot("domainDkimPublicKey") };
  const given = dns.dkim.map(({ selector, publicKey }) => ({ selector, publicKey }));
  return lateJson({
    webHost: domain,
    keyDigest: slot("helperKeyDigest"),
    account: { email: contact, password: slot("accountPassword") },
    domain: {
      name: domain,
      token: dns.verification ?? slot("siteVerification"),
      ...ours,
      privateKey: slot("domainDkimPrivateKey"),
      published: [ours, ...given],
    },
    aliases: listAliases(config),
  });
}

/** Pieces of the program that runs in the container, in their order. */
const PIECES = ["onboarding-guard", "onboarding-look", "onboarding-make", "onboarding"] as const;

/** The program, and the script that takes it into the container. */
export function onboardingFiles({ onboarding }: Config): readonly PlannedFile[] {
  if (onboarding === "by-hand") return [];
  const pieces = PIECES.map((piece): PlannedFile => {
    const asset = `${piece}.cjs`;
    return { role: `${piece}-program`, path: `${SCRIPTS}/${asset}`, mode: "0644", content: { asset } };
  });
  return [script("onboarding-script", "onboarding.sh"), ...pieces];
}

/** The step; it comes after all containers, and before port 25 may open. */
export function onboardingSteps(config: Config): readonly PlannedStep[] {
  if (config.onboarding === "by-hand") return [];
  return [
    {
      role: "onboarding",
      command: `${SCRIPTS}/onboarding.sh`,
      input: onboardingSettings(config),
      run: 1,
      files: onboardingFiles(config).map(({ role }) => role),
      after: [],
      timeoutSeconds: 300,
    },
  ];
}
