/**
 * Proves: five hundred messages in ten mailboxes, the waiting queue, logins and the certificate's account outlive the server
 * by the data volume alone: over a planned rebuild, a server that is deleted at the vendor and `rebuild`, and the volume
 * grows meanwhile without a container made anew; with the volume deleted as well, all of the last snapshot comes back from the
 * bucket before anything starts, and what the snapshot's queue would send again is held, sent or dropped as it is told. That they outlive `destroy --exclude-protected` is in destroy.ts.
 * Cannot: prove what a vendor's volume does when its own hardware fails.
 */
import { beforeAll, expect, test } from "vitest";
import { containers, madeAnew, unwell } from "../../support/host.ts";
import {
  beforeNewServer,
  expectSameIdentity,
  server,
  servers,
  whileMailComes,
  type Before,
} from "../../support/newServer.ts";
import {
  arrivedMail,
  fillMailboxes,
  ownMailbox,
  ownMailboxes,
  refusedForGood,
  sendFromOutside,
} from "../../support/people.ts";
import {
  expectEmptyPreview,
  inside,
  onHost,
  setConfigs,
  STACK,
  setConfig,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { labelled } from "../../support/small.ts";
import { setBackups } from "../../support/setBackups.ts";
import { countsLine } from "../../support/summary.ts";
import { hetzner } from "../../support/vendors.ts";
import { expectHeld, sendAfter } from "../../support/heldMail.ts";
import { expectKept, keep, type Kept } from "../../support/kept.ts";
import { expectRestored, putSent } from "../../support/restoredMailbox.ts";

const NAMES = ["bea", "cem", "dan", "eva", "fia", "gus", "hal", "ida", "jan"];
const MESSAGES = 50;

let before: Before;
let kept: Kept;

/** Id of the stack's data volume at the vendor. */
async function volumeId(): Promise<string> {
  const volume = (await labelled(STACK)).find(({ text }) => text.startsWith("volumes "));
  if (volume === undefined) throw new Error("the stack has no volume");
  return volume.id;
}

beforeAll(async () => {
  await setConfigs(
    Object.fromEntries(NAMES.map((name, at) => [`mailstead:mailboxes[${String(at + 2)}].name`, name])),
  );
  console.log(countsLine(await up()));
  const mailboxes = await ownMailboxes();
  expect(mailboxes).toHaveLength(10);
  expect(await fillMailboxes(mailboxes, MESSAGES)).toBe(10 * MESSAGES);
  before = await beforeNewServer("alice");
  kept = await keep(mailboxes);
  expect(kept.hashes.flat().length).toBeGreaterThanOrEqual(10 * MESSAGES);
});

test("a larger volume is one up, in place, with no container made anew", async () => {
  const made = await containers();
  await setConfig("mailstead:data.sizeGb", "12");
  const printed = await up();
  console.log(countsLine(printed));
  expect(madeAnew(made, await containers())).toEqual([]);
  expect(
    Number(await onHost("df --output=size -BG /mnt/mailstead | tail -n 1 | tr -dc 0-9\n")),
  ).toBeGreaterThan(10);
  await expectKept(kept);
  await expectEmptyPreview();
});

test("a planned rebuild: every message by hash, same logins, nobody refused", async () => {
  const rebuild = ["node", "cli/mailstead.js", "rebuild", "--planned", "--stack", STACK];
  const dry = await inside([...rebuild, "--dry-run", "--json"]);
  // What is born with a server may have changed in the life so far, as its keys have.
  expect(JSON.parse(dry.stdout)).toMatchObject({ generation: { from: 1, to: 2 }, edits: [] });
  const rebuilt = await whileMailComes(before, "while generation 2 is made", () =>
    inside([...rebuild, "--yes", "--json"]),
  );
  console.log(rebuilt.stdout + rebuilt.stderr.split("\n").slice(-12).join("\n"));
  expect(rebuilt.code).toBe(0);
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ generation: 2, volume: await volumeId() });
  await expectSameIdentity(before);
  await expectKept(kept);
  expect(await refusedForGood()).toEqual([]);
  // Its queue is exact.
  expect(await onHost("ls /mnt/mailstead/queue-hold\n")).toBe("");
});

test("deleted at the vendor, and rebuilt: the same", async () => {
  before = await beforeNewServer("alice");
  await hetzner(`servers/${String((await server()).id)}`, "DELETE");
  await waitFor("the server to be gone", 30, async () => (await servers()).length === 0);
  const rebuilt = await whileMailComes(before, "while it is rebuilt", () =>
    inside(["node", "cli/mailstead.js", "rebuild", "--stack", STACK]),
  );
  console.log(rebuilt.stdout.split("\n").slice(-12).join("\n"));
  expect(rebuilt.code).toBe(0);
  expect(await unwell()).toEqual([]);
  await expectSameIdentity(before);
  await expectKept(kept);
  await expectEmptyPreview();
});

test("backups: the first snapshot by hand, with everybody frozen for a moment only", async () => {
  await setBackups();
  console.log(countsLine(await up()));
  await putSent(await ownMailbox("bea"));
  const made = await inside(["node", "cli/mailstead.js", "backup", "--stack", STACK]);
  console.log(made.stdout + made.stderr);
  expect(made.code).toBe(0);
  const state = JSON.parse(await onHost("cat /var/lib/mailstead/backup.json\n")) as {
    lastSuccess: { frozenMilliseconds: number; files: number };
  };
  expect(state.lastSuccess.frozenMilliseconds).toBeLessThan(2000);
  // A file or two of each mailbox, and those of the databases.
  expect(state.lastSuccess.files).toBeGreaterThan(25);
  expect((await onHost("docker ps --quiet --filter status=paused | wc -l\n")).trim()).toBe("0");
  await expectEmptyPreview();
});

test("mail that somebody deleted comes back beside the live one, once, with nothing else touched", async () => {
  await expectRestored(await ownMailbox("bea"));
});

test("server and volume deleted at the vendor: nothing goes on by itself, and then all of the snapshot is back", async () => {
  before = await beforeNewServer("alice");
  kept = await keep(kept.mailboxes);
  await sendAfter(before.mailbox, async () => {
    expect((await inside(["node", "cli/mailstead.js", "backup", "--stack", STACK])).code).toBe(0);
  });
  const volume = await volumeId();
  await hetzner(`servers/${String((await server()).id)}`, "DELETE");
  await waitFor("the server to be gone", 30, async () => (await servers()).length === 0);
  await hetzner(`volumes/${volume}`, "DELETE");
  await sendFromOutside(before.mailbox.address, "while all was lost");
  const refused = await inside(["node", "cli/mailstead.js", "rebuild", "--stack", STACK]);
  expect(refused.code).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain(`mailstead:data.lostVolume ${volume}`);
  expect(await servers()).toEqual([]);
  await setConfig("mailstead:data.lostVolume", volume);
  const rebuilt = await inside(["node", "cli/mailstead.js", "rebuild", "--stack", STACK]);
  console.log(rebuilt.stdout.split("\n").slice(-14).join("\n"));
  expect(rebuilt.code).toBe(0);
  expect(rebuilt.stdout).toContain("every file is as it was");
  expect(await unwell()).toEqual([]);
  await expectSameIdentity(before);
  await expectKept(kept);
  await arrivedMail(before.mailbox, "while all was lost", 120);
  expect(await refusedForGood()).toEqual([]);
  await expectHeld(before.mailbox);
  await expectEmptyPreview();
});
