/** What every cloud's host gives to the rest, whatever it is made of. */
import type * as pulumi from "@pulumi/pulumi";

/** Public addresses of a server. */
export interface HostAddresses {
  readonly ipv4: pulumi.Output<string>;
  /** Canonical text (RFC 5952) of the one address of the /64 that the server has. */
  readonly ipv6: pulumi.Output<string>;
}

/** A server that boots from user-data and is reached by SSH as root. */
export interface Host {
  /** What is on the host dies with this, and is made anew when its id changes. */
  readonly server: pulumi.CustomResource;
  readonly addresses: HostAddresses;
}
