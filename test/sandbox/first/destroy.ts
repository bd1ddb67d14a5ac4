/**
 * Proves: `destroy --exclude-protected` takes the server and keeps addresses, PTR, keys and required records; mail sent
 * meanwhile waits in the sender's queue and arrives after the next `up`, once the domain and alias are there again; with
 * protect off, `destroy` leaves nothing.
 * Cannot: prove how long a real sender keeps its queue, and when it tries again: here it is held until the alias is there.
 */
import { expect, test } from "vitest";
import { unwell } from "../../support/host.ts";
import { holdOutsideQueue, onboard, outsideQueue, readMail, sendFromOutside } from "../../support/people.ts";
import {
  expectNoDrift,
  outputs,
  pulumi,
  setConfig,
  STACK,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { labelled } from "../../support/small.ts";
import { recordsAt } from "../../support/vendors.ts";

/** How many of each kind bear the stack's label, and records in its zone. */
async function counts(): Promise<Record<string, number>> {
  const things = await labelled(STACK);
  const kinds = ["servers", "primary_ips", "firewalls", "ssh_keys"];
  const entries = kinds.map((kind) => [
    kind,
    things.filter(({ text }) => text.startsWith(`${kind} `)).length,
  ]);
  const records = await recordsAt("cloudflare", "example.com");
  return { ...(Object.fromEntries(entries) as Record<string, number>), records: records.length };
}

const ask = (...question: string[]): Promise<string> =>
  succeed(["dig", "+short", "@203.0.113.3", ...question]);

test("the server goes, the identity answers on, and mail waits outside until the next up", async () => {
  const { addresses } = await outputs();
  const identity = async (): Promise<string[]> => [
    await ask("example.com", "MX"),
    await ask("mx.example.com", "A"),
    await ask("mx.example.com", "AAAA"),
    await ask("default._domainkey.example.com", "TXT"),
    await ask("-x", addresses.ipv4),
    await ask("-x", addresses.ipv6),
  ];
  const before = await identity();
  const destroyed = await pulumi([
    "destroy",
    "--exclude-protected",
    "--run-program",
    "--yes",
    "--skip-preview",
  ]);
  console.log(destroyed.stdout.split("\n").slice(-10).join("\n"));
  expect(destroyed.code).toBe(0);
  expect(await counts()).toMatchObject({ servers: 0, primary_ips: 2 });
  expect(await identity()).toEqual(before);
  for (const answer of before) expect(answer).not.toBe("");

  await sendFromOutside("dave@example.com", "while you were away");
  const waiting = await waitFor("a try of the sender's queue that failed", 60, async () =>
    (await outsideQueue()).find(
      ({ subject, state, attempts }) =>
        subject === "while you were away" && state === "queued" && attempts > 0,
    ),
  );
  console.log(`waits outside: ${waiting.reason}`);
  // A server that starts empty refuses for good what comes before its domain and aliases are there again.
  await holdOutsideQueue(true);
  await up();
  expect(await unwell()).toEqual([]);
  await expectNoDrift();
  const { address, password } = await onboard("dave");
  await holdOutsideQueue(false);
  await waitFor(
    "the message that waited",
    120,
    async () => (await readMail(address, password, "while you were away")).found > 0,
  );
});

test("protect off, up, destroy: nothing is left at the vendors", async () => {
  await setConfig("mailstead:protect", "false");
  await up();
  const destroyed = await pulumi(["destroy", "--yes", "--skip-preview"]);
  console.log(destroyed.stdout.split("\n").slice(-8).join("\n"));
  expect(destroyed.code).toBe(0);
  expect(await counts()).toEqual({ servers: 0, primary_ips: 0, firewalls: 0, ssh_keys: 0, records: 0 });
});
