/** Who serves a zone, as it was found. */
import type { Answer } from "./observation.ts";

/** One address of one name server. */
export interface NameServer {
  readonly name: string;
  readonly address: string;
}

/** The servers of a zone. */
export interface ZoneServers {
  readonly zone: string;
  /** The zone above, `.` for the root; absent when nobody could say which it is. */
  readonly parent?: string;
  /** Addresses of servers of the zone above. */
  readonly parentServers: readonly NameServer[];
  /** NS of the zone as the zone above has it. */
  readonly delegation: Answer;
  /** Servers named by either side, an entry for each address, with the zone's own NS set as each has it. */
  readonly servers: readonly (NameServer & { readonly ownNs: Answer })[];
  /** Addresses of a family that this machine cannot send to; nothing is known of them. */
  readonly notReachableFromHere: readonly NameServer[];
  /** Name servers that have no address. */
  readonly withoutAddress: readonly string[];
}

/** As the reports name a server: `ns1.example.net (192.0.2.53)`. */
export function describeServer({ name, address }: NameServer): string {
  return `${name} (${address})`;
}

/** The serial of the SOA that one server has; absent where it told none. */
export interface SerialAt {
  readonly server: NameServer;
  readonly serial: string | undefined;
}
