/** Addresses that stay when a server goes, with their reverse names: Hetzner's Primary IPs. */
import { PrimaryIp } from "@pulumi/hcloud/primaryIp.js";
import { Rdns } from "@pulumi/hcloud/rdns.js";
import * as pulumi from "@pulumi/pulumi";
import { addressName, STACK_LABEL } from "../../../stack/vendors/names.ts";
import { VENDOR_TIMEOUTS } from "../../timeouts.ts";
import type { AddressesArgs, CloudAddresses } from "../cloud.ts";

/** One IPv4 address, one IPv6 /64, and a PTR for each. */
export class HetznerAddresses extends pulumi.ComponentResource implements CloudAddresses {
  readonly ipv4: pulumi.Output<string>;
  readonly ipv6: pulumi.Output<string>;
  /** Ids as the server wants them. */
  readonly ipv4Id: pulumi.Output<number>;
  readonly ipv6Id: pulumi.Output<number>;
  readonly reverseNames: readonly Rdns[];

  constructor(name: string, args: AddressesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:host:HetznerAddresses", name, {}, opts);
    const kept = { parent: this, protect: args.plan.protect };
    const make = (type: "ipv4" | "ipv6"): PrimaryIp =>
      new PrimaryIp(
        type,
        {
          name: addressName(args.stack, type),
          type,
          location: args.reviewed.location,
          autoDelete: false,
          labels: { [STACK_LABEL]: args.stack },
        },
        { ...kept, customTimeouts: VENDOR_TIMEOUTS },
      );
    const primary = { ipv4: make("ipv4"), ipv6: make("ipv6") };
    this.ipv4 = primary.ipv4.ipAddress;
    this.ipv6 = primary.ipv6.ipAddress.apply(firstOfNetwork);
    this.ipv4Id = primary.ipv4.id.apply(Number);
    this.ipv6Id = primary.ipv6.id.apply(Number);
    const ids = { ipv4: this.ipv4Id, ipv6: this.ipv6Id };
    // Create-first would set the new name and then let the old one's delete reset it.
    const replaced = { ...kept, customTimeouts: VENDOR_TIMEOUTS, deleteBeforeReplace: true };
    this.reverseNames = args.plan.reverseNames.map(
      ({ role, family, ptr }) =>
        new Rdns(role, { primaryIpId: ids[family], ipAddress: this[family], dnsPtr: ptr }, replaced),
    );
    this.registerOutputs({ ipv4: this.ipv4, ipv6: this.ipv6 });
  }
}

/**
 * The address that Hetzner gives a server in its /64: base plus 1, in canonical text (RFC 5952).
 *
 * A respelled address would be another PTR to the plugin.
 *
 * @param base `2001:db8:a:1::`
 */
export function firstOfNetwork(base: string): string {
  if (!base.endsWith("::")) throw new Error(`"${base}" is not the base of a /64`);
  return new URL(`http://[${base}1]`).hostname.slice(1, -1);
}
