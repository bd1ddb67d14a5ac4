/**
 * What the vendor APIs need of the machinery behind them.
 *
 * The APIs keep the books (ids, actions, errors, limits); a driver makes it real.
 */

/** A server as it must come to life. */
export interface HostSpec {
  /** Unique on this sandbox, safe as a file name: `server-42`. */
  readonly key: string;
  readonly name: string;
  /** `debian-13` boots; other images are refused by the API with the vendor's error. */
  readonly image: string;
  /** Install docker, certbot and so on in the base (fast) or leave it to the first boot's packages (real). */
  readonly userData: string;
  readonly ipv4?: string;
  /** Base of the /64, as `2001:db8:a:1::`; the server has base plus 1. */
  readonly ipv6Base?: string;
}

/** An inbound rule of the provider's firewall. */
export interface HostFirewallRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** `25` or `80-85`; absent: all. */
  readonly port?: string;
  readonly sources: readonly string[];
}

/** A volume as it must come to life. */
export interface VolumeSpec {
  /** Unique on this sandbox, safe as a file name: `volume-42`. */
  readonly key: string;
  readonly sizeGb: number;
  /** Name of its link in `/dev/disk/by-id` of the machine that has it: `scsi-0HC_Volume_42`. */
  readonly link: string;
  /** File system to make on it. Default: none, the volume is all zeros. */
  readonly format?: "xfs" | "ext4";
}

/**
 * Disks that outlive machines. A volume stays attached, whatever is done to the machine, until it is detached or the
 * machine destroyed. Every method also resolves when the thing is so already.
 */
export interface VolumeDriver {
  createVolume(spec: VolumeSpec): Promise<void>;
  /** Shows the volume to a machine, running or not. Rejects where another machine has it. */
  attachVolume(volume: string, host: string): Promise<void>;
  /** Takes it away as a pulled cable does: what the machine had not synced is lost. */
  detachVolume(volume: string): Promise<void>;
  /** Makes it larger; a machine that has it sees that at once. */
  resizeVolume(volume: string, sizeGb: number): Promise<void>;
  /** Removes it with what is on it. Rejects while it is attached. */
  deleteVolume(volume: string): Promise<void>;
}

/** Machines. Every method resolves when the thing is so, or rejects with the cause. */
export interface HostDriver extends VolumeDriver {
  /** Resolves when the machine has been switched on, not when it has booted. */
  create(spec: HostSpec): Promise<void>;
  powerOn(key: string): Promise<void>;
  /** Pulls the plug. */
  powerOff(key: string): Promise<void>;
  /** Asks the machine to go down, and resolves when it is off. */
  shutdown(key: string): Promise<void>;
  reboot(key: string): Promise<void>;
  /** Removes the machine and its disk, and detaches its volumes. Resolves also when there is none. */
  destroy(key: string): Promise<void>;
  isRunning(key: string): Promise<boolean>;
  /** Replaces all rules of a machine, also of one not made yet; `undefined` means no firewall is attached. */
  setFirewall(key: string, rules: readonly HostFirewallRule[] | undefined): Promise<void>;
}

/** One resource record set in presentation form. */
export interface RecordSet {
  /** FQDN without a final dot. */
  readonly name: string;
  readonly type: string;
  readonly ttlSeconds: number;
  /** RDATA in zone file form: names with a final dot, TXT quoted in pieces of at most 255 bytes. */
  readonly rdata: readonly string[];
}

/** Authoritative DNS. A call resolves when the server answers with the new data. */
export interface DnsDriver {
  /**
   * Makes the zone hold exactly these sets, beside its own SOA and NS. Creates the zone where it is new, and delegates it
   * to its name servers.
   */
  setZone(zone: string, sets: readonly RecordSet[], nameServers: readonly string[]): Promise<void>;
  /** Takes a zone away, with its delegation. Nothing is done where there is none. */
  removeZone(zone: string): Promise<void>;
  /** Sets or (with undefined) removes the reverse name of an address. */
  setReverse(address: string, name: string | undefined): Promise<void>;
}
