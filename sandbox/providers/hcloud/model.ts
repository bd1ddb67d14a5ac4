/** The parts of Hetzner's API objects that the stand-in reads. */

/** Something that takes its time. */
export interface Action {
  readonly id: number;
  readonly status: "running" | "success" | "error";
  readonly error?: { readonly code: string; readonly message: string } | null;
}

/** A reverse name. */
export interface DnsPointer {
  readonly ip: string;
  readonly dns_ptr: string | null;
}

/** A primary IP. For IPv6 `ip` is the /64. */
export interface PrimaryIp {
  readonly id: number;
  readonly name: string;
  readonly type: "ipv4" | "ipv6";
  readonly ip: string;
  readonly assignee_id: number | null;
  readonly assignee_type: string;
  readonly auto_delete: boolean;
  readonly dns_ptr: readonly DnsPointer[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location?: { readonly name: string } | null;
  readonly datacenter?: { readonly location: { readonly name: string } } | null;
  readonly protection: { readonly delete: boolean };
}

/** An SSH key. */
export interface SshKey {
  readonly id: number;
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A rule of a firewall. */
export interface FirewallRule {
  readonly direction: "in" | "out";
  readonly protocol: string;
  readonly port?: string | null;
  readonly description?: string | null;
  readonly source_ips?: readonly string[];
  readonly destination_ips?: readonly string[];
}

/** Where a firewall is at work. */
export interface FirewallTarget {
  readonly type: "server" | "label_selector";
  readonly server?: { readonly id: number };
  readonly label_selector?: { readonly selector: string };
}

/** A firewall. */
export interface Firewall {
  readonly id: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly FirewallRule[];
  readonly applied_to: readonly FirewallTarget[];
}

/** An address of a server. */
export interface ServerAddress {
  readonly id?: number | null;
  readonly ip: string;
  readonly dns_ptr: string | readonly DnsPointer[] | null;
}

/** A server. */
export interface Server {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly backup_window: string | null;
  readonly primary_disk_size: number;
  readonly rescue_enabled: boolean;
  readonly image: { readonly id: number; readonly name: string | null } | null;
  readonly server_type: { readonly name: string };
  readonly location?: { readonly name: string } | null;
  readonly datacenter?: { readonly location: { readonly name: string } } | null;
  readonly protection: { readonly delete: boolean; readonly rebuild: boolean };
  readonly public_net: {
    readonly ipv4: ServerAddress | null;
    readonly ipv6: ServerAddress | null;
    readonly firewalls?: readonly { readonly id: number; readonly status: string }[];
  };
}
