/**
 * Proves: what restic says of a repository of which a part is changed, cut off, emptied or gone is told as damage, with its own
 * words; only one that was never made counts as none, beside which a server may start empty, and a bucket that does not tell is
 * known from one that tells of none; a network's faults, locks, names of files and of the domain are not taken for damage.
 * Cannot: know that these are all its words; restore.long.test.ts damages repositories of the restic of this machine.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporaryFolder.ts";

const SCRIPT = join(import.meta.dirname, "../../../cloud-init/files/backup-repository.sh");
const DOMAIN = "damaged.example";
const log = join(temporaryFolder(), "log");

/** Calls a function of the script with an exit code of restic and what it said. @param bucket what it tells of snapshots */
function call(
  name: "why" | "is_none",
  code: number,
  said: string,
  bucket: "some" | "none" | "unknown" = "none",
): string {
  writeFileSync(log, `${said}\n`);
  const settings = { KEEP_DAILY: "7", KEEP_WEEKLY: "4", KEEP_MONTHLY: "6", DOMAIN };
  const storage = {
    REPOSITORY: `s3:https://s3.example/mail/${DOMAIN}`,
    ENDPOINT: "https://s3.example",
    BUCKET: "mail",
    PREFIX: DOMAIN,
  };
  const script = `. "$1"; in_bucket=; tell_snapshots() { echo ${bucket}; }; if ${name} "$2" "$3"; then echo yes \${in_bucket/none}; else echo no; fi`;
  return execFileSync("bash", ["--norc", "-c", script, "bash", SCRIPT, String(code), log], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...settings, ...storage },
  });
}

const CONTAINS = "Fatal: repository contains errors";
const COUNT = "Fatal: There were 2 errors";
const IGNORED = "ignoring error for /self-hosting/sqlite-data/1.sqlite:";

// Each but the last three as 0.14 said it when 64 bytes of that part were zeros, or it was cut off, emptied or deleted.
test.each([
  ["the begin of a piece", `${IGNORED} nonce is invalid\n${COUNT}`],
  ["the middle of a piece", `${IGNORED} ciphertext verification failed\n${COUNT}`],
  ["an empty config", "config file has zero size, invalid repository?\nmain.open"],
  ["a key", "Fatal: Unmarshal: invalid character '\\x00' looking for beginning of value"],
  ["a key that was cut off", "Fatal: Unmarshal: unexpected end of JSON input"],
  ["a pack that was cut off", "pack 8214: unexpected file size: got 2852683, expected 5705367"],
  ["an index that is gone", `ignoring error for /: id 41b1 not found in repository\n${COUNT}`],
  ["any part, to check", "error for tree 41b1c2a2:\nFatal: repository contains errors"],
  ["a pack that is gone", `${IGNORED} The specified key does not exist.\n${COUNT}`],
  ["a config that was cut off", "config cannot be loaded: ciphertext too small"],
  ["a snapshot that is gone", "Load(<snapshot/2f>, 0, 0) failed: The specified key does not exist."],
])("%s is damage, and not an absent repository", (_part, said) => {
  expect(call("why", 1, said)).toMatch(/^the repository is damaged: .*; see docs\/guides\/backups\.md$/m);
  expect(call("is_none", 1, said)).toBe("no\n");
});

const NOT_MADE = "Fatal: unable to open config file: Stat: The specified key does not exist.";

test("a repository that was never made is none, by its words or by the exit code of newer releases", () => {
  for (const code of [1, 10]) {
    expect(call("is_none", code, NOT_MADE)).toBe("yes\n");
    expect(call("why", code, NOT_MADE)).toContain("the first backup makes it");
  }
});

test("a repository that has lost its config is damaged, and not none", () => {
  for (const code of [1, 10]) {
    expect(call("is_none", code, NOT_MADE, "some")).toBe("no\n");
    expect(call("why", code, NOT_MADE, "some")).toMatch(
      /^the repository is damaged: .*unable to open config/,
    );
  }
});

test.each([
  ["Stat: Access Denied.", "denies access"],
  ["Stat: The specified bucket does not exist", "there is no bucket mail"],
])("one that cannot be asked is not none: %s", (reason, told) => {
  const said = `Fatal: unable to open config file: ${reason}`;
  expect(call("is_none", 1, said)).toBe("no\n");
  expect(call("why", 1, said)).toContain(told);
});

test("a server that does not answer says nothing of the repository", () => {
  const said =
    "Fatal: unable to open config file: context canceled\nIs there a repository at the following location?";
  expect(call("is_none", 124, said, "some")).toBe("no\n");
  expect(call("why", 124, said, "some")).toContain("did not answer in time");
});

test("a bucket that does not tell whether it has snapshots is known from one without", () => {
  expect(call("is_none", 1, NOT_MADE, "unknown")).toBe("yes unknown\n");
  expect(call("is_none", 1, NOT_MADE, "none")).toBe("yes\n");
});

test.each([
  [
    "a pack that could not be fetched",
    `pack 82: failed to download: read: connection reset by peer\n${CONTAINS}`,
  ],
  [
    "the same, of later releases",
    `download error: 503\nThe repository is damaged and must be repaired\n${CONTAINS}`,
  ],
  [
    "a lock that went meanwhile",
    "Load(<lock/ab12>, 0, 0) failed: The specified key does not exist.\nunexpected EOF",
  ],
  [
    "what was tried again",
    "Load(<data/2f>) returned error, retrying after 1s: invalid data returned\nwrite: broken pipe",
  ],
  ["the repository's own name", `s3:https://s3.example/mail/${DOMAIN}: 503 Service Unavailable`],
  ["a file's name", `ignoring error for /hash mismatch/${DOMAIN}/a: permission denied\n${COUNT}`],
])("%s is no damage", (_what, said) => {
  expect(call("why", 1, said)).toMatch(/^restic ended with 1: /);
});

test("a path says nothing of the reason, and a count of errors is not all that is told", () => {
  const path = "ignoring error for /letsencrypt/certificate/quota.pem: permission denied";
  expect(call("why", 1, `${path}\n${COUNT}`)).toContain(`restic ended with 1: ${path}`);
  const signature = "SignatureDoesNotMatch: the signature we calculated does not match the one you provided";
  expect(call("why", 1, signature)).toContain("does not know this access key");
});
