/**
 * Proves: where the app is not as the onboarding expects it, one line says what, and nothing is changed; stopped at any
 * moment, the next run ends it.
 * Cannot prove: what of upstream's next release will differ; its names are those of every version that was read.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startMemoryMongo } from "../../support/memoryMongo.ts";
import { COLLECTIONS, onboard, replaced, told } from "./support/onboardingRun.ts";

let mongo: Awaited<ReturnType<typeof startMemoryMongo>>;

beforeEach(async () => {
  mongo = await startMemoryMongo();
});
afterEach(() => mongo.stop());

const inModel = (name: string, change: string): string =>
  `require("#config/mongoose"); { const model = require("#models/${name}"); ${change} }`;

/** What is said → what differs in another release, as JavaScript that makes it so, or by variables of the container. */
const DIFFERENT: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  "unexpected #config isSelfHosted is not true": { SELF_HOSTED: "false" },
  "unexpected #config userFields.isBanned": 'delete require("#config").userFields.isBanned;',
  "unexpected #config lastLocaleField": 'require("#config").lastLocaleField = undefined;',
  "environment its WEB_HOST is localhost": { WEB_HOST: "localhost" },
  "environment its HELPER_ENCRYPTION_KEY is another": { HELPER_ENCRYPTION_KEY: "f".repeat(32) },
  "unexpected #helpers/encrypt-decrypt does not open what it sealed":
    'require("#helpers/encrypt-decrypt").decrypt = () => "";',
  "unexpected #helpers/encrypt-decrypt": 'require("#helpers/encrypt-decrypt").encrypt = 1;',
  "unexpected #models/users email": inModel("users", 'model.schema.remove("email");'),
  "unexpected #models/users plan team": inModel("users", 'model.schema.path("plan").enumValues = ["free"];'),
  "unexpected #models/users register": inModel("users", "model.register = undefined;"),
  "unexpected #models/users authenticate": inModel("users", "model.authenticate = undefined;"),
  "unexpected #models/users setPassword": inModel("users", "model.prototype.setPassword = undefined;"),
  "unexpected #models/domains name": inModel("domains", 'model.schema.remove("name");'),
  "unexpected #models/domains plan team": inModel("domains", 'model.schema.path("plan").enumValues = [];'),
  "unexpected #models/domains has_smtp": inModel("domains", 'model.schema.remove("has_smtp");'),
  "unexpected #models/domains dkim_private_key": inModel(
    "domains",
    'model.schema.remove("dkim_private_key");',
  ),
  "unexpected #models/domains members/group": inModel(
    "domains",
    'model.schema.path("members").schema.remove("group");',
  ),
  "unexpected #models/domains skip_verification": inModel(
    "domains",
    "delete model.schema.virtuals.skip_verification;",
  ),
  "unexpected #models/domains resolver": inModel("domains", "delete model.schema.virtuals.resolver;"),
  "unexpected #models/aliases has_imap": inModel("aliases", 'model.schema.remove("has_imap");'),
  "unexpected #models/aliases tokens/salt": inModel(
    "aliases",
    'model.schema.path("tokens").schema.remove("salt");',
  ),
  "unexpected #models/aliases createToken": inModel("aliases", "model.prototype.createToken = undefined;"),
};

const MODULES = [
  ...["#config", "#config/env", "#config/mongoose", "#helpers/logger", "#helpers/setup-mongoose"],
  ...["#helpers/encrypt-decrypt", "#helpers/is-valid-password"],
  ...["#models/users", "#models/domains", "#models/aliases"],
];

async function nothingIsDone(said: string, run: Parameters<typeof onboard>[1]): Promise<void> {
  const done = await onboard(mongo.uri, run);
  expect(told(done)).toEqual([`left ${said}`]);
  expect(done.code).toBe(0);
  expect(COLLECTIONS.flatMap((name) => mongo.documents(name))).toEqual([]);
}

describe("a release that is not as expected", () => {
  test.each(Object.entries(DIFFERENT))("%s", (said, other) =>
    nothingIsDone(said, typeof other === "string" ? { before: other } : { variables: other }),
  );

  test.each(MODULES)("without %s", (path) =>
    nothingIsDone(`unexpected ${path} cannot be loaded (Cannot find module '${path}')`, {
      before: replaced(path),
    }),
  );
});

/** Counts what goes to the database, and ends the process by a signal before it would say more than that many times. */
const killAfter = (count: number): string => `
  { const { Socket } = require("node:net"); const write = Socket.prototype.write; let said = 0;
    Socket.prototype.write = function (...given) {
      if (this.remotePort !== undefined && said++ >= ${String(count)}) process.kill(process.pid, "SIGKILL");
      return write.apply(this, given); };
    process.on("exit", () => require("node:fs").writeSync(2, "wrote " + said)); }`;

test("stopped at ten moments from first to last word to the database, the next run ends it, and makes nothing twice", async () => {
  const whole = await onboard(mongo.uri, { before: killAfter(Infinity) });
  const words = Number(/wrote (\d+)/.exec(whole.printed)?.[1]);
  expect(words).toBeGreaterThan(20);
  const shape = () => COLLECTIONS.map((name) => mongo.documents(name).length);
  expect(shape()).toEqual([1, 1, 6]);
  const made = new Set<number>();
  for (const at of Array.from({ length: 10 }, (_, index) => Math.floor(((index + 0.5) * words) / 10))) {
    await mongo.stop();
    mongo = await startMemoryMongo();
    const killed = await onboard(mongo.uri, { before: killAfter(at) });
    expect(killed.code).toBe("SIGKILL");
    made.add(shape().reduce((sum, one) => sum + one));
    const again = await onboard(mongo.uri);
    expect(told(again).map((line) => line.replace(/^(made|found) /, ""))).toHaveLength(8);
    expect(shape()).toEqual([1, 1, 6]);
  }
  // The moments were of different kinds.
  expect(made.size).toBeGreaterThan(4);
}, 400_000);
