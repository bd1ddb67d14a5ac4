/**
 * Proves: the stand-in's queue is in the database, with upstream's fields, and a job sends from it later, by upstream's rules: a
 * message that could not leave is kept there and tried again, one whose date has not come or that somebody has locked is passed
 * over, and one that is five days old is given up without a try.
 * Cannot prove: that upstream's own job does so (it was read), nor what leaves; the sandbox's lives do.
 */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BSON } from "../../../support/memoryMongo.ts";
import { makeWorld, type World } from "./support/processes.ts";

const DAY = 24 * 3600 * 1000;
const DOMAIN_ID = new BSON.ObjectId();
let world: World;

beforeAll(async () => {
  world = await makeWorld();
  world.mongo.documents("domains").push({ _id: DOMAIN_ID, name: "example.com" });
  await world.start("smtp-bree.js", { SEND_EMAIL: "false" });
}, 120_000);
afterAll(() => world.stop());

function queued(changes: object): Record<string, unknown> {
  const email: Record<string, unknown> = {
    ...{ _id: new BSON.ObjectId(), domain: DOMAIN_ID, status: "queued", is_locked: false },
    envelope: { from: "anna@example.com", to: ["bob@outside.test"] },
    ...{ message: Buffer.from("Subject: hello\r\n\r\nhello\r\n"), date: new Date(Date.now() - DAY) },
    ...{ accepted: [], rejectedErrors: [], created_at: new Date(), updated_at: new Date() },
    ...changes,
  };
  world.mongo.documents("emails").push(email);
  return email;
}

test("what cannot leave now stays, unlocked and whole, and is tried again", async () => {
  const email = queued({});
  await vi.waitFor(() => {
    expect(email).toMatchObject({ status: "deferred", is_locked: false });
  }, 20_000);
  expect(String(email["message"])).toContain("hello");
  expect(email["rejectedErrors"]).toMatchObject([{ recipient: "bob@outside.test", responseCode: 421 }]);
  const tried = Number(email["updated_at"]);
  await vi.waitFor(() => {
    expect(Number(email["updated_at"])).toBeGreaterThan(tried);
  }, 20_000);
});

test("one of later, and one that is locked, are passed over while an older one is given up", async () => {
  const [later, locked] = [queued({ date: new Date(Date.now() + DAY) }), queued({ is_locked: true })];
  const old = queued({ date: new Date(Date.now() - 6 * DAY) });
  await vi.waitFor(() => {
    expect(old["status"]).toBe("bounced");
  }, 20_000);
  expect([later["status"], later["updated_at"]]).toEqual(["queued", later["created_at"]]);
  expect([locked["status"], locked["is_locked"]]).toEqual(["queued", true]);
  expect(String(old["message"])).not.toContain("hello");
});
