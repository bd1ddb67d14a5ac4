/** A disposable server at Hetzner: firewall, deploy key, server. */
import { Firewall } from "@pulumi/hcloud/firewall.js";
import { getServers } from "@pulumi/hcloud/getServers.js";
import { Server } from "@pulumi/hcloud/server.js";
import { SshKey } from "@pulumi/hcloud/sshKey.js";
import * as pulumi from "@pulumi/pulumi";
import { bootHash, renderUserData } from "../../cloud-init/renderUserData.ts";
import type { FirewallRule, Plan, PlannedServer } from "../../stack/plan.ts";
import { readAsset } from "../assets.ts";
import { bindText, type SlotValues } from "../bind.ts";
import { causeText, outsideError } from "../errors.ts";
import { SERVER_TIMEOUTS, VENDOR_TIMEOUTS } from "../timeouts.ts";
import { reviewDeployed } from "./deployedServer.ts";
import type { HetznerAddresses } from "./hetznerAddresses.ts";
import { BOOT_LABEL, GENERATION_LABEL, STACK_LABEL, type Host } from "./host.ts";

export interface HetznerHostArgs {
  readonly plan: Pick<Plan, "server" | "firewall">;
  readonly stack: string;
  readonly addresses: HetznerAddresses;
  readonly deployPublicKey: pulumi.Output<string>;
  readonly values: SlotValues;
}

/** Server with the firewall attached from its first packet on, at addresses of its own. */
export class HetznerHost extends pulumi.ComponentResource implements Host {
  readonly server: Server;
  readonly addresses: HetznerAddresses;

  constructor(name: string, args: HetznerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:host:HetznerHost", name, {}, opts);
    this.addresses = args.addresses;
    const vendorName = `mailstead-${args.stack}`;
    const labels = { [STACK_LABEL]: args.stack };
    const made = { parent: this, customTimeouts: VENDOR_TIMEOUTS };
    const firewall = new Firewall(
      "firewall",
      { name: vendorName, labels, rules: args.plan.firewall.map(hetznerRule) },
      made,
    );
    // Names and keys are unique at the vendor: the old one has to go first.
    const key = new SshKey(
      "deploy-key",
      { name: vendorName, labels, publicKey: args.deployPublicKey },
      { ...made, deleteBeforeReplace: true },
    );
    this.server = this.declareServer(args, firewall, key);
    this.registerOutputs({ serverId: this.server.id });
  }

  private declareServer(args: HetznerHostArgs, firewall: Firewall, key: SshKey): Server {
    const { server } = args.plan;
    const hash = bootHash(server, { asset: readAsset });
    return new Server(
      "server",
      {
        // Late on purpose: a refused change stops here, with its reason, before the engine plans a replacement.
        name: reviewedName(server, args.stack),
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
        ignoreChanges: ["userData", "image", "serverType", "sshKeys", "labels", "location"],
        replacementTrigger: server.generation,
        // Name and addresses can be held by one server only.
        deleteBeforeReplace: true,
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

/**
 * Asks the vendor what runs now, warns of what waits (in a preview, once) and refuses what would lose mail.
 *
 * A preview goes on when the vendor does not answer; an update does not.
 *
 * @returns The name of the planned server, once it may be declared.
 */
async function reviewedName(planned: PlannedServer, stack: string): Promise<string> {
  const selector = `${STACK_LABEL}=${stack}`;
  let deployed;
  try {
    const { servers } = await getServers({ withSelector: selector });
    deployed = servers.find(({ name }) => name === planned.name);
  } catch (cause) {
    const what = `Hetzner did not say which servers bear the label ${selector}`;
    if (!pulumi.runtime.isDryRun()) throw outsideError(what, cause, "run `npx mailstead preflight`.");
    await pulumi.log.warn(`${what}, so what waits for the next generation is not known: ${causeText(cause)}`);
    return planned.name;
  }
  if (deployed === undefined) return planned.name;
  const lines = reviewDeployed(planned, deployed, (server) => bootHash(server, { asset: readAsset }));
  if (pulumi.runtime.isDryRun()) for (const line of lines) await pulumi.log.warn(line);
  return planned.name;
}
