/**
 * Proves: what a drill's host may tell, and what is made of it: counts that differ, mailboxes that do not open, nothing to read,
 * certificates that are over, a key that the DNS has not. The program that asks is one that Python runs, and a password is data to
 * it, whatever it holds.
 * Cannot prove: that a host answers so; the sandbox's life does.
 */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { readAsset } from "../../../../components/assets.ts";
import { askRestored, judgeDkim, judgeRestored, type Restored } from "../../../../verify/host/restored.ts";
import { freePort } from "../../../support/freePort.ts";

const NOW = new Date("2026-03-04T05:06:07Z");
const WELL: Restored = {
  manifest: {
    time: "2026-03-04T03:00:00Z",
    generation: 2,
    counts: { files: 600, bytes: 1 << 20, mailboxes: 10, waiting: 3 },
  },
  snapshot: "0123456789abcdef",
  mailboxFiles: 10,
  waiting: 3,
  dkimKey: "MIIBKEY=",
  logins: [{ address: "alice@example.com", messages: 50, read: 700 }],
  certificate: "subject=CN = example.com\nissuer=CN = R11\nnotAfter=2026-05-01 00:00:00Z\n",
};

/** Findings that are not ok, as `STATE SUBJECT: SEEN`. */
function odd(changes: Partial<Restored>): string[] {
  return judgeRestored({ ...WELL, ...changes }, NOW)
    .filter(({ state }) => state !== "ok")
    .map(({ state, subject, seen }) => `${state} ${subject}: ${seen}`);
}

test("all is well", () => {
  expect(odd({})).toEqual([]);
  expect(judgeRestored(WELL, NOW).map(({ subject }) => subject)).toEqual([
    "snapshot",
    "hashes",
    "mailboxes",
    "mail queue",
    "login",
    "certificate",
  ]);
});

test.each<[string, Partial<Restored>, RegExp]>([
  ["nothing restored", { manifest: null }, /^bad snapshot: none was restored/],
  ["a mailbox is missing", { mailboxFiles: 9 }, /^bad mailboxes: 9 of 10 are there/],
  ["a queue that cannot be read", { waiting: null }, /^bad mail queue: .*cannot be read/],
  ["a queue that came back empty", { waiting: 0 }, /^warn mail queue: 0 messages wait to leave; 3 did/],
  [
    "no mailbox opens",
    { logins: [{ address: "a@b", failed: "no" }] },
    /^bad login: no mailbox can be opened/,
  ],
  [
    "messages that cannot be read",
    { logins: [{ address: "a@b", messages: 3, read: 0 }] },
    /^bad login: .*none could be read/,
  ],
  [
    "nothing to read",
    { logins: [{ address: "a@b", messages: 0, read: 0 }] },
    /^warn login: .*nothing to read/,
  ],
  ["no mailboxes at all", { logins: [] }, /^warn login: this server has no mailboxes/],
  ["no certificate", { certificate: "" }, /^bad certificate: none is shown/],
  [
    "one that is over",
    { certificate: WELL.certificate.replace("2026-05", "2026-02") },
    /^warn certificate: .*a real restore orders/,
  ],
  [
    "one of its own",
    { certificate: "subject=CN = a\nissuer=CN = a\nnotAfter=x" },
    /^warn certificate: .*signed itself/,
  ],
])("%s", (_name, changes, expected) => {
  expect(odd(changes)[0]).toMatch(expected);
});

test("one mailbox of several whose password is another is a warning: another one proves", () => {
  const logins = [...WELL.logins, { address: "bea@example.com", failed: "Invalid password" }];
  expect(odd({ logins })).toEqual([
    "warn mailbox bea@example.com: cannot be opened by the stack's password: Invalid password",
  ]);
});

test("a snapshot that counted no queue says nothing of it", () => {
  const counts = { files: 600, bytes: 1 << 20, mailboxes: 10, waiting: null };
  const manifest = { time: "2026-03-04T03:00:00Z", generation: 2, counts };
  const subjects = judgeRestored({ ...WELL, manifest, waiting: null }, NOW).map(({ subject }) => subject);
  expect(subjects).not.toContain("mail queue");
});

test.each<[string, readonly string[] | undefined, string]>([
  ["the same", ["v=DKIM1; k=rsa; p=MIIBKEY=;"], "ok"],
  ["the same in pieces", ["v=DKIM1;p=MIIB KEY="], "ok"],
  ["another", ["v=DKIM1; k=rsa; p=OTHER;"], "bad"],
  ["none", [], "bad"],
  ["nobody answers", undefined, "warn"],
])("the DNS has %s", (_name, texts, state) => {
  expect(judgeDkim(WELL, "default._domainkey.example.com", texts).state).toBe(state);
});

test("a snapshot without a key that can be read is told", () => {
  expect(judgeDkim({ ...WELL, dkimKey: "" }, "x", ["v=DKIM1; p=;"]).state).toBe("bad");
});

test("the program runs, and a password is data to it and stands in no answer", async () => {
  const password = `"'\\\n$(touch /nowhere/x) END \u20ac`;
  const port = await freePort();
  const ask = (script: string): Promise<string> => {
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    return Promise.resolve(stdout);
  };
  const told = await askRestored(ask, readAsset("drill-look.py"), [{ address: "a@b", password }], port);
  expect(told).toMatchObject({ manifest: null, mailboxFiles: 0, certificate: "" });
  expect(told.logins).toEqual([{ address: "a@b", failed: expect.stringContaining("refused") as string }]);
});
