/**
 * Proves: the whole program with the onboarding of the deploy: what it makes once and keeps, the step after the containers and
 * the gate after the step, the secret outputs; what the last `up` left runs it again and is told; mailboxes that left the
 * configuration keep their passwords, and so do all values when a person takes over.
 * Cannot prove: that the step works; the tests of its program and the sandbox do.
 */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { givenValues } from "../../components/given.ts";
import { deployedText } from "../../stack/guards/deployed.ts";
import { configOf, planOf } from "../unit/stack/support/planOf.ts";
import { dkimKey, rawWith, type Raw } from "../unit/stack/support/validRaw.ts";
import { declareSmall, valueOf, ZONE_ID } from "./support/declareSmall.ts";
import { find, ofType } from "./support/find.ts";
import { runProgram, type ProgramRun } from "./support/wholeProgram.ts";

const MAILBOXES = [{ name: "you" }, { name: "info", forwardTo: ["you@example.net"] }];
const RAW = rawWith({ onboarding: "automatic", mailboxes: MAILBOXES, "dns.zoneId": ZONE_ID });

function lastUp(onboarding: object, raw: Raw = RAW): Promise<ProgramRun> {
  const deployed = { domain: "example.com", onboarding };
  return runProgram(raw, { deployed: deployedText(deployed as Parameters<typeof deployedText>[0]) });
}

const passwords = (run: ProgramRun): string[] => ofType(run, "RandomPassword").map(({ name }) => name);

const run = await declareSmall({}, planOf(RAW), { zoneId: ZONE_ID });

describe("what is declared", () => {
  test("token, key and passwords are of the identity, and protected with it", () => {
    expect(run.errors).toEqual([]);
    const made = [
      ...["account-password", "mailbox-you"].map((name) => find(run, "RandomPassword", name)),
      find(run, "RandomId", "site-verification-token"),
      find(run, "PrivateKey", "domain-dkim-key"),
    ];
    expect(made.map(({ protect }) => protect)).toEqual([true, true, true, true]);
    expect(made.every(({ parent }) => parent.endsWith("Identity::identity"))).toBe(true);
  });

  test("the step comes after every container, and the gate after the step; its secrets go by standard input alone", () => {
    const step = find(run, "Command", "step-onboarding");
    const containers = ofType(run, "Container").map(({ name }) => name);
    expect(step.dependsOn).toEqual(expect.arrayContaining(containers));
    expect(find(run, "Command", "step-mail-gate").dependsOn).toContain("step-onboarding");
    expect(step.secrets).toContain("stdin");
    const settings = JSON.parse(String(step.inputs["stdin"])) as { account: { password: string } };
    expect(settings.account.password).toMatch(/^SECRETaccount-password/);
    expect(JSON.stringify(step.inputs["create"])).not.toContain("SECRET");
    expect(find(run, "Container", "mx").dependsOn).not.toContain("step-mail-gate");
  });

  test("every file that the step names is written", () => {
    const { files, lastSteps } = planOf(RAW);
    const written = String(find(run, "Command", "shipped-files").inputs["stdin"]);
    const own = ofType(run, "Command").map(({ name }) => name);
    const read = (lastSteps[0]?.files ?? []).map((role) => files.find((file) => file.role === role));
    expect(read.length).toBeGreaterThan(4);
    for (const file of read) {
      if (file !== undefined && "asset" in file.content) expect(written).toContain(`'${file.path}'`);
      else expect(own).toContain(`file-${file?.role ?? ""}`);
    }
  });
});

