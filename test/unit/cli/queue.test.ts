/**
 * Proves: the command hands the host what is asked for, shows what the app answers without what would move the cursor, and says why
 * nothing was changed, with the next step; a command line that does not say which messages reaches nobody.
 * Cannot prove: that anything is held, sent or dropped, since `ssh` and `pulumi` are played by scripts (queue.long.test.ts of cloud-init).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const [ONE, TWO] = ["665f1c0a9b3e4d2f8a7b6c5d", "665f1c0a9b3e4d2f8a7b6c5e"];
const MESSAGES = [ONE, TWO].map((id) => ({
  ...{ id, queuedAt: "2026-03-02T03:09:41.120Z", from: "anna@example.com", to: ["bob@outside.test"] },
  ...{ subject: "offer \u001b[2Jnow", messageId: "m@x", date: "2026-03-02T03:09:41.000Z", snapshot: "0123" },
}));

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", rawWith({}));
  const keys = join(project.folder, ".mailstead/good");
  mkdirSync(keys, { recursive: true });
  for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  project.pulumi(`echo '{"addresses":{"ipv4":"203.0.113.10"}}'`);
});
afterEach(() => {
  project.remove();
});

/** The host answers these lines. */
function queue(args: readonly string[], answer: readonly string[]): Promise<Ran> {
  writeFileSync(join(project.folder, "answer"), answer.map((line) => `${line}\n`).join(""));
  project.program("ssh", `cat >"$HOME/given"; cat "$HOME/answer"`);
  return project.start(["queue", ...args, "--stack", "good"]);
}

const given = (): string => readFileSync(join(project.folder, "given"), "utf8");
const settings = (): unknown => JSON.parse(/^const settings = (.*);$/m.exec(given())?.[1] ?? "");
const result = (messages: readonly object[]) => `mailstead result ${JSON.stringify({ messages })}`;

test("what is held is listed, with the next step", async () => {
  const { code, stdout } = await queue(["list"], [result(MESSAGES)]);
  expect(code).toBe(0);
  expect(stdout).toContain("held: 2 messages");
  expect(stdout).toMatch(
    new RegExp(`^${ONE}  2026-03-02 03:09 UTC  anna@example.com  bob@outside.test +offer`, "m"),
  );
  expect(stdout).not.toContain("\u001b[2J");
  expect(stdout).toContain("./mailstead queue send ID…, or ./mailstead queue drop ID…");
  expect(settings()).toEqual({ do: "list", webHost: "example.com" });
  expect((await queue(["list"], [result([])])).stdout).toContain("no mail is held");
  const json = JSON.parse((await queue(["list", "--json"], [result(MESSAGES)])).stdout) as object;
  expect(json).toEqual({ do: "list", pending: false, messages: MESSAGES });
});

test.each([
  [["send", ONE], { do: "send", ids: [ONE] }, "one message in the queue again"],
  [["drop", "--all"], { do: "drop" }, "one message dropped"],
  [["drop", "--all", "--dry-run"], { do: "drop", dryRun: true }, "It would drop one message"],
])("%j", async (args, asked, said) => {
  const { code, stdout } = await queue(args, [result(MESSAGES.slice(0, 1))]);
  expect([code, stdout.includes(said)]).toEqual([0, true]);
  expect(settings()).toEqual({ ...asked, webHost: "example.com" });
});

test.each([
  [[`mailstead left unknown ${ONE}`], /not held, so nothing was changed: 665f1c.*\n.*queue list/],
  [
    ["mailstead left unexpected #models/emails date"],
    /another queue than is known here.*#models\/emails date/,
  ],
  [["mailstead left environment its WEB_HOST is x"], /does not run with the host's .env/],
  [["noise"], /did not say what is held.*\n.*mailstead status/],
  [["pending"], /not held yet, and nothing leaves by port 25 until it is/],
])("%j changes nothing", async (answer, said) => {
  const { code, stderr } = await queue(["send", ONE], answer);
  expect([code, said.test(stderr)]).toEqual([1, true]);
});

test("before the hold nothing is asked of the app but what there is", async () => {
  await queue(["drop", "--all"], ["pending"]);
  expect(given()).toMatch(/queue-hold\/pending \]; then\n {2}echo pending\n {2}exit 0\nfi/);
  await queue(["list"], ["pending"]);
  expect(given()).not.toContain("exit 0\nfi");
});

test.each([
  [["send"], /say which messages/],
  [["drop", "--all", ONE], /say which messages/],
  [["send", "me'; rm -rf"], /is no id of a message/],
  [["list", "--all"], /list takes neither/],
  [["list", ONE], /list takes neither/],
])("%j is refused", async (args, said) => {
  const { code, stderr } = await queue(args, []);
  expect([code, said.test(stderr)]).toEqual([2, true]);
  expect(existsSync(join(project.folder, "given"))).toBe(false);
});
