/** Firewall rules: what a request may hold, and what the host driver gets. */
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import type { HostFirewallRule } from "../drivers.ts";
import { canonicalIpv6 } from "./addresses.ts";
import { hostKey, type HetznerCloud } from "./cloud.ts";
import type { CloudServer, FirewallRule } from "./state.ts";

const cidr = z
  .string()
  .refine(isNetwork, "is not the start of a CIDR block, such as 198.51.100.0/24 or ::/0");

const ruleSchema = z
  .strictObject({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z.string().nullable().optional(),
    source_ips: z.array(cidr).max(100).optional(),
    destination_ips: z.array(cidr).max(100).optional(),
    description: z.string().max(255).nullable().optional(),
  })
  .superRefine((rule, context) => {
    const hasPorts = rule.protocol === "tcp" || rule.protocol === "udp";
    const given = rule.port !== undefined && rule.port !== null && rule.port !== "";
    const fault = (field: string, message: string): void => {
      context.addIssue({ code: "custom", path: [field], message });
    };
    if (hasPorts && !given) fault("port", `is required for protocol ${rule.protocol}`);
    if (!hasPorts && given) fault("port", `is not allowed for protocol ${rule.protocol}`);
    if (hasPorts && given && !isPort(rule.port ?? "")) fault("port", "is not a port, a range or any");
    const wanted = rule.direction === "in" ? "source_ips" : "destination_ips";
    if ((rule[wanted] ?? []).length === 0) fault(wanted, `must not be empty for direction ${rule.direction}`);
  });

/** At most 50 rules, in the order given, with every field filled in. */
export const rulesSchema = z
  .array(ruleSchema)
  .max(50, "at most 50 rules are allowed")
  .transform((rules) => rules.map(stored));

function stored(rule: z.infer<typeof ruleSchema>): FirewallRule {
  return {
    direction: rule.direction,
    protocol: rule.protocol,
    port: rule.port === "" ? null : (rule.port ?? null),
    source_ips: rule.source_ips ?? [],
    destination_ips: rule.destination_ips ?? [],
    description: rule.description ?? null,
  };
}

function isPort(text: string): boolean {
  if (text === "any") return true;
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return false;
  const low = Number(match[1]);
  const high = Number(match[2] ?? match[1]);
  return low >= 1 && low <= high && high <= 65_535;
}

function isNetwork(text: string): boolean {
  const [address = "", length = "", more] = text.split("/");
  if (more !== undefined || !/^\d{1,3}$/.test(length)) return false;
  if (isIPv4(address)) return Number(length) <= 32 && hostBitsClear(ipv4Bits(address), Number(length));
  return isIPv6(address) && Number(length) <= 128 && hostBitsClear(ipv6Bits(address), Number(length));
}

function hostBitsClear(bits: string, length: number): boolean {
  return !bits.slice(length).includes("1");
}

function ipv4Bits(address: string): string {
  return address
    .split(".")
    .map((part) => Number(part).toString(2).padStart(8, "0"))
    .join("");
}

function ipv6Bits(address: string): string {
  const [head = "", tail] = (canonicalIpv6(address) ?? "::").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...middle, ...right]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
    .join("");
}

/** Hands the union of a server's inbound rules to its machine; without a firewall nothing is filtered. */
export async function pushFirewall(cloud: HetznerCloud, server: CloudServer): Promise<void> {
  await cloud.hosts.setFirewall(hostKey(server), effectiveRules(cloud, server));
}

/** Union of the inbound rules of all firewalls on a server; undefined where there is none. */
export function effectiveRules(cloud: HetznerCloud, server: CloudServer): HostFirewallRule[] | undefined {
  const attached = cloud.store.data.firewalls.filter((firewall) => firewall.servers.includes(server.id));
  if (attached.length === 0) return undefined;
  return attached.flatMap((firewall) => firewall.rules.flatMap(hostRule));
}

function hostRule(rule: FirewallRule): HostFirewallRule[] {
  const { protocol, port, source_ips: sources } = rule;
  if (rule.direction === "out" || protocol === "esp" || protocol === "gre") return [];
  return [{ protocol, sources, ...(port === null || port === "any" ? {} : { port }) }];
}
