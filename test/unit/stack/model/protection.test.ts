/**
 * Proves: each switch opens what the table says of it and nothing else, in the plan; every part has a switch.
 * Cannot prove: that the engine keeps what is protected; the sandbox's destroy does.
 */
import { expect, test } from "vitest";
import { OPEN_VALUE, PROTECTED_PARTS, type ProtectedPartName } from "../../../../stack/model/protection.ts";
import { planOf } from "../support/planOf.ts";
import { rawWith } from "../support/validRaw.ts";

/** What the plan says of each part. */
function inPlan(changes: Record<string, unknown>): Record<ProtectedPartName, boolean> {
  const { protect, protectRecords, server } = planOf(rawWith({ "data.kind": "disk", ...changes }));
  return { identity: protect, records: protectRecords, server: server.protect };
}

test("everything is protected from the start", () => {
  expect(inPlan({})).toEqual({ identity: true, records: true, server: true });
});

test("a server whose mail is on a volume may go", () => {
  expect(inPlan({ "data.kind": "volume" })).toEqual({ identity: true, records: true, server: false });
});

const BACKUPS = {
  ...{ endpoint: "s3.example.net", bucket: "mail" },
  ...{ accessKeyId: "AN0ACCESS0KEY", secretAccessKey: "a-secret-of-the-bucket" },
};

test("a server whose mail is on its disk may go where a backup is made of it before", () => {
  expect(inPlan({ backups: BACKUPS })).toEqual({ identity: true, records: true, server: false });
});

test.each(Object.entries(OPEN_VALUE))("%s opens its own parts and no other", (opener, value) => {
  const expected = Object.entries(PROTECTED_PARTS).map(([name, part]) => [name, part.opener !== opener]);
  expect(expected.some(([, stays]) => stays === false)).toBe(true);
  expect(inPlan({ [opener]: value })).toEqual(Object.fromEntries(expected));
});
