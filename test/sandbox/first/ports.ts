/**
 * Proves: of all ports that something listens on, and of those that are tried first, only the allowed ones answer from
 * outside, over both families.
 * Cannot: try all 65,535.
 */
import { expect, test } from "vitest";
import { onHost, outputs, succeed } from "../../support/sandbox.ts";

test("nothing but the allowed ports answers from outside, on both families", async () => {
  const listening = (await onHost("ss -Hltn | awk '{ print $4 }' | sed 's/.*://' | sort -un\n"))
    .trim()
    .split("\n");
  const ports = [
    ...new Set([...listening, "21", "22", "53", "80", "110", "143", "587", "2525", "8080", "27017", "6379"]),
  ];
  expect(listening).toContain("27017");
  const { addresses } = outputs();
  for (const address of [addresses.ipv4, addresses.ipv6]) {
    const open = JSON.parse(
      await succeed(["node", "sandbox/client/portScan.ts", address, ...ports]),
    ) as number[];
    console.log(`${address}: of ${String(ports.length)} ports tried, open ${open.join(" ")}`);
    // 80 is allowed and nothing listens there, so it answers with a refusal.
    expect(open.toSorted((a, b) => a - b)).toEqual([22, 25, 80, 443, 465, 993, 995]);
  }
});
