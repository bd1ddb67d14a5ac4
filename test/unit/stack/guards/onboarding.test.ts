/**
 * Proves: a preview says what the last run of the onboarding left, and that the next one looks at it anew; an `up`, which says
 * itself what is still left, does not say it; mailboxes that are kept are said in both.
 * Cannot prove: that the program asks for the one or the other (test/sandbox/second/adoption.ts).
 */
import { expect, test } from "vitest";
import { checkChange } from "../../../../stack/guards/checkChange.ts";
import { withoutLeft } from "../../../../stack/guards/onboarding.ts";
import { configOf, planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

test("what was left is said of the last run, and in a preview alone", () => {
  const raw = rawWith({ onboarding: "automatic", mailboxes: [{ name: "you" }] });
  const left = [{ code: "mailbox-password", about: "you" }];
  const onboarding = { run: 1, mailboxes: ["you", "gone"], left };
  const issues = checkChange({ config: configOf(raw), plan: planOf(raw) }, { onboarding });
  expect(issues.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
    "warning onboarding-left",
    "warning mailbox-kept",
  ]);
  expect(issues[0]?.message).toMatch(
    /^left by the last pulumi up, and looked at anew by the next: the mailbox you has another password/,
  );
  expect(withoutLeft(issues).map(({ rule }) => rule)).toEqual(["mailbox-kept"]);
});
