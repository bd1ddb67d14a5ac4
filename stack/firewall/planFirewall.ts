/** What may come in. The provider drops all else before the server sees it, and the host itself by rules of its own. */
import type { Config } from "../model/config.ts";
import type { FirewallRule } from "../model/plan.ts";

/** Everyone, in both families. */
const EVERYONE = ["0.0.0.0/0", "::/0"] as const;

interface OpenPort {
  readonly port: number;
  readonly purpose: string;
  /** Closed where there are no mailboxes. */
  readonly storage: boolean;
  /** A server that does not know the domain yet refuses its mail for good: until then nobody may reach it. */
  readonly waitsForDomain?: true;
}

const OPEN_PORTS: readonly OpenPort[] = [
  { port: 25, purpose: "Mail from other servers", storage: false, waitsForDomain: true },
  { port: 80, purpose: "Certificate orders by http-01", storage: false },
  { port: 443, purpose: "Web interface, API, calendars and contacts", storage: false },
  { port: 465, purpose: "Sending mail over TLS", storage: false },
  { port: 993, purpose: "Reading mail over TLS (IMAP)", storage: true },
  { port: 995, purpose: "Fetching mail over TLS (POP3)", storage: true },
];

/**
 * Plans the rules.
 *
 * Port 80 stays open with every method: it answers to nobody between orders, and a change of method then needs no
 * change of the firewall. 587, 3456 and the ports behind 443 are for loopback alone.
 */
export function planFirewall({ server, mail }: Config): readonly FirewallRule[] {
  const open = OPEN_PORTS.filter(({ storage }) => mail.storage || !storage);
  return [
    { purpose: "SSH from admin networks", protocol: "tcp", port: 22, sources: server.adminNetworks },
    ...open.map(({ port, purpose, waitsForDomain }): FirewallRule => {
      const rule = { purpose, protocol: "tcp", port, sources: EVERYONE } as const;
      return waitsForDomain === true ? { ...rule, waitsForDomain } : rule;
    }),
    { purpose: "Ping, path MTU and errors", protocol: "icmp", sources: EVERYONE },
  ];
}
