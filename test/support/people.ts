/** What people do with the server: sign up, add the domain, make aliases, send and read. */
import { join } from "node:path";
import { expect } from "vitest";
import { addresses } from "../../sandbox/groundPlan.ts";
import { runFolder } from "./printed.ts";
import { askInside } from "./lineProgram.ts";
import { secretOutput } from "./secretOutput.ts";
import { requestInside } from "./requestInside.ts";
import { DOMAIN, onHost, setConfig, STACK, succeed, up, waitFor } from "./sandbox.ts";

/** Who signs up is who the configuration says is responsible. */
export const ADMIN = { email: "postmaster@outside.test", password: "correct horse battery staple" };

/** A line of the server's own checklist. */
export interface ChecklistItem {
  readonly type: string;
  readonly name: string;
  readonly expected: string;
  readonly pass: boolean;
  readonly required: boolean;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** First login, from the stack's secret output. */
export async function firstLogin(): Promise<Login> {
  return (await secretOutput("login")) as Login;
}

/** A mailbox that the deploy made. */
export interface OwnMailbox {
  readonly address: string;
  readonly password: string;
}

/** Mailboxes of the stack's secret output, those that have a password. */
export async function ownMailboxes(): Promise<readonly OwnMailbox[]> {
  const all = (await secretOutput("mailboxes")) as Partial<OwnMailbox>[];
  return all.filter((one): one is OwnMailbox => one.password !== undefined);
}

/** One of them, by the part before the @. */
export async function ownMailbox(name: string): Promise<OwnMailbox> {
  const found = (await ownMailboxes()).find(({ address }) => address === `${name}@${DOMAIN}`);
  if (found === undefined) throw new Error(`the stack has no mailbox ${name}`);
  return found;
}

/** The web interface's first account, as the deploy made it. */
export async function ownAccount(): Promise<{ email: string; password: string }> {
  return (await secretOutput("account")) as { email: string; password: string };
}

/** A mail program outside (sandbox/client/mailProgram.ts). */
export function mailProgram(request: object, limitSeconds = 60): Promise<unknown> {
  return askInside("mailProgram.ts", request, limitSeconds);
}

/** A call to the web interface. */
interface Call {
  readonly path: string;
  /** Sent as a form; without, the page is asked for. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly domain: string;
  /** Login of the gate. */
  readonly gate: Login;
  /** File of the session. */
  readonly jar: string;
}

/**
 * Makes one, below the locale, as a browser that names itself not: the server keeps no session for programs. Secrets travel
 * by standard input.
 */
export async function callWeb({ path, fields, domain, gate, jar }: Call): Promise<string> {
  const lines = [
    `url = "https://${domain}/en${path}"`,
    `user = "${gate.username}:${gate.password}"`,
    'user-agent = ""',
    'header = "Accept: application/json"',
    `cookie = "${jar}"`,
    `cookie-jar = "${jar}"`,
    ...(fields === undefined ? [] : [`data = "${new URLSearchParams(fields).toString()}"`]),
  ];
  return succeed(
    ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "60", "--config", "-"],
    {
      input: `${lines.join("\n")}\n`,
    },
  );
}

/** One call to this server, by default as its administrator. */
export async function web(
  path: string,
  fields?: Readonly<Record<string, string>>,
  who = "administrator",
): Promise<string> {
  const jar = join(runFolder, `cookies-${STACK}-${who}`);
  return callWeb({
    ...{ path, domain: DOMAIN, gate: await firstLogin(), jar },
    ...(fields === undefined ? {} : { fields }),
  });
}

/** Reads the server's own checklist for the domain. */
export async function checklist(): Promise<ChecklistItem[]> {
  const answer = JSON.parse(await web(`/setup/dns/${DOMAIN}`)) as { checklist: ChecklistItem[] };
  return answer.checklist;
}

/** Registers the administrator, has the e-mail address verified, and adds the domain. */
export async function signUp(): Promise<void> {
  await web("/register", ADMIN);
  // As no alias can send it yet, the mail with the PIN fails, and the address counts as verified.
  await web("/verify");
  await web("/my-account/domains", { domain: DOMAIN });
}

/** As the administrator, allows the domain to send. */
export async function approveSending(): Promise<void> {
  const { domains } = JSON.parse(await web("/admin/domains")) as { domains: { id: string; name: string }[] };
  const id = domains.find(({ name }) => name === DOMAIN)?.id ?? "";
  await web(`/admin/domains/${id}`, { has_smtp: "true" });
}

