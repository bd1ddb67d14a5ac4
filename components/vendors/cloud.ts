/** What every cloud's room has to offer, whatever a host is made of there. */
import type * as pulumi from "@pulumi/pulumi";
import type { AccountAddress } from "../../stack/guards/account.ts";
import type { Plan, PlannedVolume } from "../../stack/model/plan.ts";
import type { DeployedServer, DeployedVolume } from "../../stack/vendors/cloud.ts";
import type { SlotValues } from "../bind.ts";

/** Public addresses of a server. */
export interface HostAddresses {
  readonly ipv4: pulumi.Output<string>;
  /** Canonical text (RFC 5952) of the one address of the /64 that the server has. */
  readonly ipv6: pulumi.Output<string>;
}

/** Addresses that outlive servers, with their reverse names. */
export interface CloudAddresses extends pulumi.ComponentResource, HostAddresses {
  /** None where the cloud sets none. */
  readonly reverseNames: readonly pulumi.CustomResource[];
}

/** A volume that outlives servers. */
export interface CloudVolume {
  readonly volume: pulumi.CustomResource;
  /** Where a host finds it: `/dev/disk/by-id/…`. */
  readonly device: pulumi.Output<string>;
}

export interface VolumeArgs {
  readonly plan: PlannedVolume;
  readonly protect: boolean;
  readonly reviewed: ReviewedServer;
  readonly stack: string;
}

/** A server that boots from user-data and is reached by SSH as root. */
export interface Host {
  /** The data volume on it; absent where the plan has none. */
  readonly attachment?: pulumi.CustomResource;
  /** What is on the host dies with this, and is made anew when its id changes. */
  readonly server: pulumi.CustomResource;
  readonly addresses: HostAddresses;
}

/**
 * Name and location of a planned server, known once it may be declared.
 *
 * Whatever the engine would replace takes its inputs from here, so that a refused change stops with its reason before
 * the engine comes to a protected resource.
 */
export interface ReviewedServer {
  readonly name: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;
}

export interface AddressesArgs {
  readonly plan: Pick<Plan, "protect" | "reverseNames">;
  readonly reviewed: ReviewedServer;
  /** Name of the stack: names and labels at the vendor. */
  readonly stack: string;
}

/** @typeParam Addresses those that the same cloud declared. */
export interface HostArgs<Addresses extends CloudAddresses = CloudAddresses> {
  readonly plan: Pick<Plan, "server" | "firewall">;
  readonly stack: string;
  readonly reviewed: ReviewedServer;
  readonly addresses: Addresses;
  /** The addresses are on a server at the vendor already. */
  readonly addressesAreHeld: boolean;
  readonly values: SlotValues;
  readonly volume?: CloudVolume;
}

/**
 * A cloud, as the engine's plugin for it knows it: what is there already, and how a stack's things are declared.
 *
 * What asks fails where the vendor does not answer.
 */
export interface CloudResources<Addresses extends CloudAddresses = CloudAddresses> {
  /** Every address of the account that the token opens. */
  accountAddresses(): Promise<readonly AccountAddress[]>;
  /** Servers that bear the label of the stack. */
  stackServers(stack: string): Promise<readonly DeployedServer[]>;
  declareAddresses(name: string, args: AddressesArgs, opts: pulumi.ComponentResourceOptions): Addresses;
  declareVolume(args: VolumeArgs, opts: pulumi.ComponentResourceOptions): CloudVolume;
  /** Volumes that bear the label of the stack. */
  stackVolumes(stack: string): Promise<readonly DeployedVolume[]>;
  /** Server, firewall, the deploy's key, and the volume's place on the server. */
  declareHost(name: string, args: HostArgs<Addresses>, opts: pulumi.ComponentResourceOptions): Host;
}
