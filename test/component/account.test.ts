/**
 * Proves: with a token of another Hetzner project the program stops before any resource is declared, with the reason and
 * both ways on, also where the last run's outputs are gone; with its own it goes on. Addresses that are on a server
 * already are left as they are, others are given to it.
 * Cannot prove: that the engine hands over outputs and state, and that the plugin leaves ignored inputs alone; the sandbox
 * does.
 */
import { expect, test } from "vitest";
import { rawWith } from "../unit/stack/support/validRaw.ts";
import { declareSmall, ZONE_ID } from "./support/declareSmall.ts";
import { runProgram } from "./support/wholeProgram.ts";

const RAW = rawWith({ "dns.zoneId": ZONE_ID });
const OURS = "203.0.113.10";
const outputs = { addresses: { ipv4: OURS, ipv6: "2001:db8:a:1::1" } };
const docker = { type: "pulumi:providers:docker", outputs: { host: `ssh://root@${OURS}` } };
const address = (ipAddress: string) => ({ id: 3001, name: "mailstead-test-ipv4", ipAddress, assigneeId: 0 });

test.each([
  ["by the outputs", outputs, {}],
  ["by the state, where they are gone", {}, { "urn:docker": docker }],
])("another project is known %s", async (_, last, resources) => {
  const { errors, registrations } = await runProgram(RAW, last, {
    resources,
    addresses: [address("203.0.113.99")],
  });
  expect(registrations).toEqual([]);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^The configuration has 1 fault; nothing was changed\.\n {2}hcloud:token: the Hetzner project .* \(203\.0\.113\.10\).* → give the token of the project/,
    ),
  ]);
});

test.each([
  ["the first up", {}, []],
  ["its own project", outputs, [address(OURS)]],
])("%s goes on", async (_, last, addresses) => {
  const { errors, registrations } = await runProgram(RAW, last, { addresses });
  expect(errors).toEqual([]);
  expect(registrations.length).toBeGreaterThan(50);
});

test.each([true, false])("addresses that are held (%s) are no change of a running server", async (held) => {
  const { registrations } = await declareSmall({}, {}, { zoneId: ZONE_ID, addressesAreHeld: held });
  const server = registrations.find(({ type }) => type === "hcloud:index/server:Server");
  expect(server?.ignoreChanges.includes("publicNets")).toBe(held);
  // A new server is given them in any case.
  expect(server?.inputs["publicNets"]).toMatchObject([{ ipv4: 3001 }]);
});
