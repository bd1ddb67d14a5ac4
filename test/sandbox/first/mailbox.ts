/**
 * Proves: after one `pulumi up` from nothing, and before anybody has asked the web interface for anything, the mailbox of
 * the configuration is there with the output's password: mail from outside arrives in it over both families, what its owner
 * sends arrives outside with SPF, DKIM (the domain's own key of 2048 bits) and DMARC passing, another address forwards, and
 * mail of the server itself reaches the contact.
 * Cannot: prove how upstream's own image answers; the stand-in has its models' names, conditions and refusals.
 */
import { createPublicKey } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { readOnboarded } from "../../support/onboarded.ts";
import {
  arrivedMail,
  outsideInbox,
  ownAccount,
  ownMailbox,
  passedOutside,
  sendFromOutside,
  submit,
  web,
  type OwnMailbox,
} from "../../support/people.ts";
import { DOMAIN, inside, onHost, outputs, STACK, succeed, waitFor } from "../../support/sandbox.ts";

let alice: OwnMailbox;

beforeAll(async () => {
  alice = await ownMailbox("alice");
});

test("everything was made by the step, and nothing is left to a person", async () => {
  const names = ["support", "postmaster", "abuse", "dmarc", "alice", "info"];
  expect(await readOnboarded(onHost)).toMatchObject({
    made: ["account postmaster@outside.test", `domain ${DOMAIN}`, ...names.map((name) => `alias ${name}`)],
    left: [],
  });
});

test.each(["ipv4", "ipv6"] as const)("mail in over %s by MX, read back over IMAP", async (family) => {
  const subject = `hello by ${family}`;
  await sendFromOutside(alice.address, subject, family);
  const source = await arrivedMail(alice, subject);
  expect(source).toContain("sent from the outside");
  expect(source).toMatch(/Authentication-Results:[^]*spf=pass/);
});

test("mail out arrives with SPF, DKIM, DMARC and reverse names passing, signed by the domain's own key", async () => {
  await submit(alice.address, alice.password, "friend@outside.test", "from the inside");
  const message = await passedOutside("from the inside");
  expect(message.remoteAddress).toBe(outputs().addresses.ipv4);
  expect(message.helo).toBe(`smtp.${DOMAIN}`);
  expect(JSON.stringify(message.iprev)).toContain("pass");
  const selectors = new Set(message.dkim.map(({ selector }) => selector));
  expect([...selectors]).toEqual([expect.stringMatching(/^fe-/)]);
  const name = `${[...selectors][0] ?? ""}._domainkey.${DOMAIN}`;
  const text = (await succeed(["dig", "+short", "@203.0.113.3", name, "TXT"])).replaceAll(/[" \n]/g, "");
  const key = Buffer.from(/p=([^;]+)/.exec(text)?.[1] ?? "", "base64");
  const { asymmetricKeyDetails } = createPublicKey({ key, format: "der", type: "spki" });
  expect(asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 });
});

test("an address without a mailbox forwards", async () => {
  await sendFromOutside(`info@${DOMAIN}`, "to be forwarded");
  const copies = await waitFor("the forwarded copy", 90, async () => {
    const found = (await outsideInbox()).filter(({ subject }) => subject === "to be forwarded");
    return found.length > 0 ? found : undefined;
  });
  expect(copies).toHaveLength(1);
  expect(copies[0]?.spf).toBe("pass");
});

test("until here nobody had a session of the web interface", async () => {
  expect(await onHost("docker exec redis redis-cli --scan --pattern 'session:*' | wc -l\n")).toBe("0\n");
});

test("mail of the server itself reaches the contact, signed by the key `default`", async () => {
  const { email } = await ownAccount();
  await web("/forgot-password", { email });
  const message = await passedOutside("Reset your password");
  expect(message.dkim.every(({ selector }) => selector === "default")).toBe(true);
});

test("status is green, the server's own checklist included", async () => {
  const { email, password } = await ownAccount();
  const { code, stdout } = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK], {
    env: { MAILSTEAD_ADMIN_EMAIL: email, MAILSTEAD_ADMIN_PASSWORD: password, NO_COLOR: "1" },
  });
  console.log(stdout);
  expect(code).toBe(0);
  for (const part of [
    "onboarding",
    "account",
    "sending",
    "address support",
    "verification record",
    "sign-up",
  ])
    expect(stdout).toContain(`✓ ${part}: `);
  expect(stdout).toMatch(/✓ DKIM key of the domain: fe-mailstead, 2048 bits, is answered/);
  expect(stdout).toMatch(/✓ checklist TXT fe-/);
});
