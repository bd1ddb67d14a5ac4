/**
 * Proves: mail from outside arrives by MX over both families and is read over IMAP with a verified chain; before the
 * onboarding values are set mail to people waits outside, and mail of people does not leave and `status` says why; after a second `up` it arrives
 * outside with SPF, DKIM, DMARC and reverse names passing; only the allowed ports answer from outside.
 * Cannot: prove how a real provider scores the server. The mail programs on the host are stand-ins with upstream's gates.
 */
import { beforeAll, expect, test } from "vitest";
import {
  ADMIN,
  addAlias,
  headersOf,
  outsideInbox,
  publishOnboarding,
  readMail,
  sendFromOutside,
  signUp,
  submit,
} from "../../support/people.ts";
import { earlyMail } from "../../support/gate.ts";
import { DOMAIN, expectNoDrift, inside, onHost, outputs, succeed, waitFor } from "../../support/sandbox.ts";

let password = "";
const alias = `alice@${DOMAIN}`;

async function status(): Promise<{ code: number; text: string }> {
  const ended = await inside(["node", "cli/mailstead.js", "status", "--stack", "dev"], {
    env: { MAILSTEAD_ADMIN_EMAIL: ADMIN.email, MAILSTEAD_ADMIN_PASSWORD: ADMIN.password, NO_COLOR: "1" },
  });
  return { code: ended.code, text: `${ended.stdout}${ended.stderr}` };
}

/** Why the queue let a message of a user wait, as the process that sends has logged it; the test sends no other. */
async function heldTry(): Promise<string | undefined> {
  const lines = (await onHost("docker logs smtp_bree 2>&1\n"))
    .split("\n")
    .filter((line) => line.startsWith("{"));
  return lines
    .map((line) => JSON.parse(line) as { event: string; kind?: string; reason?: string })
    .find(({ event, kind, reason }) => event === "queued" && kind === "user" && reason !== undefined)?.reason;
}

beforeAll(async () => {
  await signUp();
  password = await addAlias("alice");
});

test("before the onboarding, mail of people waits and status says why", async () => {
  await submit(alias, password, "friend@outside.test", "too early");
  const held = await waitFor("a try of the queue that was held", 30, heldTry);
  console.log(`held: ${held}`);
  expect(held).toContain(`VERIFICATION: ${DOMAIN} needs exactly the one TXT`);
  const { code, text } = await status();
  console.log(text);
  expect(code).toBe(1);
  expect(text).toContain("forward-email-site-verification=");
  expect(text).toMatch(/✗ checklist TXT fe-[0-9a-z]+\._domainkey\.example\.com/);
  expect((await outsideInbox()).map(({ subject }) => subject)).not.toContain("too early");
});

test("the pasted values become records by one plain up, and nothing is left to do", async () => {
  const printed = await publishOnboarding();
  console.log(printed.split("\n").slice(-12).join("\n"));
  expect(printed).toMatch(/\+ 2 created/);
  await expectNoDrift();
  const { code, text } = await status();
  console.log(text);
  expect(text).not.toContain("✗");
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
  for (const subject of ["from the inside", "too early"]) {
    const message = await waitFor(`"${subject}" outside`, 90, async () =>
      (await outsideInbox()).find((received) => received.subject === subject),
    );
    console.log(JSON.stringify(message));
    expect(message.remoteAddress).toBe(addresses.ipv4);
    expect(message.spf).toBe("pass");
    expect(message.dkim).toContainEqual(expect.objectContaining({ domain: DOMAIN, result: "pass" }));
    expect(message.dkim.every(({ selector }) => selector.startsWith("fe-"))).toBe(true);
    expect(message.dmarc).toBe("pass");
    expect(JSON.stringify(message.iprev)).toContain("pass");
    expect(message.helo).toBe(`smtp.${DOMAIN}`);
  }
});

test("nothing but the allowed ports answers from outside, on both families", async () => {
  const listening = (await onHost("ss -Hltn | awk '{ print $4 }' | sed 's/.*://' | sort -un\n"))
    .trim()
    .split("\n");
  const ports = [
    ...new Set([...listening, "21", "22", "53", "80", "110", "143", "587", "2525", "8080", "27017", "6379"]),
  ];
  expect(listening).toContain("27017");
  const { addresses } = outputs();
  for (const address of [addresses.ipv4, addresses.ipv6]) {
    const open = JSON.parse(
      await succeed(["node", "sandbox/client/portScan.ts", address, ...ports]),
    ) as number[];
    console.log(`${address}: of ${String(ports.length)} ports tried, open ${open.join(" ")}`);
    // 80 is allowed and nothing listens there, so it answers with a refusal.
    expect(open.toSorted((a, b) => a - b)).toEqual([22, 25, 80, 443, 465, 993, 995]);
  }
});
