/** What may come in. The provider drops all else before the server sees it, and the host itself by rules of its own. */
import type { Config } from "../model/config.ts";
import type { FirewallRule } from "../model/plan.ts";
import { selectServices } from "../services/activeServices.ts";
import { listening } from "../services/reach.ts";

/** Everyone, in both families. */
const EVERYONE = ["0.0.0.0/0", "::/0"] as const;

/**
 * It stays open with every method: it answers to nobody between orders, and a change of method then needs no change of
 * the firewall.
 */
const HTTP: FirewallRule = {
  purpose: "Certificate orders by http-01",
  protocol: "tcp",
  port: 80,
  sources: EVERYONE,
};

/** Ports of the services that everyone may reach; all others are for loopback alone. */
function openPorts(config: Config): readonly FirewallRule[] {
  return listening(selectServices(config)).flatMap(({ listens: { port, opens } }): FirewallRule[] => {
    if (opens === undefined) return [];
    const { purpose, waitsForDomain } = opens;
    const rule = { purpose, protocol: "tcp", port, sources: EVERYONE } as const;
    return [waitsForDomain === true ? { ...rule, waitsForDomain } : rule];
  });
}

/** Plans the rules, in the order of their ports. */
export function planFirewall(config: Config): readonly FirewallRule[] {
  const { adminNetworks } = config.server;
  const open = [HTTP, ...openPorts(config)].toSorted((a, b) => (a.port ?? 0) - (b.port ?? 0));
  return [
    { purpose: "SSH from admin networks", protocol: "tcp", port: 22, sources: adminNetworks },
    ...open,
    { purpose: "Ping, path MTU and errors", protocol: "icmp", sources: EVERYONE },
  ];
}
