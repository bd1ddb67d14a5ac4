/**
 * The plan's firewall once more, as the host's own packet filter: what the provider lets through by mistake, as when its
 * firewall was detached, is dropped on the host.
 *
 * A table of its own in nftables, so that Docker's and other tables stay as they are. Containers are on the host's
 * network, and so their ports are judged here as well.
 */
import type { FirewallRule } from "../model/plan.ts";

/** Family and name, as `nft` wants them. */
export const HOST_TABLE = "inet mailstead_firewall";

/** Ports that the host opens by itself, for a while or for good: a set of the table. */
export const OPENED = "opened";

const FAMILIES = [
  { protocol: "ip", type: "ipv4_addr", everyone: "0.0.0.0/0", icmp: "icmp" },
  { protocol: "ip6", type: "ipv6_addr", everyone: "::/0", icmp: "icmpv6" },
] as const;

type Family = (typeof FAMILIES)[number];

/** Blocks of one family. */
function listBlocks(rule: FirewallRule, { protocol }: Family): readonly string[] {
  return rule.sources.filter((source) => source.includes(":") === (protocol === "ip6"));
}

/** Whether the rule has a port that only some may reach. */
function isLimited(rule: FirewallRule): boolean {
  return rule.port !== undefined && FAMILIES.some(({ everyone }) => !rule.sources.includes(everyone));
}

/** Name of the set of blocks that may reach a port: `from_22_ip`, `from_22_ip6`. */
function nameSet({ port }: FirewallRule, { protocol }: Family): string {
  return `from_${String(port)}_${protocol}`;
}

/** Sets of blocks, in which `firewall.sh` looks for the address that the deploy comes from. Blocks may overlap. */
function sets(rule: FirewallRule): string[] {
  return FAMILIES.map((family) => {
    const blocks = listBlocks(rule, family);
    const elements = blocks.length === 0 ? "" : ` elements = { ${blocks.join(", ")} };`;
    return `set ${nameSet(rule, family)} { type ${family.type}; flags interval; auto-merge;${elements} }`;
  });
}

/** What accepts a rule's packets. */
function accepts(rule: FirewallRule): string[] {
  const { protocol, port } = rule;
  if (protocol === "icmp") {
    // Errors, path MTU and neighbour discovery pass in any case; what is asked for is ping.
    return FAMILIES.flatMap((family) =>
      listBlocks(rule, family).map(
        (block) => `${family.protocol} saddr ${block} ${family.icmp} type echo-request accept`,
      ),
    );
  }
  const to = port === undefined ? `meta l4proto ${protocol}` : `${protocol} dport ${port}`;
  if (isLimited(rule))
    return FAMILIES.map((family) => `${family.protocol} saddr @${nameSet(rule, family)} ${to} accept`);
  return [`${to} accept`];
}

/**
 * The rules as a file for `nft --file`, which replaces those that are loaded in one step.
 *
 * Everything passes that belongs to a connection that stands, comes from the host itself, or keeps the network alive
 * (ICMP errors, neighbour discovery, DHCP). A port that waits for the domain is answered with a reset, as by a server
 * whose program does not run: senders try again later, or at the next MX at once, and none waits for an answer in vain.
 * All else is dropped, as the provider does.
 */
export function renderHostRules(rules: readonly FirewallRule[]): string {
  const limited = rules.filter(isLimited);
  const open = rules.filter(({ waitsForDomain }) => waitsForDomain !== true);
  const waiting = rules.filter(({ waitsForDomain }) => waitsForDomain === true);
  const chain = [
    "type filter hook input priority filter; policy drop;",
    "ct state established,related accept",
    "iif lo accept",
    "icmp type != echo-request accept",
    "icmpv6 type != echo-request accept",
    "meta nfproto ipv4 udp sport 67 udp dport 68 accept",
    "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
    ...open.flatMap(accepts),
    `tcp dport @${OPENED} accept`,
    ...waiting.map(({ port }) => `tcp dport ${String(port)} reject with tcp reset`),
  ];
  return [
    "# Written by Mailstead, and loaded by firewall.sh. Changes here are lost with the next deploy.",
    `table ${HOST_TABLE}`,
    `delete table ${HOST_TABLE}`,
    `table ${HOST_TABLE} {`,
    `  set ${OPENED} { type inet_service; flags timeout; }`,
    ...limited.flatMap(sets).map((line) => `  ${line}`),
    "  chain input {",
    ...chain.map((line) => `    ${line}`),
    "  }",
    "}",
    "",
  ].join("\n");
}
