/**
 * Proves: what is left to do after the first `up`, and what to do after an error, are told, and the latter is whole where
 * the engine prints it.
 * Cannot prove: that it prints outputs after a failed run (test/sandbox/small/faults.ts).
 */
import { expect, test } from "vitest";
import { AFTER_AN_ERROR, nextSteps } from "../../components/nextSteps.ts";

test("steps name the stack's own address and domain, and end with the way out of an error", () => {
  const plan = {
    domain: "example.com",
    webAddress: "https://example.com",
    contact: "me@example.net",
    server: { provider: "hetzner" },
    mx: "point",
  } as const;
  const steps = nextSteps(plan);
  expect(steps[0]).toContain("https://example.com");
  expect(steps[1]).toContain("you@example.com");
  expect(steps.at(-1)).toBe(AFTER_AN_ERROR);
  expect(steps.join("\n")).not.toContain("dns.mx");
});

test("with hold they say that mail goes where it went, and what comes next", () => {
  const plan = {
    domain: "example.com",
    webAddress: "https://example.com",
    contact: "me@example.net",
    server: { provider: "hetzner" },
    mx: "hold",
  } as const;
  expect(nextSteps(plan).at(-2)).toMatch(
    /^Mail goes where it went, .*point: docs\/guides\/move-a-living-domain\.md\.$/,
  );
});

test("the engine cuts longer lines of outputs", () => {
  expect(AFTER_AN_ERROR.length).toBeLessThanOrEqual(150);
  expect(AFTER_AN_ERROR).toMatch(/.\/mailstead preflight --fix.*pulumi up/);
});
