/**
 * Proves: the command finds the file of a mailbox with the stack's password or one that it asks for, hands both to the host by
 * standard input alone, shows what is done meanwhile, and says how it ended, with the next step where nothing came back; a
 * dry run only looks; what cannot be meant is refused before anybody is asked.
 * Cannot prove: that a mailbox comes back, since `ssh` and `pulumi` are played by scripts (mailboxRestore.long.test.ts, and
 * test/sandbox/first/kept.ts).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const SLOTS = { helperKeyDigest: "ab".repeat(32), "mailboxPassword.you": "the-stacks-password" };
const BACKUPS = {
  ...{ endpoint: "nbg1.your-objectstorage.com", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const FILE = "0123456789abcdef01234567.sqlite";
const FOUND = {
  ...{ snapshot: "1a2b3c4d".padEnd(64, "0"), time: "2026-11-28T00:00:03Z" },
  ...{ bytes: 3_145_728, freeBytes: 1_073_741_824, folder: "Restored 2026-11-28 1a2b3c4d" },
};
const FOLDERS = [
  { folder: `${FOUND.folder}/INBOX`, messages: 50, added: 48 },
  { folder: `${FOUND.folder}/Sent Mail`, messages: 1, added: 1 },
];
const DONE = JSON.stringify({ ...FOUND, folders: FOLDERS });

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", rawWith({ onboarding: "automatic", mailboxes: [{ name: "you" }], backups: BACKUPS }));
  project.stack("bare", rawWith({}));
  for (const stack of ["good", "bare"]) {
    const keys = join(project.folder, `.mailstead/${stack}`);
    mkdirSync(keys, { recursive: true });
    for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  }
  project.pulumi(
    `cat <<'END'\n${JSON.stringify({ addresses: { ipv4: "203.0.113.10" }, slots: SLOTS })}\nEND`,
  );
});
afterEach(() => {
  project.remove();
});

interface Host {
  /** What the container answers that is asked for the file. */
  readonly find?: string;
  /** Last line of the script's standard output. */
  readonly answer?: string;
  readonly code?: number;
}

/** Runs it with a host that answers so. */
function restore(
  args: readonly string[],
  { find = `mailstead found ${FILE}`, answer = DONE, code = 0 }: Host = {},
  typed = "",
): Promise<Ran> {
  project.program(
    "ssh",
    `echo "$*" >>"$HOME/arguments"; cat >"$HOME/given"
if grep -q findMailbox "$HOME/given"; then mv "$HOME/given" "$HOME/asked"; echo '${find}'
else echo 'mailstead: 20 of 50 messages' >&2; echo '${answer}'; exit ${String(code)}; fi`,
  );
  return project.start(["restore", ...args, "--stack", "good"], {}, typed);
}

const text = (name: "asked" | "given"): string => readFileSync(join(project.folder, name), "utf8");
const settingsIn = (script: string, call: string): unknown =>
  JSON.parse(new RegExp(`${call}\\((\\{.*\\})\\);`).exec(script)?.[1] ?? "null");

test("the stack's password opens it, both scripts travel by standard input, and what came back is told", async () => {
  const { code, stdout, stderr } = await restore(["You@example.com"]);
  expect([code, stderr]).toEqual([0, "mailstead: 20 of 50 messages\n"]);
  expect(stdout).toContain("you@example.com: 51 messages of the snapshot 1a2b3c4d of 2026-11-28 00:00 UTC");
  expect(stdout).toContain("49 put there, 2 were there already");
  expect(stdout).toMatch(/Restored 2026-11-28 1a2b3c4d\/INBOX +50 +48/);
  const known = { webHost: "example.com", keyDigest: SLOTS.helperKeyDigest, email: "ops@example.org" };
  expect(settingsIn(text("asked"), "findMailbox")).toEqual({
    ...{ ...known, domain: "example.com", address: "you", password: "the-stacks-password" },
    storage: "/mnt/sqlite_storage",
  });
  expect(settingsIn(text("given"), "readMailbox")).toMatchObject({
    ...{ ...known, password: "the-stacks-password", path: `/restore/${FILE}` },
  });
  expect(text("given")).toMatch(/^verb=take\nwanted='?newest'?\nfile='?0123456789abcdef01234567\.sqlite'?\n/);
  expect(text("given")).toMatch(/"port":993,"address":"you@example.com","password":"the-stacks-password"/);
  for (const shown of [readFileSync(join(project.folder, "arguments"), "utf8"), stdout, stderr])
    expect(shown).not.toContain("the-stacks-password");
});

