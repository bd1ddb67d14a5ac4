/**
 * Proves: an upgrade that is not ended is a finding that says what is the case and what goes on with it; a release whose inside
 * is another, or faults that were there before, are none of its faults.
 * Cannot prove: what a host keeps; upgrade.long.test.ts does.
 */
import { expect, test } from "vitest";
import { worseThan } from "../../../../verify/host/provenRelease.ts";
import { checkUpgrade } from "../../../../verify/host/upgrade.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";

const PLAN = planOf(rawWith({}));
const HOST = {
  from: "v1",
  to: "v2",
  begun: "2026-01-02T03:04:05Z",
  changes: null,
  kilobytes: 1,
  freeKilobytes: 2,
  reflink: true,
};

function asked(phase: string, closed: boolean) {
  return checkUpgrade(() => Promise.resolve(JSON.stringify({ ...HOST, phase, closed })));
}

test("none is no finding, nor is a host that cannot tell", async () => {
  expect(await asked("", false)).toEqual([]);
  expect(await checkUpgrade(() => Promise.resolve("\n"))).toEqual([]);
});

test.each([
  ["announced", false, "warn", "nothing was changed on the host yet; the ports are open", "goes on"],
  ["closing", true, "bad", "cut off while the data were cloned; the ports are closed", "--back goes back"],
  ["cloned", true, "bad", "v2 is not proved; the ports are closed", "--back goes back"],
  ["restoring", true, "bad", "cut off while the data were put back", "ends the way back"],
  ["restored", true, "bad", "the data are again those of v1", "ends the way back"],
  ["ended", false, "warn", "all but its remains is done", "clears it away"],
])("%s", async (phase, closed, state, seen, fix) => {
  expect(await asked(phase, closed)).toEqual([
    {
      subject: "upgrade",
      state,
      seen: expect.stringContaining(seen) as string,
      fix: expect.stringContaining(fix) as string,
    },
  ]);
});

const DOMAIN = { token: "A", verifications: ["A"], selector: "s", bits: 2048, isKeyAnswered: true };
const WELL = { accounts: 2, members: 1, left: [], domain: DOMAIN };
const FAULT = { code: "domain-not-approved", about: "" };

test.each([
  ["the same", WELL, WELL, 0],
  ["a fault of before", { ...WELL, left: [FAULT] }, { ...WELL, left: [FAULT] }, 0],
  ["a new fault", WELL, { ...WELL, left: [FAULT] }, 1],
  ["no domain, as before", { accounts: 0, members: 0, left: [] }, { accounts: 0, members: 0, left: [] }, 0],
  ["no domain any more", WELL, { accounts: 2, members: 0, left: [] }, 1],
  ["fewer accounts and members", WELL, { ...WELL, accounts: 1, members: 0 }, 2],
  ["a release that is another inside", WELL, { code: "unexpected", about: "#models" }, 0],
  ["no answer", WELL, { code: "no-answer", about: "" }, 1],
  ["no answer, as before", { code: "no-answer", about: "" }, { code: "no-answer", about: "" }, 0],
  ["an answer where nothing is known of before", undefined, WELL, 0],
] as const)("%s", (_what, before, now, count) => {
  type Live = Parameters<typeof worseThan>[1];
  expect(worseThan(before as Live | undefined, now as unknown as Live, PLAN)).toHaveLength(count);
});