/** Makes an alias with a mailbox and returns its password: the given one, or one that the server makes. */
export async function addAlias(name: string, wanted?: string): Promise<string> {
  const aliases = `/my-account/domains/${DOMAIN}/aliases`;
  await web(aliases, { name, has_imap: "true" });
  const fields: Record<string, string> = wanted === undefined ? {} : { new_password: wanted };
  const made = JSON.parse(await web(`${aliases}/${name}/generate-password`, fields)) as { password: string };
  return made.password;
}

/** Makes the alias by which the server sends its own mail, with the password that it logs in with. */
export async function addSupport(): Promise<void> {
  const env = "/root/forwardemail.net/self-hosting/.env";
  await addAlias(
    "support",
    (await onHost(`sed -n 's/^SMTP_TRANSPORT_PASS=//p' ${env} | tr -d '"'\n`)).trim(),
  );
}

/** A stranger registers; the server mails a PIN. */
export async function strangerRegisters(email: string): Promise<string> {
  await web("/register", { email, password: "staple battery horse correct" }, "stranger");
  return web("/verify", undefined, "stranger");
}

/**
 * Lets the resolvers forget what they hold, the sandbox's and the host's own: it stands for the TTL (300 s)
 * that a new record of an existing set needs until everyone sees it.
 */
export async function letCachesExpire(): Promise<void> {
  const resolver = join(runFolder, "dns/resolver/unbound.conf");
  await succeed(["unbound-control", "-c", resolver, "flush_zone", DOMAIN]);
  await onHost("resolvectl flush-caches\n");
}

/** Pastes what the checklist asks for, runs one plain `up` and waits until the server sees all of it. */
export async function publishOnboarding(): Promise<string> {
  await pasteOnboarding(await checklist());
  const printed = await up();
  await letCachesExpire();
  await waitFor("the server's checklist to pass", 60, async () =>
    (await checklist()).every(({ pass, required }) => pass || !required),
  );
  await web(`/my-account/domains/${DOMAIN}/verify-smtp`, {});
  return printed;
}

/** Pastes the two values of the onboarding into the configuration, from the server's checklist. */
export async function pasteOnboarding(items: readonly ChecklistItem[]): Promise<void> {
  const verification = items.find(({ expected }) => expected.startsWith("forward-email-site-verification="));
  const dkim = items.find(({ name }) => name.includes("._domainkey."));
  if (verification === undefined || dkim === undefined)
    throw new Error("the checklist lacks a value to paste");
  await setConfig("mailstead:dns.verification", verification.expected.replace(/^.*=/, ""));
  await setConfig("mailstead:dns.dkim[0].selector", dkim.name.replace(/\._domainkey\..*$/, ""));
  await setConfig("mailstead:dns.dkim[0].publicKey", dkim.expected.replace(/^.*p=/, "").replace(/;$/, ""));
}

/** Submits a message as an alias, to the server of its domain. */
export async function submit(user: string, password: string, to: string, subject: string): Promise<void> {
  const request = {
    do: "send",
    host: `smtp.${user.slice(user.indexOf("@") + 1)}`,
    user,
    password,
    to,
    subject,
    text: "sent from the inside",
  };
  await mailProgram(request);
}

/** Reads the newest message of a subject over IMAP; the certificate is verified. */
export async function readMail(
  user: string,
  password: string,
  subject: string,
): Promise<{ found: number; source?: string }> {
  const request = { do: "read", host: `imap.${DOMAIN}`, user, password, subject };
  return (await mailProgram(request)) as { found: number; source?: string };
}

async function inMailbox(mailbox: OwnMailbox, request: object): Promise<unknown> {
  const { address: user, password } = mailbox;
  return mailProgram({ ...request, host: `imap.${DOMAIN}`, user, password }, 120);
}

/** Has somebody outside write messages, each to all of the mailboxes; returns how many were taken, each copy counted. */
export async function fillMailboxes(mailboxes: readonly OwnMailbox[], count: number): Promise<number> {
  const to = mailboxes.map(({ address }) => address);
  const { ipv4: localAddress } = addresses.outside;
  const request = { do: "fill", host: `mx.${DOMAIN}`, from: "friend@outside.test", localAddress, to, count };
  return ((await mailProgram(request, 180)) as { accepted: number }).accepted;
}

/** SHA-256 of every message of a mailbox, sorted. */
export async function hashMailbox(mailbox: OwnMailbox): Promise<readonly string[]> {
  return (await inMailbox(mailbox, { do: "hash" })) as string[];
}

