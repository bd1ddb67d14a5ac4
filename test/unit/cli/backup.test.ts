/**
 * Proves: the command has the host run its script and hands on what that says and its exit code; a dry run and a stack
 * without backups run nothing.
 * Cannot prove: that a backup is made, since `ssh` and `pulumi` are played by scripts (backup.long.test.ts).
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rawWith } from "../stack/support/validRaw.ts";
import { makeProject, type Project, type Ran } from "./project.ts";

const BACKUPS = {
  ...{ endpoint: "nbg1.your-objectstorage.com", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};
const STATE = {
  lastSuccess: {
    ...{ at: "2026-03-02T03:10:00Z", snapshot: "0123456789abcdef", bytes: 5_242_880, addedBytes: 0 },
    ...{ seconds: 12, frozenMilliseconds: 180 },
  },
};

let project: Project;

beforeEach(() => {
  project = makeProject();
  project.stack("good", rawWith({ backups: BACKUPS }));
  project.stack("bare", rawWith({}));
  for (const stack of ["good", "bare"]) {
    const keys = join(project.folder, `.mailstead/${stack}`);
    mkdirSync(keys, { recursive: true });
    for (const name of ["deploy_key", "known_hosts"]) writeFileSync(join(keys, name), "");
  }
  project.pulumi(`echo '{"addresses":{"ipv4":"203.0.113.10"}}'`);
  // Asked by a script on standard input, or told to run ours.
  project.program(
    "ssh",
    `case "$*" in
    *backup.sh*) echo "$*" >"$HOME/told"; echo "mailstead: it went on"; exit "$(cat "$HOME/code" 2>/dev/null || echo 0)" ;;
    *) cat >/dev/null; echo now=1; echo since=1; echo 'state=${JSON.stringify(STATE)}' ;;
    esac`,
  );
});
afterEach(() => {
  project.remove();
});

function backup(...args: readonly string[]): Promise<Ran> {
  return project.start(["backup", "--stack", "good", ...args]);
}

/** What of the command line reached the host; undefined where nothing was run. */
function told(): string | undefined {
  const file = join(project.folder, "told");
  return existsSync(file) ? readFileSync(file, "utf8").split(" 203.0.113.10 ")[1]?.trim() : undefined;
}

test.each([
  [[], "/usr/local/lib/mailstead/backup.sh run"],
  [["--json"], "/usr/local/lib/mailstead/backup.sh run --json"],
  [["--list"], "/usr/local/lib/mailstead/backup.sh list"],
  [["--list", "--json"], "/usr/local/lib/mailstead/backup.sh list --json"],
])("%j", async (args, line) => {
  expect(await backup(...args)).toMatchObject({ code: 0, stdout: "mailstead: it went on\n" });
  expect(told()).toBe(line);
});

test("one that failed ends with 1", async () => {
  writeFileSync(join(project.folder, "code"), "1");
  expect((await backup()).code).toBe(1);
});

test("a dry run says where to, what it keeps and how the last one was, and does nothing", async () => {
  const { code, stdout } = await backup("--dry-run");
  expect(code).toBe(0);
  expect(stdout).toContain("mx.example.com to s3:https://nbg1.your-objectstorage.com/mail/example.com");
  expect(stdout).toContain("each of 7 days, 4 weeks, 6 months");
  expect(stdout).toContain("The last one: 2026-03-02T03:10:00Z, snapshot 01234567");
  expect(JSON.parse((await backup("--dry-run", "--json")).stdout)).toMatchObject({ last: STATE.lastSuccess });
  expect(told()).toBeUndefined();
});

test("without the section there is nothing to run", async () => {
  const { code, stderr } = await project.start(["backup", "--stack", "bare"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("mailstead:backups is not set")]);
  expect(told()).toBeUndefined();
});
