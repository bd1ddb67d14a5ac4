/**
 * Proves: which containers a change of one key adds, takes away or starts anew, by the plans alone, and what a preview
 * says of it where services are at stake; a change that touches no container is silent.
 * Cannot prove: that the engine replaces exactly these; the sandbox's day two does.
 */
import { expect, test } from "vitest";
import { compareContainers, containerHashes } from "../../../../stack/changes/containerChanges.ts";
import { checkChange } from "../../../../stack/guards/checkChange.ts";
import { deployedBy, readDeployed } from "../../../../stack/guards/deployed.ts";
import { configOf, planOf } from "../support/planOf.ts";
import { DIGEST, rawWith } from "../support/validRaw.ts";

const before = planOf(rawWith({}));
const MAILBOXES = ["sqlite", "sqlite_bree", "imap", "pop3", "caldav", "carddav"];
const APPS = ["web", "api", "bree", "smtp", "smtp_bree", "mx", ...MAILBOXES];

function changesBy(changes: Record<string, unknown>) {
  return compareContainers(containerHashes(before), containerHashes(planOf(rawWith(changes))));
}

function told(changes: Record<string, unknown>): string[] {
  const raw = rawWith(changes);
  return checkChange({ config: configOf(raw), plan: planOf(raw) }, deployedBy(before)).map(
    ({ path, severity, message, fix }) => `${severity} ${path}: ${message} → ${fix}`,
  );
}

test.each([
  ["nothing", {}, {}],
  ["a record's TTL", { "dns.ttlSeconds": 600 }, {}],
  ["the gate's user", { "mail.authUser": "root" }, { restarted: APPS }],
  ["the gate's time", { "mail.gate": "first" }, { restarted: APPS }],
  ["Mongo's cache", { "mail.mongoCacheMib": 1024 }, { restarted: ["mongodb"] }],
  ["another Mongo", { "mail.images.mongo.digest": DIGEST.replace("ab", "cd") }, { restarted: ["mongodb"] }],
  ["autoconfig", { "dns.autoconfig": true }, { added: ["well-known"], restarted: ["sni-router"] }],
])("%s", (_, changes, expected) => {
  expect(changesBy(changes)).toEqual({ added: [], removed: [], restarted: [], ...expected });
});

test("another order of starts makes no container anew", () => {
  const inARow = before.containers.map((container) => ({ ...container, startsAfter: ["redis"] }));
  expect(inARow).not.toEqual(before.containers);
  expect(containerHashes({ ...before, containers: inARow })).toEqual(containerHashes(before));
});

test("what an earlier version hashed, with the order of starts, is compared with nothing", () => {
  const { containers } = deployedBy(before);
  expect(readDeployed({ deployed: { containers } }).containers).toEqual(containers);
  const earlier = Object.fromEntries(Object.keys(containers ?? {}).map((name) => [name, "0123456789ab"]));
  const raw = rawWith({});
  const deployed = readDeployed({ deployed: { containers: earlier } });
  expect(checkChange({ config: configOf(raw), plan: planOf(raw) }, deployed)).toEqual([]);
});

test("without mailboxes six services go, and the preview says whose and that the data stay", () => {
  expect(changesBy({ "mail.storage": false }).removed).toEqual(MAILBOXES);
  expect(told({ "mail.storage": false })[0]).toMatch(
    /^warning mailstead:mail\.storage: 6 containers will be taken away: sqlite, .*nobody can read mail then → mailboxes stay on the server's disk; to go on serving them: pulumi config set --path mailstead:mail\.storage true$/,
  );
});

test("an MX of one's own restarts twelve containers, and the preview says so", () => {
  const own = { role: "backup", type: "MX", name: "@", priority: 20, exchange: "mx.example.net" };
  expect(told({ "dns.records": [own] })).toEqual([
    `warning mailstead:mail: 12 containers will stop and start again: ${APPS.join(", ")} → choose a quiet hour; mail from other servers waits at its senders meanwhile`,
  ]);
});

test("nothing is said where no container changes, and before the first up", () => {
  expect(told({ "dns.ttlSeconds": 600 })).toEqual([]);
  const raw = rawWith({ "mail.storage": false });
  expect(checkChange({ config: configOf(raw), plan: planOf(raw) }, {})).toEqual([]);
});
