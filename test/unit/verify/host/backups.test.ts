/**
 * Proves: what the host wrote down of its backups becomes the right finding: fine, late, failed, none yet, switched off,
 * long frozen, not read back; each with its next step.
 * Cannot prove: that the host writes it so; backup.long.test.ts runs the script.
 */
import { expect, test } from "vitest";
import { checkBackups, type BackupState } from "../../../../verify/host/backups.ts";

const SUCCESS = {
  ...{ at: "2026-03-02T03:10:00Z", snapshot: "0123456789abcdef", bytes: 5_242_880, addedBytes: 1_048_576 },
  ...{ seconds: 12, frozenMilliseconds: 180 },
};

/** Findings at a moment, as `subject state`, with what was seen. */
async function found(at: string, state: BackupState, since = "2026-01-01T00:00:00Z") {
  const seconds = (text: string): string => String(Date.parse(text) / 1000);
  const lines = [`now=${seconds(at)}`, `since=${seconds(since)}`];
  return checkBackups(() => Promise.resolve(`${[...lines, `state=${JSON.stringify(state)}`].join("\n")}\n`));
}

test("fine: when, which, how much, how long all stood still", async () => {
  expect(await found("2026-03-02T12:00:00Z", { lastSuccess: SUCCESS })).toEqual([
    {
      ...{ subject: "backups", state: "ok" },
      seen: "2026-03-02T03:10:00Z, snapshot 01234567 (5.0 MiB, 1.0 MiB of it new; all stood still for 180 ms)",
    },
  ]);
});

const FAILURE = { at: "2026-03-03T03:10:00Z", verb: "run", reason: "the disk is full" } as const;

test.each([
  ["late", "2026-03-03T05:11:00Z", { lastSuccess: SUCCESS }, "bad", /^late: the last one is 26 hours old/],
  ["not late yet", "2026-03-03T05:09:00Z", { lastSuccess: SUCCESS }, "ok", /snapshot 01234567/],
  [
    "failed since",
    "2026-03-03T04:00:00Z",
    { lastSuccess: SUCCESS, lastFailure: FAILURE },
    "bad",
    /failed: the disk is full; the last good one is of 2026-03-02/,
  ],
  [
    "failed before",
    "2026-03-02T04:00:00Z",
    { lastSuccess: SUCCESS, lastFailure: { ...FAILURE, at: "2026-03-01T03:00:00Z" } },
    "ok",
    /snapshot/,
  ],
  ["failed from the start", "2026-03-03T04:00:00Z", { lastFailure: FAILURE }, "bad", /none was made yet/],
  ["none yet", "2026-03-03T04:00:00Z", {}, "bad", /there is none yet/],
  [
    "long frozen",
    "2026-03-02T04:00:00Z",
    { lastSuccess: { ...SUCCESS, frozenMilliseconds: 2100 } },
    "warn",
    /2100 ms/,
  ],
] as const)("%s", async (_, at, state, verdict, seen) => {
  const [finding] = await found(at, state);
  expect(finding).toMatchObject({
    subject: "backups",
    state: verdict,
    seen: expect.stringMatching(seen) as string,
  });
});

test("none in the first day is no fault, and a timer that is off is one", async () => {
  const now = "2026-03-02T12:00:00Z";
  expect((await found(now, {}, "2026-03-02T10:00:00Z"))[0]?.state).toBe("warn");
  const off = await checkBackups(() =>
    Promise.resolve(`now=1\nstate=${JSON.stringify({ lastSuccess: SUCCESS })}\n`),
  );
  expect(off[0]).toMatchObject({ state: "bad", fix: "pulumi up" });
});

test.each([
  ["done", { lastCheck: { at: "2026-03-01T12:00:00Z" } }, "ok"],
  ["long ago", { lastCheck: { at: "2026-02-20T12:00:00Z" } }, "warn"],
  [
    "failed",
    {
      lastCheck: { at: "2026-02-22T12:00:00Z" },
      lastFailure: { at: "2026-03-01T12:00:00Z", verb: "check", reason: "the repository is damaged" },
    },
    "bad",
  ],
] as const)("a part read back: %s", async (_, state, verdict) => {
  const findings = await found("2026-03-02T12:00:00Z", { lastSuccess: SUCCESS, ...state });
  expect(findings.map(({ subject, state: seen }) => [subject, seen])).toEqual([
    ["backups", "ok"],
    ["backups read back", verdict],
  ]);
});
