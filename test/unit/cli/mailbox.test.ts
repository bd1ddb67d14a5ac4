/**
 * Proves: the command asks for the old password, hands it over by standard input with the stack's own, and says how it
 * ended; what the stack has no password for is refused before anybody is asked.
 * Cannot prove: that the password changes, since `ssh` and `pulumi` are played by scripts.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const SLOTS = {
  helperKeyDigest: "ab".repeat(32),
  "mailboxPassword.you": "the-new-password",
  smtpTransportPassword: "the-transport-password",
};

let project: Project;

beforeEach(() => {
  project = makeProject();
  const mailboxes = [{ name: "you" }, { name: "info", forwardTo: ["you@example.net"] }];
  project.stack("good", rawWith({ onboarding: "automatic", mailboxes }));
  project.stack("hand", rawWith({}));
  for (const stack of ["good", "hand"]) {
    const keys = join(project.folder, `.mailstead/${stack}`);
    mkdirSync(keys, { recursive: true });
    for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  }
  const outputs = { addresses: { ipv4: "203.0.113.10" }, slots: SLOTS };
  project.pulumi(`cat <<'END'\n${JSON.stringify(outputs)}\nEND`);
});
afterEach(() => {
  project.remove();
});

/** Types the old password, and has the host answer. */
function change(name: string, answer: string, typed = "the-old-password", stack = "good"): Promise<Ran> {
  project.program("ssh", `echo "$*" >"$HOME/arguments"; cat >"$HOME/given"; echo '${answer}'`);
  return project.start(["mailbox", "password", name, "--stack", stack], {}, `${typed}\n`);
}

const given = (): string => readFileSync(join(project.folder, "given"), "utf8");

test("both passwords travel by standard input alone", async () => {
  const ran = await change("You@example.com", "mailstead changed");
  expect(ran).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("you@example.com now has") as string,
  });
  const [, settings = "{}"] = /changePassword\((\{.*\})\);/.exec(given()) ?? [];
  expect(JSON.parse(settings)).toEqual({
    ...{ webHost: "example.com", keyDigest: SLOTS.helperKeyDigest, email: "ops@example.org" },
    ...{ domain: "example.com", address: "you", api: { host: "api.example.com", port: 4000 } },
    ...{ password: "the-old-password", newPassword: "the-new-password" },
  });
  for (const text of [readFileSync(join(project.folder, "arguments"), "utf8"), ran.stdout, ran.stderr])
    expect(text).not.toMatch(/the-(old|new)-password/);
});

test("the sender of the server's own mail takes the server's password", async () => {
  expect((await change("support", "mailstead same")).stdout).toMatch(/support@example.com has the password/);
  expect(given()).toContain('"newPassword":"the-transport-password"');
});

test.each([
  ["mailstead left wrong-password you", /that is not the password of you; nothing was changed/],
  ["mailstead left no-address you", /the server has no address you/],
  ["mailstead left refused 400 no room", /the server refuses: 400 no room/],
  ["mailstead left unexpected #models/users register", /was not changed: #models\/users register/],
  ["hello", /the container web has no answer/],
])("%s", async (answer, said) => {
  const { code, stderr } = await change("you", answer);
  expect([code, said.test(stderr)]).toEqual([1, true]);
});

test.each([
  ["info", "good", "the-old-password", /no mailbox info[\s\S]*take one of you/],
  ["you", "hand", "the-old-password", /mailstead:onboarding is by-hand/],
  ["you", "good", "", /no password was given/],
])("%s of the stack %s with «%s» asks nothing of the host", async (name, stack, typed, said) => {
  const { code, stderr } = await change(name, "mailstead changed", typed, stack);
  expect(code).toBe(1);
  expect(stderr).toMatch(said);
  expect(() => given()).toThrow();
});