test("outputs: login of the account, and mailboxes with all that a mail program needs; both secret", async () => {
  const { onboarding } = run.server;
  if (onboarding === undefined) throw new Error("no onboarding");
  expect(await pulumi.isSecret(onboarding.account(false))).toBe(true);
  expect(await pulumi.isSecret(onboarding.mailboxes)).toBe(true);
  expect(await pulumi.isSecret(onboarding.printed)).toBe(false);
  const login = { address: "https://example.com", email: "ops@example.org" };
  expect(await valueOf(onboarding.account(false))).toEqual({
    ...login,
    password: expect.stringMatching(/^SECRETaccount-password/) as string,
  });
  expect(await valueOf(onboarding.account(true))).toEqual({
    ...login,
    passwordIs: expect.stringMatching(/^the one that its owner set/) as string,
  });
  const [you, info] = await valueOf(onboarding.mailboxes);
  expect(you).toMatchObject({
    address: "you@example.com",
    password: expect.stringMatching(/^SECRETmailbox-you/) as string,
    servers: [{ service: "IMAP", host: "imap.example.com" }, { service: "SMTP" }, { service: "POP3" }],
  });
  expect(info).toEqual({ address: "info@example.com", forwardTo: ["you@example.net"] });
});

test("a given password fills the slot in the place of the one that is made", async () => {
  const given = rawWith({ mailboxes: [{ name: "you", password: "from-before-1" }] });
  const { dns, certificates, mailboxes } = configOf({ ...given, onboarding: "automatic" });
  const values = givenValues({ dns, certificates, mailboxes }, {}, {});
  const password = values["mailboxPassword.you"];
  if (password === undefined) throw new Error("not given");
  expect([await valueOf(password), await pulumi.isSecret(password)]).toEqual(["from-before-1", true]);
});

describe("over several runs", () => {
  const count = (it: ProgramRun): unknown =>
    (find(it, "Command", "step-onboarding").inputs["triggers"] as unknown[]).at(-1);

  test("the first run, and one after which nothing was left, are the same step", async () => {
    expect(count(await runProgram(RAW))).toBe("1");
    expect(count(await lastUp({ run: 1, mailboxes: ["you"], left: [] }))).toBe("1");
  });

  test("what was left runs the step again, and stands among the next steps", async () => {
    const left = [{ code: "mailbox-password", about: "you" }];
    const again = await lastUp({ run: 3, mailboxes: ["you"], left });
    expect(count(again)).toBe("4");
    expect(again.outputs?.nextSteps[0]).toMatch(
      /^Left to do: the mailbox you has another password .*mailbox password you/,
    );
  });

  test("an account that was adopted stays so in the outputs of the next run", async () => {
    const adopted = { run: 1, mailboxes: ["you"], left: [], isAccountAdopted: true };
    const { account } = (await lastUp(adopted)).outputs ?? {};
    if (account === undefined) throw new Error("no account");
    expect(Object.keys(await valueOf(account))).toEqual(["address", "email", "passwordIs"]);
  });

  test("a mailbox that left the configuration keeps its password", async () => {
    const gone = await lastUp({ run: 1, mailboxes: ["you", "gone"], left: [] });
    // With what is no part of the onboarding.
    const kept = ["mailbox-you", "mailbox-gone", "backup-password"];
    expect(passwords(gone)).toEqual(expect.arrayContaining(kept));
    const open = await lastUp({ run: 1, mailboxes: ["you", "gone"], left: [] }, { ...RAW, protect: false });
    expect(passwords(open)).not.toContain("mailbox-gone");
  });

  test("a person may take over with token and key in the configuration; the values stay in the state", async () => {
    const before = { run: 1, mailboxes: ["you"], left: [] };
    const raw = rawWith({ "dns.zoneId": ZONE_ID });
    const refused = await lastUp(before, raw);
    expect(refused.errors.join()).toMatch(/mailstead:onboarding: .*nobody logs in .*selector fe-mailstead/);
    expect(refused.registrations).toEqual([]);
    const taken = await lastUp(
      before,
      rawWith({
        "dns.zoneId": ZONE_ID,
        "dns.verification": "Ab12Cd34",
        "dns.dkim": [{ selector: "fe-mailstead", publicKey: dkimKey(2048), use: "signing" }],
      }),
    );
    expect(taken.errors).toEqual([]);
    expect(passwords(taken)).toEqual(expect.arrayContaining(["account-password", "mailbox-you"]));
  });
});
