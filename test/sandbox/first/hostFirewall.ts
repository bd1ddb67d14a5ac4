/**
 * Proves: once the server knows the domain port 25 is open, and stays so while the database is away and mx starts again;
 * with the vendor's firewall detached the host's own rules let in what the plan lets in, over both families, and SSH from
 * admin networks alone; the metadata service stays closed.
 * Cannot: prove a vendor's network before the host.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gateFinding, gateState } from "../../support/gate.ts";
import { healthyAgain } from "../../support/host.ts";
import { DOMAIN, onHost, outputs, STACK, succeed, waitFor } from "../../support/sandbox.ts";
import { hetzner } from "../../support/vendors.ts";

const SELECTOR = `label_selector=mailstead%3D%3D${STACK}`;
/** An address outside of the admin networks. */
const STRANGER = "198.51.100.9";

async function attached(action: "apply_to_resources" | "remove_from_resources"): Promise<void> {
  const { servers } = (await hetzner(`servers?${SELECTOR}`)) as { servers: { id: number }[] };
  const { firewalls } = (await hetzner(`firewalls?${SELECTOR}`)) as { firewalls: { id: number }[] };
  const resources = servers.map(({ id }) => ({ type: "server", server: { id } }));
  const body = action === "apply_to_resources" ? { apply_to: resources } : { remove_from: resources };
  await hetzner(`firewalls/${firewalls[0]?.id ?? ""}/actions/${action}`, "POST", body);
  await waitFor("the vendor's firewall to follow", 30, async () => {
    const { firewalls: now } = (await hetzner(`firewalls?${SELECTOR}`)) as {
      firewalls: { applied_to: unknown[] }[];
    };
    return (now[0]?.applied_to.length === 1) === (action === "apply_to_resources");
  });
}

async function openPorts(address: string, ports: readonly string[], from?: string): Promise<number[]> {
  const source = from === undefined ? [] : [`--from=${from}`];
  const scan = ["node", "sandbox/client/portScan.ts", ...source, address, ...ports];
  return (JSON.parse(await succeed(scan)) as number[]).toSorted((a, b) => a - b);
}

test("port 25 is open, and status says since when and why", async () => {
  const finding = await gateFinding();
  console.log(JSON.stringify(finding));
  expect(finding).toMatchObject({ state: "ok", seen: expect.stringMatching(/^open since 20/) as string });
  expect(finding?.seen).toContain(`the server knows ${DOMAIN}`);
});

test("the database away, and mx started again: the port stays open", async () => {
  const before = await gateState();
  await onHost(
    "docker stop --time 10 mongodb; systemctl restart mailstead-mail-gate; docker restart --time 5 mx\n",
  );
  try {
    await waitFor("the question to fail", 60, async () =>
      (await onHost("journalctl --unit mailstead-mail-gate --since -60s --output cat\n")).match(
        /ECONNREFUSED|timed out|not running/,
      ),
    );
    expect(await gateState()).toEqual(before);
    expect(await onHost("nft list set inet mailstead_firewall opened\n")).toMatch(/\b25\b/);
  } finally {
    await onHost("docker start mongodb; docker start mx\n");
  }
  await healthyAgain(120);
  expect(await gateState()).toEqual(before);
});

describe("with the vendor's firewall detached", () => {
  beforeAll(async () => {
    await attached("remove_from_resources");
    await succeed(["ip", "address", "add", `${STRANGER}/32`, "dev", "br-mailstead"]);
  });
  afterAll(async () => {
    await succeed(["ip", "address", "del", `${STRANGER}/32`, "dev", "br-mailstead"]);
    await attached("apply_to_resources");
  });

  test("nothing but the plan's ports answers, over both families", async () => {
    const listening = (await onHost("ss -Hltn | awk '{ print $4 }' | sed 's/.*://' | sort -un\n"))
      .trim()
      .split("\n");
    for (const port of ["3000", "3456", "4000", "5000", "6000"]) expect(listening).toContain(port);
    const { addresses } = outputs();
    const ports = [...new Set([...listening, "21", "53", "80", "110", "143", "587", "8080"])];
    for (const address of [addresses.ipv4, addresses.ipv6]) {
      const open = await openPorts(address, ports);
      console.log(`${address}: of ${String(ports.length)} ports tried, open ${open.join(" ")}`);
      expect(open).toEqual([22, 25, 80, 443, 465, 993, 995]);
    }
  });

  test("SSH is for the admin networks", async () => {
    const { addresses } = outputs();
    expect(await openPorts(addresses.ipv4, ["22", "25", "443"], STRANGER)).toEqual([25, 443]);
  });

  test("the host's neighbours, its own connections and the metadata rules are as before", async () => {
    await onHost(
      "ping -6 -c 1 -W 2 2001:db8:203::1 >/dev/null; getent ahostsv4 mx.outside.test >/dev/null\n",
    );
    expect(await onHost("nft list table inet mailstead_metadata\n")).toContain("169.254.169.254");
  });
});
