/**
 * The network namespace with its bridge: the whole "Internet" of the sandbox.
 *
 * There is no link to the machine's own network and no default route, so nothing gets out and nothing gets in.
 */

import { access } from "node:fs/promises";
import { addresses, bridge, bridgeMac, namespace, namespaceFile, nets } from "../groundPlan.ts";
import { run, succeeds } from "../process/command.ts";

/** True when the namespace is there and can be entered. */
export async function networkIsUp(): Promise<boolean> {
  return succeeds("true", [], { inside: true });
}

/** Makes the namespace, the bridge and its addresses. Repeating it changes nothing. */
export async function networkUp(): Promise<void> {
  // After a crash the name can be left without a namespace behind it.
  if ((await exists(namespaceFile)) && !(await networkIsUp()))
    await run("ip", ["netns", "delete", namespace]);
  if (!(await exists(namespaceFile))) await run("ip", ["netns", "add", namespace]);
  await run("sh", ["-euc", sysctls], { inside: true });
  if (!(await succeeds("ip", ["-n", namespace, "link", "show", bridge]))) {
    await run("ip", ["-n", namespace, "link", "add", bridge, "address", bridgeMac, "type", "bridge"]);
  }
  await run("ip", ["-n", namespace, "-batch", "-"], { input: bridgeBatch() });
}

/** Removes the namespace with all its links. Nothing is done where there is none. */
export async function networkDown(): Promise<void> {
  if (await exists(namespaceFile)) await run("ip", ["netns", "delete", namespace]);
}

/** Ids of all processes that live on the sandbox's network. */
export async function processesInside(): Promise<number[]> {
  if (!(await exists(namespaceFile))) return [];
  const output = await run("ip", ["netns", "pids", namespace]).catch(() => "");
  return output.split(/\s+/).filter(Boolean).map(Number);
}

/**
 * Servers have a /64 each and see each other through the gateway, so the gateway forwards, between servers only:
 * there is no other link. Redirects are off, or servers would learn to go past it.
 * Bridge netfilter is off: packets between servers are the bridge table's business (the vendor's firewall) alone.
 */
const sysctls = `
set_to() { if [ -e "/proc/sys/net/$1" ]; then echo "$2" > "/proc/sys/net/$1"; fi; }
set_to ipv4/ip_forward 1
set_to ipv4/conf/all/send_redirects 0
set_to ipv4/conf/default/send_redirects 0
set_to ipv6/conf/all/disable_ipv6 0
set_to ipv6/conf/default/disable_ipv6 0
set_to ipv6/conf/all/forwarding 1
set_to ipv6/conf/default/accept_dad 0
set_to ipv6/conf/default/accept_ra 0
set_to bridge/bridge-nf-call-iptables 0
set_to bridge/bridge-nf-call-ip6tables 0
set_to bridge/bridge-nf-call-arptables 0
`;

function bridgeBatch(): string {
  const ipv4Length = nets.ipv4.split("/")[1] ?? "";
  const ipv6Length = nets.ipv6.split("/")[1] ?? "";
  const lines = [
    "link set lo up",
    `link set ${bridge} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
  ];
  for (const address of Object.values(addresses)) {
    lines.push(`addr replace ${address.ipv4}/${ipv4Length} dev ${bridge}`);
    if ("ipv6" in address) lines.push(`addr replace ${address.ipv6}/${ipv6Length} dev ${bridge} nodad`);
  }
  lines.push(`addr replace ${addresses.gateway.linkLocal}/64 dev ${bridge} nodad`);
  lines.push(`link set ${bridge} up`);
  lines.push(`route replace ${nets.servers} dev ${bridge} src ${addresses.gateway.ipv6}`);
  return `${lines.join("\n")}\n`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