test("as JSON, and a dry run only looks", async () => {
  const found = JSON.stringify({ ...FOUND, folders: null });
  const dry = await restore(["you", "--dry-run"], { answer: found });
  expect([dry.code, text("given").startsWith("verb=look\n")]).toEqual([0, true]);
  expect(dry.stdout).toContain("snapshot 1a2b3c4d of 2026-11-28 00:00 UTC");
  expect(dry.stdout).toContain("3.0 MiB of it are brought to the host, which has 1024.0 MiB free");
  const { stdout } = await restore(["you", "--json", "--snapshot", "1a2b3c4d"]);
  expect(JSON.parse(stdout)).toEqual({
    mailbox: "you@example.com",
    dryRun: false,
    ...FOUND,
    folders: FOLDERS,
  });
  expect(text("given")).toMatch(/^wanted='?1a2b3c4d'?$/m);
});

test.each([
  [["you", "--ask"], "typed now\n", "typed now", "typed now"],
  [["other"], "typed now\n", "typed now", "typed now"],
  [["you", "--other-password"], "typed then\n", "the-stacks-password", "typed then"],
  [["you", "--ask", "--other-password"], "typed now\ntyped then\n", "typed now", "typed then"],
])("%j: what is typed is the password of now, and that of then", async (args, typed, now, then) => {
  expect((await restore(args, {}, typed)).code).toBe(0);
  expect(settingsIn(text("asked"), "findMailbox")).toMatchObject({ password: now });
  expect(text("given")).toContain(`"password":"${now}"`);
  expect(settingsIn(text("given"), "readMailbox")).toMatchObject({ password: then });
});

test.each([
  ["mailstead left no-mailbox you", /the server has no mailbox you@example\.com/],
  ["mailstead left wrong-password you", /not the password that you@example\.com has now[\s\S]*--ask/],
  [
    "mailstead left unexpected #helpers/get-path-to-database",
    /keeps mailboxes otherwise[\s\S]*get-path-to-database/,
  ],
  ["mailstead left environment its WEB_HOST is x", /do not run with the host's \.env/],
  ["mailstead found ../../etc/passwd", /the server has no answer/],
  ["", /the server has no answer/],
])("the server says «%s»", async (find, said) => {
  const { code, stderr } = await restore(["you"], { find });
  expect([code, said.test(stderr), existsSync(join(project.folder, "given"))]).toEqual([1, true, false]);
});

test.each([
  ["left no-backups", /the host has no backups set up[\s\S]*pulumi up/],
  ["left old-scripts", /older Mailstead[\s\S]*pulumi up/],
  [
    "left no-snapshot there is no snapshot ab of this domain",
    /no snapshot ab of this domain[\s\S]*backup --list/,
  ],
  ["left not-in-it 1a2b3c4d of 2026-11-28T00:00:03Z", /1a2b3c4d of .* has no mailbox you@example\.com/],
  ["left no-room 300 120", /need 300 MiB on the host, and 120 are free[\s\S]*data\.sizeGb/],
  ["left other-password 2026-11-28T00:00:03Z", /another password than now[\s\S]*--other-password/],
  ["left busy", /another mailbox is being restored/],
  ["left failed the server refuses to take a message: [OVERQUOTA]", /not brought back: the server refuses/],
])("the host says «%s»", async (answer, said) => {
  const { code, stderr } = await restore(["you"], { answer });
  expect([code, said.test(stderr)]).toEqual([1, true]);
});

test("a host that breaks off, and one that cannot be reached", async () => {
  const broken = await restore(["you"], { answer: "", code: 137 });
  expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining("the host ended with 137")]);
  const away = await restore(["you"], { answer: "", code: 255 });
  expect([away.code, away.stderr]).toEqual([255, expect.stringContaining("adminNetworks")]);
});

test.each([
  [["you", "--stack", "bare"], 2, /mailstead:backups is not set/],
  [["you@example.net"], 2, /no address of example\.com/],
  [["../you"], 2, /no address of example\.com/],
  [["you", "--snapshot", "latest"], 2, /latest is no id of a snapshot[\s\S]*backup --list/],
  [["you", "--ask"], 1, /no password was given/],
  [[], 2, /missing required argument/],
])("%j asks nothing of the host", async (args, exitCode, said) => {
  const { code, stderr } = await project.start(["restore", "--stack", "good", ...args]);
  expect([code, said.test(stderr)]).toEqual([exitCode, true]);
});
