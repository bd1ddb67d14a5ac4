/**
 * Proves: a run in which a key or secret is another one than the last recovery bundle has says so once, and names the
 * file; one that changes nothing says nothing, nor where no bundle was made or what is remembered cannot be read. A token
 * that is given anew is no change.
 * Cannot prove: that the engine shows it, which test/component/recoveryBundle.long.test.ts does; that it is silent where
 * values are not known yet.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reviewBundle } from "../../components/bundleMark.ts";
import { digestPart } from "../../stack/guards/bundleMark.ts";
import { temporaryFolder } from "../support/temporaryFolder.ts";

const SLOTS = { srsSecret: "one", serverIpv4: "203.0.113.10" };
const MARK = { created: "2026-01-02T03:04:05.000Z", file: "/mnt/b.age", recipients: [], salt: "ab" };

let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What is warned of, with slots as they are now. @param remembered text of the mark; none is written where undefined */
async function review(values: Readonly<Record<string, string>>, remembered?: string): Promise<string[]> {
  const slots = pulumi.secret(values) as pulumi.Output<Readonly<Record<string, string>>>;
  const folder = temporaryFolder();
  if (remembered !== undefined) writeFileSync(join(folder, "bundle.json"), remembered);
  reviewBundle(folder, slots);
  await (slots as unknown as { promise: () => Promise<unknown> }).promise();
  // What follows from the values is done one turn after them.
  await new Promise(setImmediate);
  return warnings;
}

const MADE = JSON.stringify({
  ...MARK,
  digests: { keys: digestPart("ab", SLOTS), settings: "x", things: "y" },
});

test("another secret is told, with the file", async () => {
  expect(await review({ ...SLOTS, srsSecret: "two" }, MADE)).toEqual([
    "recovery bundle: keys and secrets of the stack changed after the bundle of 2026-01-02T03:04:05.000Z (/mnt/b.age) → ./mailstead bundle create FILE",
  ]);
});

test("so is one that was not there", async () => {
  expect(await review({ ...SLOTS, "mailboxPassword.jane": "x" }, MADE)).toHaveLength(1);
});

test.each([
  ["the same values", SLOTS, MADE],
  ["a token given anew", { ...SLOTS, dnsApiToken: "new" }, MADE],
  ["no bundle", { srsSecret: "two" }, undefined],
  ["a mark that is cut short", { srsSecret: "two" }, MADE.slice(0, 40)],
  ["a mark of before the first up", { srsSecret: "two" }, JSON.stringify({ ...MARK, digests: {} })],
])("%s: nothing is said", async (_, slots, remembered) => {
  expect(await review(slots, remembered)).toEqual([]);
});
