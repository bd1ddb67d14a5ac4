/**
 * Proves: what the host kept of the onboarding becomes one finding, or one for each thing that is left, with its cure; every
 * code that the program may print has words of its own.
 * Cannot prove: that the host writes such a file; the test of its script does.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeLeft, LEFT_CODES, readLeft } from "../../../../stack/mail/onboardingLeft.ts";
import { judgeLastRun } from "../../../../verify/host/onboarded.ts";
import { planOf } from "../../stack/support/planOf.ts";
import { rawWith } from "../../stack/support/validRaw.ts";

const plan = planOf(rawWith({ onboarding: "automatic" }));
const result = { domain: "example.com", made: ["account a@b.example"], found: ["alias you"], left: [] };
const AT = "2026-01-01T00:00:00Z";

test("all there, never run, and nothing to say where a person does it", () => {
  expect(judgeLastRun({ at: AT, result }, plan, true)).toEqual([
    {
      subject: "onboarding",
      state: "ok",
      seen: `has done its part: account, domain and 1 addresses, at ${AT}`,
    },
  ]);
  expect(judgeLastRun({}, plan, true)).toMatchObject([{ state: "warn", fix: "pulumi up" }]);
  expect(judgeLastRun({}, planOf(rawWith({})), false)).toEqual([]);
});

test("what is left is one finding each; what the server itself tells now is not said of the last run", () => {
  const left = [
    { code: "mailbox-password", about: "you" },
    { code: "domain-not-approved", about: "" },
  ];
  const seen = (isTold: boolean) =>
    judgeLastRun({ at: AT, result: { ...result, left } }, plan, isTold).map((one) => one.seen);
  const password = `the mailbox you has another password than the configuration (as ${AT} found it)`;
  expect(seen(true)).toEqual([password]);
  expect(seen(false)).toEqual([password, expect.stringMatching(/^example.com is not approved for sending/)]);
  const [first] = judgeLastRun({ at: AT, result: { ...result, left } }, plan, true);
  expect(first?.fix).toMatch(/mailbox password you; or take/);
});

test("each code of the program and its script has words, and no words are without a code", () => {
  const folder = join(import.meta.dirname, "../../../../cloud-init/files");
  const text = globSync(["onboarding*", "mail-state.cjs"], { cwd: folder })
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const named = LEFT_CODES.filter((code) => text.includes(`"${code}"`) || text.includes(`left ${code} `));
  expect(named).toEqual(LEFT_CODES);
  const thrown = [...text.matchAll(/new Left\(\s*"([a-z-]+)"/g)].map(([, code = ""]) => code);
  expect(thrown.length).toBeGreaterThan(5);
  for (const code of thrown) expect(LEFT_CODES).toContain(code);
});

test("lines of the step are read, and words of a later version are told as they are", () => {
  const printed =
    "made alias you\nleft mailbox-password you\nleft domain-not-approved\nleft novel-code a b\n";
  expect(readLeft(printed)).toEqual([
    { code: "mailbox-password", about: "you" },
    { code: "domain-not-approved", about: "" },
    { code: "novel-code", about: "a b" },
  ]);
  expect(describeLeft({ code: "novel-code", about: "a b" }, plan).what).toBe("a b");
});
