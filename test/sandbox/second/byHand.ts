/**
 * Proves: mail from outside arrives by MX over both families and is read over IMAP with a verified chain; before the
 * onboarding values are set mail to people waits outside, nobody logs in, and `status` says why; after a second `up` and
 * the administrator's approval mail of people arrives outside with SPF, DKIM, DMARC and reverse names passing, and so does
 * the server's own.
 * Cannot: prove how a real provider scores the server. The mail programs on the host are stand-ins with upstream's gates.
 */
import { beforeAll, expect, test } from "vitest";
import {
  ADMIN,
  addAlias,
  addSupport,
  approveSending,
  headersOf,
  outsideInbox,
  passedOutside,
  publishOnboarding,
  readMail,
  sendFromOutside,
  signUp,
  strangerRegisters,
  submit,
} from "../../support/people.ts";
import { earlyMail } from "../../support/gate.ts";
import { DOMAIN, expectNoDrift, inside, outputs, STACK, waitFor } from "../../support/sandbox.ts";

let password = "";
/** Password of the mailbox `alice`, once it is there. */
export const alicesPassword = (): string => password;
const alias = `alice@${DOMAIN}`;

async function status(): Promise<{ code: number; text: string }> {
  const ended = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK], {
    env: { MAILSTEAD_ADMIN_EMAIL: ADMIN.email, MAILSTEAD_ADMIN_PASSWORD: ADMIN.password, NO_COLOR: "1" },
  });
  return { code: ended.code, text: `${ended.stdout}${ended.stderr}` };
}

beforeAll(async () => {
  await signUp();
  await addSupport();
  password = await addAlias("alice");
});

test("before the onboarding nobody logs in, and status says why", async () => {
  await expect(submit(alias, password, "friend@outside.test", "too early")).rejects.toThrow(
    `535 5.7.8 ${DOMAIN} has no verification record`,
  );
  await expect(readMail(alias, password, "anything")).rejects.toThrow();
  const { code, text } = await status();
  console.log(text);
  expect(code).toBe(1);
  expect(text).toContain("forward-email-site-verification=");
  expect(text).toMatch(/✗ checklist TXT fe-[0-9a-z]+\._domainkey\./);
});

const faults = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("✗"));

test("the pasted values become records by one plain up, and nothing is left to do but the approval", async () => {
  const printed = await publishOnboarding();
  console.log(printed.split("\n").slice(-12).join("\n"));
  expect(printed).toMatch(/\+ 2 created/);
  await expectNoDrift();
  const { code, text } = await status();
  console.log(text);
  expect(faults(text)).toEqual([
    `✗ sending: ${DOMAIN} is not approved for sending: logins pass, and every message is refused`,
  ]);
  expect(text).toContain(`next: approve it at https://${DOMAIN}/en/admin/domains`);
  expect(code).toBe(1);
});

test("a login passes, and the message is refused until the administrator has allowed the domain to send", async () => {
  await expect(submit(alias, password, "friend@outside.test", "not approved")).rejects.toThrow(
    `535 5.7.1 ${DOMAIN} is pending admin approval`,
  );
  await approveSending();
  const { code, text } = await status();
  expect(faults(text)).toEqual([]);
  expect(text).toContain("✓ sending");
  expect(code).toBe(0);
});

test("what was sent before the server knew the domain has waited, and arrives", async () => {
  for (const family of ["ipv4", "ipv6"] as const) {
    const subject = earlyMail(family);
    const mail = await waitFor(`"${subject}" in the mailbox`, 60, async () => {
      const answer = await readMail(alias, password, subject);
      return answer.found > 0 ? answer : undefined;
    });
    expect(mail.found).toBe(1);
  }
});

test.each(["ipv4", "ipv6"] as const)("mail in over %s by MX, read back over IMAP", async (family) => {
  const subject = `hello by ${family}`;
  await sendFromOutside(alias, subject, family);
  const mail = await waitFor(`"${subject}" in the mailbox`, 60, async () => {
    const answer = await readMail(alias, password, subject);
    return answer.found > 0 ? answer : undefined;
  });
  console.log(headersOf(mail.source));
  expect(mail.found).toBe(1);
  expect(mail.source).toContain("sent from the outside");
  expect(mail.source).toMatch(/Authentication-Results:[^]*spf=pass/);
});

test("mail out arrives with SPF, DKIM, DMARC and reverse names passing", async () => {
  await submit(alias, password, "friend@outside.test", "from the inside");
  const { addresses } = outputs();
  const message = await passedOutside("from the inside");
  expect(message.remoteAddress).toBe(addresses.ipv4);
  expect(message.dkim.every(({ selector }) => selector.startsWith("fe-"))).toBe(true);
  expect(JSON.stringify(message.iprev)).toContain("pass");
  expect(message.helo).toBe(`smtp.${DOMAIN}`);
  const subjects = (await outsideInbox()).map(({ subject }) => subject);
  expect(subjects).not.toContain("too early");
  expect(subjects).not.toContain("not approved");
});

test("the server's own mail logs in as its alias, and arrives signed by the key `default`", async () => {
  expect(JSON.parse(await strangerRegisters("friend@outside.test"))).toEqual({ message: "A PIN was sent." });
  const message = await passedOutside("Verify your e-mail address");
  expect(message.dkim.every(({ selector }) => selector === "default")).toBe(true);
});
