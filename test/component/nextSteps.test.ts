/**
 * Proves: what is left to do after the first `up`, and what to do after an error, are told, and the latter is whole where
 * the engine prints it.
 * Cannot prove: that it prints outputs after a failed run (test/sandbox/small/faults.ts).
 */
import { expect, test } from "vitest";
import { AFTER_AN_ERROR, nextSteps } from "../../components/nextSteps.ts";

test("steps name the stack's own address and domain, and end with the way out of an error", () => {
  const plan = { domain: "example.com", webAddress: "https://example.com", contact: "me@example.net" };
  const steps = nextSteps(plan);
  expect(steps[0]).toContain("https://example.com");
  expect(steps[1]).toContain("you@example.com");
  expect(steps.at(-1)).toBe(AFTER_AN_ERROR);
});

test("the engine cuts longer lines of outputs", () => {
  expect(AFTER_AN_ERROR.length).toBeLessThanOrEqual(150);
  expect(AFTER_AN_ERROR).toMatch(/.\/mailstead preflight --fix.*pulumi up/);
});
