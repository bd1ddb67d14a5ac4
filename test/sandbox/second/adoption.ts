/**
 * Proves: on a server that its owner began by hand the deploy adopts what is there, by one `up` with the onboarding switched
 * to automatic: it makes the mailbox that is configured and the addresses that are missing, and changes no other; mailboxes
 * that are there keep every byte and their passwords. A configured password that is another one than the mailbox has is
 * named, in that `up`, in the next preview and by status, and not set. Where a model of the server is missing, nothing is
 * made, and the `up` succeeds; the next one goes on.
 * Cannot: prove it for each value that a person may change; those are tried on the models alone (onboarding.long.test.ts).
 */
import { expect, test } from "vitest";
import { readOnboarded } from "../../support/onboarded.ts";
import { arrivedMail, ownMailbox, readMail, sendFromOutside } from "../../support/people.ts";
import {
  DOMAIN,
  expectEmptyPreview,
  inside,
  onHost,
  pulumi,
  setConfigs,
  STACK,
  succeed,
  up,
} from "../../support/sandbox.ts";
import { alicesPassword } from "./byHand.ts";

const MAIL = "/root/forwardemail.net/self-hosting/sqlite-data";

/** Every file of the mailboxes by the hash of its text, but for what SQLite notes of who reads at the moment (-shm). */
const mailboxes = (): Promise<string> =>
  onHost(`find ${MAIL} -type f ! -name '*-shm' -exec sha256sum {} + | sort\n`);

test("what was begun by hand is adopted, and what is missing is made", async () => {
  const before = await mailboxes();
  await setConfigs({ "mailstead:onboarding": "automatic", "mailstead:mailboxes[0].name": "bob" });
  await up();
  expect(await readOnboarded(onHost)).toMatchObject({
    made: ["alias postmaster", "alias abuse", "alias dmarc", "alias bob"],
    found: [
      "account postmaster@outside.test, with a password of its own",
      `domain ${DOMAIN}`,
      "alias support",
    ],
    left: [],
  });
  expect(await mailboxes()).toBe(before);
  const bob = await ownMailbox("bob");
  await sendFromOutside(bob.address, "to the adopted server");
  await arrivedMail(bob, "to the adopted server");
  expect((await readMail(`alice@${DOMAIN}`, alicesPassword(), "hello by ipv4")).found).toBe(1);
  const login = await succeed([
    "pulumi",
    "stack",
    "output",
    "account",
    "--show-secrets",
    "--json",
    "--stack",
    STACK,
  ]);
  expect(Object.keys(JSON.parse(login) as object)).toEqual(["address", "email", "passwordIs"]);
  await expectEmptyPreview();
});

test("another password than a mailbox has is named, and never set", async () => {
  const before = await mailboxes();
  await setConfigs({ "mailstead:mailboxes[1].name": "alice" });
  const printed = await up();
  console.log(printed.slice(-2500));
  const told = `the mailbox alice has another password than the configuration`;
  expect(printed).toContain(told);
  expect(await mailboxes()).toBe(before);
  expect((await readMail(`alice@${DOMAIN}`, alicesPassword(), "hello by ipv4")).found).toBe(1);
  const preview = await pulumi(["preview"]);
  expect(preview.stdout).toContain(told);
  const status = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK]);
  expect(status.stdout).toContain(told);
  // The second way that it names: the password that is there, as a secret.
  await succeed(
    ["pulumi", "config", "set", "--secret", "--path", "mailstead:mailboxes[1].password", "--stack", STACK],
    { input: alicesPassword() },
  );
  // It is done in this one, which says nothing of what was left before.
  expect(await up()).not.toContain("left by the last pulumi up");
  expect((await readOnboarded(onHost)).left).toEqual([]);
  expect((await pulumi(["preview"])).stdout).not.toContain(told);
  expect(await mailboxes()).toBe(before);
});

test("models that are not as expected: nothing is changed, the up succeeds, and what is left is said until it is done", async () => {
  const before = await mailboxes();
  const [model, away] = ["/app/models/aliases.ts", "/app/models/aliases.away"];
  await onHost(`docker exec --user 999 web mv ${model} ${away}\n`);
  const told = "this release of Forward Email is not as expected: #models/aliases cannot be loaded";
  try {
    await setConfigs({ "mailstead:mailboxes[2].name": "carol" });
    expect(await up()).toContain(told);
    expect(await readOnboarded(onHost)).toMatchObject({
      made: [],
      found: [],
      left: [{ code: "unexpected" }],
    });
    expect(await mailboxes()).toBe(before);
    expect((await pulumi(["preview"])).stdout).toContain(told);
    const status = await inside(["node", "cli/mailstead.js", "status", "--stack", STACK]);
    expect(status.stdout).toContain(told);
  } finally {
    await onHost(`docker exec --user 999 web mv ${away} ${model}\n`);
  }
  await up();
  expect(await readOnboarded(onHost)).toMatchObject({ made: ["alias carol"], left: [] });
  expect(await mailboxes()).toBe(before);
});