/** A message of a folder. */
export interface ShownMail {
  /** SHA-256 of its source. */
  readonly hash: string;
  readonly flags: readonly string[];
  /** When it came, ISO 8601. */
  readonly date: string;
}

/** Messages of a folder, in their order. Fails where there is no such folder. */
export async function showFolder(mailbox: OwnMailbox, folder: string): Promise<readonly ShownMail[]> {
  return (await inMailbox(mailbox, { do: "show", folder })) as ShownMail[];
}

/** Puts a message into a folder, as a mail program does with what was sent. */
export async function putMail(
  mailbox: OwnMailbox,
  fields: { folder: string; source: string; flags: readonly string[]; date: string },
): Promise<void> {
  expect(await inMailbox(mailbox, { do: "put", ...fields })).toEqual({ put: true });
}

/** Deletes so many of the oldest messages of the INBOX. */
export async function deleteMail(mailbox: OwnMailbox, count: number): Promise<void> {
  expect(await inMailbox(mailbox, { do: "delete", count })).toEqual({ deleted: true });
}

/** Waits until a message is in a mailbox; returns its source. */
export async function arrivedMail(mailbox: OwnMailbox, subject: string, limitSeconds = 90): Promise<string> {
  const mail = await waitFor(`"${subject}" in the mailbox`, limitSeconds, async () => {
    const answer = await readMail(mailbox.address, mailbox.password, subject);
    return answer.found > 0 ? answer : undefined;
  });
  console.log(headersOf(mail.source));
  if (mail.found !== 1) throw new Error(`"${subject}" is there ${String(mail.found)} times`);
  return mail.source ?? "";
}

/** The headers by which a message that was read tells its way, to be printed. */
export function headersOf(source = ""): string {
  const [head = ""] = source.split(/\r?\n\r?\n/);
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  return lines.filter((line) => /^(Received|Authentication-Results|From|To|Subject):/i.test(line)).join("\n");
}

/** A message at the outside host. */
export interface Received {
  readonly id: string;
  readonly from: string;
  readonly subject: string;
  readonly remoteAddress: string;
  readonly helo: string;
  readonly spf: string;
  readonly dkim: readonly { domain: string; selector: string; result: string }[];
  readonly dmarc: string;
  readonly iprev: unknown;
}

const CONTROL = "http://127.0.0.1:8103";

/** Sends from the outside host's queue. */
export async function sendFromOutside(to: string, subject: string, family?: "ipv4" | "ipv6"): Promise<void> {
  const message = { from: "friend@outside.test", to, subject, text: "sent from the outside", family };
  await requestInside({ method: "POST", url: `${CONTROL}/send`, body: JSON.stringify(message) });
}

/** Messages that arrived outside. */
export async function outsideInbox(): Promise<Received[]> {
  return JSON.parse(await requestInside({ method: "GET", url: `${CONTROL}/inbox` })) as Received[];
}

/**
 * A domain's message of a subject, once it is outside. @throws unless a receiver would find SPF and DMARC passing, and a passing
 * signature of the domain
 */
export async function passedOutside(subject: string, limitSeconds = 90, domain = DOMAIN): Promise<Received> {
  const message = await waitFor(`"${subject}" outside`, limitSeconds, async () =>
    (await outsideInbox()).find(
      (received) => received.subject === subject && received.from.endsWith(`.${domain}`),
    ),
  );
  console.log(JSON.stringify(message));
  const isSigned = message.dkim.some((one) => one.domain === domain && one.result === "pass");
  if (message.spf !== "pass" || message.dmarc !== "pass" || !isSigned)
    throw new Error(`a receiver would not trust it: ${JSON.stringify(message)}`);
  return message;
}

/** A message in the outside host's queue, also when it left long ago. */
export interface Outgoing {
  readonly to: string;
  readonly subject: string;
  readonly state: "queued" | "sent" | "failed";
  readonly attempts: number;
  readonly reason: string;
}

/** The outside host's queue. */
export async function outsideQueue(): Promise<Outgoing[]> {
  return JSON.parse(await requestInside({ method: "GET", url: `${CONTROL}/queue` })) as Outgoing[];
}

/** Messages to this domain that were refused for good; their sender has had them back. */
export async function refusedForGood(): Promise<Outgoing[]> {
  return (await outsideQueue()).filter(({ to, state }) => to.endsWith(`@${DOMAIN}`) && state === "failed");
}

/** The last message of this subject in the outside host's queue, once it was tried. */
export async function triedOutside(subject: string): Promise<Outgoing | undefined> {
  return (await outsideQueue()).findLast((message) => message.subject === subject && message.attempts > 0);
}
