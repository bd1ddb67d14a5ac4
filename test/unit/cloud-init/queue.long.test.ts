/**
 * Proves: by the stand-in's model, what was queued until the restore is held in each state in which it would leave, once only, with
 * its date kept; newer mail and what has left stay as they are; a message that is sent has its own date, or today's where it would
 * be given up, and one that is dropped is rejected, as upstream's own page does it; ids that are not held, another environment and a
 * model that is not as expected change nothing.
 * Cannot prove: that upstream's own model is as the stand-in's, nor that its job passes over what is held (queue.test.ts of the
 * images does, of the stand-in's; upstream's was read).
 */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAsset } from "../../../components/assets.ts";
import { BSON, startMemoryMongo } from "../../support/memoryMongo.ts";
import { DOMAIN, KEY, replaced, runInApp } from "./support/onboardingRun.ts";

const DAY = 24 * 3600 * 1000;
const SNAPSHOT = "0123456789abcdef";
const BEFORE = new Date(Date.now() - 3600_000);
const COMMON = { webHost: DOMAIN, keyDigest: createHash("sha256").update(KEY).digest("hex") };
const HOLD = { do: "hold", before: BEFORE.toISOString(), snapshot: SNAPSHOT };

type Email = Record<string, unknown> & { _id: { toHexString(): string }; date: Date };
let mongo: Awaited<ReturnType<typeof startMemoryMongo>>;

beforeEach(async () => {
  mongo = await startMemoryMongo();
});
afterEach(() => mongo.stop());

/** A message in the queue, so many milliseconds before the moment of the snapshot. */
function queued(age: number, changes: object = {}): Email {
  const at = new Date(BEFORE.getTime() - age);
  const email: Email = {
    ...{ _id: new BSON.ObjectId(), status: "queued", is_locked: false, created_at: at, date: at },
    envelope: { from: `anna@${DOMAIN}`, to: ["bob@outside.test", "Cid@outside.test"] },
    ...{ message: Buffer.from("a secret text"), messageId: "m@x", subject: "hello\u001b[2J", accepted: [] },
    ...changes,
  };
  mongo.documents("emails").push(email);
  return email;
}

async function ask(settings: object, before = ""): Promise<string> {
  const call = `globalThis.mailstead.queue(${JSON.stringify({ ...COMMON, ...settings })});`;
  const { lines, printed } = await runInApp(mongo.uri, `${before}\n${readAsset("queue.cjs")}${call}`);
  expect(printed).not.toContain("a secret text");
  return lines.at(-1) ?? printed;
}

const messages = (said: string) =>
  (JSON.parse(said.replace(/^result /, "")) as { messages: { id: string; to: string[]; subject: string }[] })
    .messages;
const all = (): string => JSON.stringify(mongo.documents("emails"));

test("all that would leave is held once, with its date kept, and nothing else", async () => {
  const old = [
    queued(0),
    queued(2 * DAY, { status: "deferred", accepted: ["cid@outside.test"] }),
    queued(9 * DAY, { status: "pending", is_locked: true, locked_at: BEFORE }),
    queued(DAY, { date: new Date(Date.now() + DAY) }),
  ];
  const others = [queued(-1000), queued(DAY, { status: "sent" }), queued(DAY, { status: "bounced" })];
  const [dates, before] = [old.map(({ date }) => date.getTime()), JSON.stringify(others)];
  expect(await ask(HOLD)).toBe('result {"held":4}');
  for (const [at, email] of old.entries()) {
    expect(email.date.getTime()).toBeGreaterThan(Date.now() + 1000 * 365 * DAY);
    expect(email["mailstead_held"]).toMatchObject({ date: new Date(dates[at] ?? 0), snapshot: SNAPSHOT });
  }
  expect(JSON.stringify(others)).toBe(before);
  const held = all();
  expect(await ask(HOLD)).toBe('result {"held":4}');
  expect(all()).toBe(held);
  const listed = messages(await ask({ do: "list" }));
  expect(listed.map(({ id }) => id)).toEqual([2, 1, 3, 0].map((at) => old[at]?._id.toHexString()));
  expect(listed[1]).toMatchObject({ to: ["bob@outside.test"], subject: "hello [2J" });
  expect(all()).toBe(held);
});

test("what is sent leaves with its own date, or today's; what is dropped is rejected; nothing of another", async () => {
  const [fresh, old, waits, dropped, stays] = [
    queued(DAY, { status: "deferred", is_locked: true, locked_at: BEFORE, locked_by: "x" }),
    queued(6 * DAY),
    queued(DAY, { status: "pending" }),
    queued(DAY),
    queued(DAY),
  ];
  const [date, droppedDate] = [fresh.date, dropped.date];
  await ask(HOLD);
  const ids = [fresh, old, waits].map(({ _id }) => _id.toHexString());
  const held = all();
  expect(messages(await ask({ do: "send", ids, dryRun: true }))).toHaveLength(3);
  expect(await ask({ do: "send", ids: [...ids, "f".repeat(24)] })).toBe(`left unknown ${"f".repeat(24)}`);
  expect(all()).toBe(held);
  expect(
    messages(await ask({ do: "send", ids }))
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(ids.toSorted());
  expect(fresh).toMatchObject({ status: "queued", is_locked: false, date });
  expect(Object.keys(fresh)).not.toContain("locked_at");
  expect(old).toMatchObject({ status: "queued" });
  expect(Math.abs(old.date.getTime() - Date.now())).toBeLessThan(DAY);
  expect(waits).toMatchObject({ status: "pending" });
  for (const email of [fresh, old, waits]) expect(Object.keys(email)).not.toContain("mailstead_held");
  await ask({ do: "drop", ids: [dropped._id.toHexString()] });
  expect(dropped).toMatchObject({ status: "rejected", date: droppedDate });
  expect(messages(await ask({ do: "list" })).map(({ id }) => id)).toEqual([stays._id.toHexString()]);
  expect(messages(await ask({ do: "drop" }))).toHaveLength(1);
  expect(await ask({ do: "list" })).toBe('result {"messages":[]}');
});

/** JavaScript that changes the schema after it was made. */
const withSchema = (change: string): string => `
  { const Module = require("node:module"); const load = Module._load;
    Module._load = function (path, ...rest) { const found = load.call(this, path, ...rest);
      if (path === "#models/emails") { const { schema } = found; ${change} } return found; }; }`;

test.each([
  ["another .env", { keyDigest: "0".repeat(64) }, "", /^left environment its HELPER_ENCRYPTION_KEY/],
  ["another host", { webHost: "example.net" }, "", /^left environment its WEB_HOST is example.com/],
  ["no model", {}, replaced("#models/emails"), /^left unexpected #models\/emails cannot be loaded/],
  ["no date", {}, withSchema('schema.remove("date")'), /^left unexpected #models\/emails date/],
  [
    "another state",
    {},
    withSchema('schema.path("status").enumValues = ["waiting"]'),
    /^left unexpected #models\/emails status pending/,
  ],
  ["no moment", { before: "yesterday" }, "", /^left unexpected the moment yesterday/],
])("%s: nothing is changed", async (_what, settings, before, said) => {
  queued(DAY);
  const was = all();
  expect(await ask({ ...HOLD, ...settings }, before)).toMatch(said);
  expect(all()).toBe(was);
});
