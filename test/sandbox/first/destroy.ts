/**
 * Proves: `destroy --exclude-protected` takes the server and all other records, and keeps addresses, PTR, keys and
 * required records, and the volume with every message; mail sent meanwhile waits in the sender's queue, which tries all the time, and arrives after the next
 * `up` in the mailbox that has its password again; another domain in the same stack is refused; each protecting switch frees
 * its own part, and with both open `destroy` leaves nothing.
 * Cannot: prove how long a real sender keeps its queue.
 */
import { expect, test } from "vitest";
import { unwell } from "../../support/host.ts";
import {
  arrivedMail,
  outsideQueue,
  ownMailbox,
  ownMailboxes,
  refusedForGood,
  sendFromOutside,
} from "../../support/people.ts";
import {
  expectEmptyPreview,
  expectNoDrift,
  inside,
  onHost,
  outputs,
  pulumi,
  setConfig,
  STACK,
  succeed,
  up,
  waitFor,
} from "../../support/sandbox.ts";
import { expectKept, keep } from "../../support/kept.ts";
import { labelled } from "../../support/small.ts";
import { recordsAt } from "../../support/vendors.ts";

/** How many of each kind bear the stack's label, and records in its zone. */
async function counts(): Promise<Record<string, number>> {
  const things = await labelled(STACK);
  const kinds = ["servers", "primary_ips", "firewalls", "ssh_keys", "volumes"];
  const entries = kinds.map((kind) => [
    kind,
    things.filter(({ text }) => text.startsWith(`${kind} `)).length,
  ]);
  const records = await recordsAt("cloudflare", "example.com");
  return { ...(Object.fromEntries(entries) as Record<string, number>), records: records.length };
}

const ask = (...question: string[]): Promise<string> =>
  succeed(["dig", "+short", "@203.0.113.3", ...question]);

const reverse = async ({ ipv4, ipv6 }: { ipv4: string; ipv6: string }): Promise<string[]> => [
  await ask("-x", ipv4),
  await ask("-x", ipv6),
];

interface Row {
  readonly name: string;
  readonly type: string;
  readonly level: string;
}

/** The DNS table of the stack. */
async function table(): Promise<Row[]> {
  const output = ["pulumi", "stack", "output", "records", "--json", "--stack", STACK];
  return JSON.parse(await succeed(output)) as Row[];
}

/** The key that the host shows, by which `mailstead ssh` trusts it. */
const hostKey = (): Promise<string> => onHost("cat /etc/ssh/ssh_host_ed25519_key.pub\n");

test("the server goes, the identity answers on, and mail waits outside until the next up", async () => {
  const { addresses } = outputs();
  const identity = async (): Promise<string[]> => [
    await ask("example.com", "MX"),
    await ask("mx.example.com", "A"),
    await ask("mx.example.com", "AAAA"),
    await ask("fe-bounces.example.com", "CNAME"),
    await ask("default._domainkey.example.com", "TXT"),
    ...(await reverse(addresses)),
  ];
  const [before, key, records] = [await identity(), await hostKey(), await table()];
  const kept = await keep(await ownMailboxes());
  const destroyed = await pulumi([
    "destroy",
    "--exclude-protected",
    "--run-program",
    "--yes",
    "--skip-preview",
  ]);
  console.log(destroyed.stdout.split("\n").slice(-10).join("\n"));
  expect(destroyed.code).toBe(0);
  const required = records.filter(({ level }) => level === "required");
  const left = {
    servers: 0,
    primary_ips: 2,
    firewalls: 0,
    ssh_keys: 0,
    volumes: 1,
    records: required.length,
  };
  expect(await counts()).toEqual(left);
  expect(await identity()).toEqual(before);
  for (const answer of before) expect(answer).not.toBe("");
  const others = records.filter(
    ({ name, type }) => !required.some((one) => one.name === name && one.type === type),
  );
  console.log(`gone: ${others.map(({ name, type }) => `${type} ${name}`).join(", ")}`);
  expect(others.length).toBeGreaterThan(3);
  expect(await ask(...others.flatMap(({ name, type }) => [name, type]))).toBe("");

  const alice = await ownMailbox("alice");
  await sendFromOutside(alice.address, "while you were away");
  const waiting = await waitFor("a try of the sender's queue that failed", 60, async () =>
    (await outsideQueue()).find(
      ({ subject, state, attempts }) =>
        subject === "while you were away" && state === "queued" && attempts > 0,
    ),
  );
  console.log(`waits outside: ${waiting.reason}`);
  await up();
  expect(await unwell()).toEqual([]);
  expect(await identity()).toEqual(before);
  expect(await hostKey()).toBe(key);
  await expectNoDrift();
  expect(await ownMailbox("alice")).toEqual(alice);
  await expectKept(kept);
  await arrivedMail(alice, "while you were away", 120);
  // No message to this domain was ever refused for good.
  expect(await refusedForGood()).toEqual([]);
});

interface Deployment {
  readonly resources?: readonly { readonly type: string; readonly protect?: boolean }[] | null;
  readonly pending_operations?: readonly object[] | null;
}

async function deployment(): Promise<Deployment> {
  const text = await succeed(["pulumi", "stack", "export", "--stack", STACK]);
  return (JSON.parse(text) as { deployment: Deployment }).deployment;
}

test("another domain in this stack is refused by preview and preflight, and the old one's things stay", async () => {
  const before = await counts();
  // The zone goes along: without that, the fault would be another.
  for (const path of ["mailstead:domain", "mailstead:dns.zone"]) await setConfig(path, "example.net");
  try {
    const refused = await pulumi(["up", "--yes", "--skip-preview"]);
    console.log(refused.stdout);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("this stack is the mail server of example.com");
    const looked = await inside(["node", "cli/mailstead.js", "preflight", "--stack", STACK]);
    expect(looked.code).toBe(1);
    expect(looked.stdout).toContain("✗ mailstead:domain: this stack is the mail server of example.com");
  } finally {
    // What the refusal itself advises.
    for (const path of ["mailstead:domain", "mailstead:dns.zone"]) await setConfig(path, "example.com");
  }
  expect(await counts()).toEqual(before);
  await expectEmptyPreview();
});

test("protect frees identity, records and the volume: nothing else is protected with the mail on a volume", async () => {
  await setConfig("mailstead:protect", "false");
  const printed = await up();
  expect(printed).toContain("mailstead:protect: a destroy now deletes keys");
  const held = ((await deployment()).resources ?? []).filter(({ protect }) => protect === true);
  expect(held.map(({ type }) => type)).toEqual([]);
});

test("then destroy: nothing is left at the vendors, in the DNS and in the state", async () => {
  const { addresses } = outputs();
  const destroyed = await pulumi(["destroy", "--yes", "--skip-preview"]);
  console.log(destroyed.stdout.split("\n").slice(-8).join("\n"));
  expect(destroyed.code).toBe(0);
  expect(await counts()).toEqual({
    servers: 0,
    primary_ips: 0,
    firewalls: 0,
    ssh_keys: 0,
    volumes: 0,
    records: 0,
  });
  expect(await reverse(addresses)).toEqual(["", ""]);
  const { resources, pending_operations: pending } = await deployment();
  expect([resources ?? [], pending ?? []]).toEqual([[], []]);
});
