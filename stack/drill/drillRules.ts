/**
 * The packet filter of a drill's host. Its containers run on the mail of the live server, queue included: nothing of them
 * may get out, or to the live server.
 */
import { HOST_TABLE, renderHostRules } from "../firewall/hostRules.ts";
import type { FirewallRule } from "../model/plan.ts";
import { slot, type Template } from "../values/slots.ts";

/** What a host needs from outside: names, addresses and time; packages, images, backups. */
const OUTGOING = ["udp dport { 53, 67, 123, 547 } accept", "tcp dport { 53, 80, 443 } accept"];

/** Of those who come by SSH, and of nobody else. */
export function drillFirewall(rules: readonly FirewallRule[]): readonly FirewallRule[] {
  return rules.filter(({ port, protocol }) => port === 22 || protocol === "icmp");
}

/** A packet to the live server is refused, whatever it is; the two kinds of refusal are those that end a try at once. */
function refuse(to: Template): Template {
  return ["    ", ...to, " meta l4proto tcp reject with tcp reset\n    ", ...to, " reject\n"];
}

/**
 * Rules as a file for `nft --file`: those of every host for what comes in, and a chain for what goes out.
 *
 * @param rules what may come in.
 */
export function renderDrillRules(rules: readonly FirewallRule[]): Template {
  return [
    renderHostRules(rules),
    `table ${HOST_TABLE} {\n  chain output {\n`,
    "    type filter hook output priority filter; policy accept;\n    oif lo accept\n",
    ...refuse(["ip daddr ", slot("liveIpv4")]),
    ...refuse(["ip6 daddr ", slot("liveIpv6")]),
    ["ct state established,related accept", "meta l4proto { icmp, ipv6-icmp } accept", ...OUTGOING]
      .map((line) => `    ${line}\n`)
      .join(""),
    "    meta l4proto tcp reject with tcp reset\n    reject\n  }\n}\n",
  ];
}
