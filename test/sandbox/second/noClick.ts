/**
 * Proves: after one `up` from nothing, and nothing else, the mailbox of the configuration works: it can be read with the
 * output's password, mail from outside comes in over both families, mail goes out signed by the domain's own key with SPF,
 * DKIM and DMARC passing; a second preview has nothing to do.
 * Cannot: prove that upstream's own models do as the stand-in's.
 */
import { expect, test } from "vitest";
import {
  arrived,
  headersOf,
  mailboxOf,
  outsideInbox,
  readMail,
  sendFromOutside,
  submit,
  type Received,
} from "../../support/people.ts";
import { DOMAIN, expectNoDrift, inside, onHost, STACK, waitFor } from "../../support/sandbox.ts";

/** What the host kept of the step. */
async function kept(): Promise<{ made: string[]; found: string[]; left: unknown[] }> {
  const text = await onHost("cat /var/lib/mailstead/onboarding.json\n");
  return (JSON.parse(text) as { result: { made: string[]; found: string[]; left: unknown[] } }).result;
}

/** A message outside, with SPF, DKIM and DMARC passing. */
async function passing(subject: string): Promise<Received> {
  const message = await waitFor(`"${subject}" outside`, 90, async () =>
    (await outsideInbox()).find((received) => received.subject === subject),
  );
  console.log(JSON.stringify(message));
  expect(message).toMatchObject({ spf: "pass", dmarc: "pass" });
  return message;
}

test("everything was made by the step, and nothing is left to a person", async () => {
  const names = ["support", "postmaster", "abuse", "dmarc", "bob", "info"];
  expect(await kept()).toMatchObject({
    made: ["account postmaster@outside.test", `domain ${DOMAIN}`, ...names.map((name) => `alias ${name}`)],
    left: [],
  });
  const { stdout } = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK], {
    env: { NO_COLOR: "1" },
  });
  console.log(stdout);
  expect(stdout).toMatch(/✓ onboarding.* 6 addresses are there/);
});

test("the mailbox is read with the output's password, and nothing is in it", async () => {
  const { address, password } = await mailboxOf("bob");
  const answer = await waitFor("a login", 60, async () => {
    try {
      return await readMail(address, password, "anything");
    } catch {
      return undefined;
    }
  });
  expect(answer.found).toBe(0);
});

test.each(["ipv4", "ipv6"] as const)("mail in over %s", async (family) => {
  const mailbox = await mailboxOf("bob");
  const subject = `no click by ${family}`;
  await sendFromOutside(mailbox.address, subject, family);
  const source = await arrived(mailbox, subject);
  console.log(headersOf(source));
  expect(source).toMatch(/Authentication-Results:[^]*spf=pass/);
});

test("mail out is signed by the domain's own key", async () => {
  const { address, password } = await mailboxOf("bob");
  await submit(address, password, "friend@outside.test", "no click, from the inside");
  const { dkim } = await passing("no click, from the inside");
  expect(dkim).toContainEqual({ domain: DOMAIN, selector: "fe-mailstead", result: "pass" });
});

test("a second preview has nothing to do", async () => {
  await expectNoDrift();
});
