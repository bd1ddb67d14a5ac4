/**
 * Proves: `destroy --exclude-protected` takes the server and keeps addresses, PTR, keys and required records; mail sent
 * meanwhile waits in the sender's queue and arrives after the next `up`; with protect off, `destroy` leaves nothing.
 * Cannot: prove how long a real sender keeps its queue.
 */
import { expect, test } from "vitest";
import { unwell } from "../../support/host.ts";
import { onboard, outsideQueue, readMail, sendFromOutside } from "../../support/people.ts";
import { expectNoChanges, outputs, pulumi, setConfig, succeed, up, waitFor } from "../../support/sandbox.ts";

async function vendor(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of ["servers", "primary_ips", "firewalls", "ssh_keys"]) {
    const answer = JSON.parse(
      await succeed([
        "bash",
        "-c",
        `curl -sf -H "Authorization: Bearer $HCLOUD_TOKEN" "https://api.hetzner.cloud/v1/${kind}?label_selector=mailstead%3D%3Ddev"`,
      ]),
    ) as Record<string, unknown[]>;
    counts[kind] = answer[kind]?.length ?? 0;
  }
  const zones = await succeed([
    "bash",
    "-c",
    'curl -sf -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" "https://api.cloudflare.com/client/v4/zones?name=example.com"',
  ]);
  const id = (JSON.parse(zones) as { result: { id: string }[] }).result[0]?.id ?? "";
  const records = await succeed([
    "bash",
    "-c",
    `curl -sf -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" https://api.cloudflare.com/client/v4/zones/${id}/dns_records?per_page=500`,
  ]);
  counts["records"] = (JSON.parse(records) as { result: unknown[] }).result.length;
  return counts;
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
  expect(await vendor()).toMatchObject({ servers: 0, primary_ips: 2 });
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
  await up();
  expect(await unwell()).toEqual([]);
  await expectNoChanges();
  const { address, password } = await onboard("dave");
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
  expect(await vendor()).toEqual({ servers: 0, primary_ips: 0, firewalls: 0, ssh_keys: 0, records: 0 });
});
