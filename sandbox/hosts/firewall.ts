/**
 * The provider's firewall, on the bridge in front of a host's interface.
 *
 * The bridge keeps no connections, so replies are told by their looks: TCP other than a lone SYN passes, and so does
 * UDP from ports 53 and 123. A vendor's firewall is stateful; a scan with odd flags would tell the two apart.
 * ICMP other than echo requests always passes (neighbour discovery, "too big"); echo requests need an `icmp` rule.
 */
import type { HostFirewallRule } from "../cloud/drivers.ts";

export type Family = "ipv4" | "ipv6";

const PROTOCOL = { ipv4: "ip", ipv6: "ip6" } as const;

/** Name of an nft table: letters, digits and underscores. */
function tableName(prefix: string, link: string): string {
  return `${prefix}_${link.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
}

/** Replaces a table in one transaction; without a body it is gone afterwards. */
function replaceTable(name: string, body: readonly string[] | undefined): string {
  const gone = `table bridge ${name} {}\ndelete table bridge ${name}\n`;
  if (body === undefined) return gone;
  return `${gone}table bridge ${name} {\n${body.map((line) => `  ${line}\n`).join("")}}\n`;
}

function sourceMatch(source: string): string {
  const family: Family = source.includes(":") ? "ipv6" : "ipv4";
  const any = /^(0\.0\.0\.0|::)\/0$/.test(source);
  const protocol = `meta protocol ${PROTOCOL[family]}`;
  return any ? protocol : `${protocol} ${PROTOCOL[family]} saddr ${source}`;
}

function ruleLines(rule: HostFirewallRule): string[] {
  return rule.sources.map((source) => {
    const from = sourceMatch(source);
    if (rule.protocol === "icmp") {
      return `${from} ${source.includes(":") ? "icmpv6" : "icmp"} type echo-request accept`;
    }
    const to =
      rule.port === undefined ? `meta l4proto ${rule.protocol}` : `${rule.protocol} dport ${rule.port}`;
    return `${from} ${to} accept`;
  });
}

/** nft commands which make exactly these rules guard an interface of the bridge; `undefined`: no firewall. */
export function inboundRules(link: string, rules: readonly HostFirewallRule[] | undefined): string {
  const name = tableName("inbound", link);
  if (rules === undefined) return replaceTable(name, undefined);
  return replaceTable(name, [
    "chain to_host {",
    "  type filter hook postrouting priority 0; policy accept;",
    `  oifname != "${link}" accept`,
    "  meta protocol arp accept",
    "  icmp type != echo-request accept",
    "  icmpv6 type != echo-request accept",
    "  tcp flags & (syn | ack) != syn accept",
    "  udp sport { 53, 123 } accept",
    ...rules.flatMap(ruleLines).map((line) => `  ${line}`),
    "  drop",
    "}",
  ]);
}

/** nft commands which silently drop what a host sends to port 25, as vendors do for new accounts. */
export function port25Rules(link: string, families: readonly Family[]): string {
  const name = tableName("port25", link);
  if (families.length === 0) return replaceTable(name, undefined);
  return replaceTable(name, [
    "chain from_host {",
    "  type filter hook prerouting priority 0; policy accept;",
    ...families.map((family) => `  iifname "${link}" meta protocol ${PROTOCOL[family]} tcp dport 25 drop`),
    "}",
  ]);
}
