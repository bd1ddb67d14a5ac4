/** A disposable server at Hetzner: firewall, deploy key, server. */
import { Firewall } from "@pulumi/hcloud/firewall.js";
import { Server } from "@pulumi/hcloud/server.js";
import { SshKey } from "@pulumi/hcloud/sshKey.js";
import * as pulumi from "@pulumi/pulumi";
import { bootHash, renderUserData } from "../../../cloud-init/renderUserData.ts";
import type { FirewallRule } from "../../../stack/model/plan.ts";
import { slot } from "../../../stack/values/slots.ts";
import { BOOT_LABEL, GENERATION_LABEL, STACK_LABEL, thingName } from "../../../stack/vendors/names.ts";
import { readAsset } from "../../assets.ts";
import { bind, bindText } from "../../bind.ts";
import { VENDOR_TIMEOUTS } from "../../timeouts.ts";
import type { HetznerAddresses } from "./addresses.ts";
import type { Host, HostArgs } from "../cloud.ts";
import { attachVolume } from "./volume.ts";

type Args = HostArgs<HetznerAddresses>;

/** The plugin's older SDK: terraform-provider-hcloud internal/firewall has no `timeouts` block. */
const FIREWALL_TIMEOUTS = {};
/** Older SDK; internal/server names `create` alone. The vendor may queue a creation. */
const SERVER_TIMEOUTS = { create: "20m", delete: "20m" };

/** Inputs that a running server keeps; a new one gets them as they are then. */
const BORN_WITH = ["userData", "image", "serverType", "sshKeys", "labels", "location"];

/**
 * Server with the firewall attached from its first packet on, at addresses of its own.
 *
 * The plugin does not read back which addresses a server has. One that was taken into the state by an import would get
 * them anew: switched off for it, and, as the plugin takes the old ones for automatic ones, with those deleted. So what
 * is on the server already is no change.
 */
export class HetznerHost extends pulumi.ComponentResource implements Host {
  readonly server: Server;
  readonly addresses: HetznerAddresses;
  readonly attachment?: pulumi.CustomResource;

  constructor(name: string, args: Args, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:host:HetznerHost", name, {}, opts);
    this.addresses = args.addresses;
    const vendorName = thingName(args.stack);
    const labels = { [STACK_LABEL]: args.stack };
    const firewall = new Firewall(
      "firewall",
      { name: vendorName, labels, rules: args.plan.firewall.map(hetznerRule) },
      { parent: this, customTimeouts: FIREWALL_TIMEOUTS },
    );
    // Names and keys are unique at the vendor: the old one has to go first.
    const [{ role, publicKey, vendorSuffix }] = args.plan.server.deployKeys;
    const key = new SshKey(
      role,
      {
        name: `${vendorName}${vendorSuffix}`,
        labels,
        publicKey: bind([slot(publicKey)], args.values),
      },
      { parent: this, customTimeouts: VENDOR_TIMEOUTS, deleteBeforeReplace: true },
    );
    this.server = this.declareServer(args, firewall, key);
    if (args.volume !== undefined)
      this.attachment = attachVolume(args.volume.volume, this.server, { parent: this });
    this.registerOutputs({ serverId: this.server.id });
  }

  private declareServer(args: Args, firewall: Firewall, key: SshKey): Server {
    const { server } = args.plan;
    const hash = bootHash(server, { asset: readAsset });
    return new Server(
      "server",
      {
        name: args.reviewed.name,
        serverType: server.type,
        image: server.image,
        location: server.location,
        labels: {
          [STACK_LABEL]: args.stack,
          [BOOT_LABEL]: hash,
          [GENERATION_LABEL]: String(server.generation),
        },
        userData: pulumi.secret(
          bindText((slot) => renderUserData(server.boot, { slot, asset: readAsset }), args.values),
        ),
        sshKeys: [key.id],
        firewallIds: [firewall.id.apply(Number)],
        publicNets: [
          {
            ipv4Enabled: true,
            ipv4: args.addresses.ipv4Id,
            ipv6Enabled: true,
            ipv6: args.addresses.ipv6Id,
          },
        ],
        // A disk that grew could never go back to a smaller type.
        keepDisk: true,
      },
      {
        parent: this,
        protect: server.protect,
        customTimeouts: SERVER_TIMEOUTS,
        // What a machine was made from waits for the next one; its labels keep telling what that was.
        ignoreChanges: [...BORN_WITH, ...(args.addressesAreHeld ? ["publicNets"] : [])],
        replacementTrigger: server.generation,
        // Name and addresses can be held by one server only.
        deleteBeforeReplace: true,
        // A volume is deleted after the server that it was on.
        dependsOn: args.volume === undefined ? [] : [args.volume.volume],
      },
    );
  }
}

function hetznerRule(rule: FirewallRule) {
  return {
    description: rule.purpose,
    direction: "in",
    protocol: rule.protocol,
    ...(rule.port === undefined ? {} : { port: String(rule.port) }),
    sourceIps: [...rule.sources],
  };
}
