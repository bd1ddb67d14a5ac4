/**
 * A second cloud, which lives in memory and in the tests alone: it sets no reverse names, holds no mail back, and tells
 * neither offers nor prices.
 */
import * as pulumi from "@pulumi/pulumi";
import type { CloudAddresses, CloudResources, Host } from "../../../components/vendors/cloud.ts";
import type { CloudName } from "../../../stack/model/vendorNames.ts";
import { bad, good } from "../../../stack/values/reading.ts";
import { slot } from "../../../stack/values/slots.ts";
import type { Cloud, DeployedServer, DeployedVolume, ThingKind } from "../../../stack/vendors/cloud.ts";
import { addressName, thingName } from "../../../stack/vendors/names.ts";
import { bind } from "../../../components/bind.ts";
import type { CloudAccount, CloudAddress, CloudThing } from "../../../verify/vendors/cloud.ts";

/** Its name; a cloud of the product would be one of the type. */
export const MEMORY = "memory" as CloudName;

export const memoryCloud: Cloud = {
  name: MEMORY,
  title: "Memory",
  token: { key: "memory:token", variables: ["MEMORY_TOKEN"] },
  things: {
    server: { type: "memory:index:Server", inWords: "server" },
    address: { type: "memory:index:Address", inWords: "address" },
    firewall: { type: "memory:index:Firewall", inWords: "firewall" },
    key: { type: "memory:index:Key", inWords: "key" },
    volume: { type: "memory:index:Volume", inWords: "volume" },
  },
  attachment: "memory:index:Attachment",
  volumeIn: ({ volume }) => volume as DeployedVolume | undefined,
  components: { addresses: "test:memory:Addresses", host: "test:memory:Host" },
  images: { "ubuntu-24.04": "ubuntu-24-04-x64", "debian-13": "debian-13-x64" },
  readLocation: (text) =>
    text.startsWith("shelf-") ? good(text) : bad("not-a-shelf", "this is no shelf", "set shelf-1"),
  readServerType: (text) =>
    text === "tiny" ? good(text) : bad("not-a-size", "there is one size", "set tiny"),
  doubtPlace: () => undefined,
  serverIn: (outputs) => outputs["server"] as DeployedServer,
  ipv4In: ({ v4 }) => (typeof v4 === "string" ? v4 : undefined),
  inputsOfLoss: [],
  advice: {
    account: "drawer",
    makeToken: "cut a token",
    console: "the drawer",
    addresses: "the drawer's label",
    switchOn: "press the button",
  },
};

/** What is at the cloud. */
export interface MemoryThings {
  readonly server: readonly (CloudThing & { readonly deployed: DeployedServer })[];
  readonly address: readonly CloudAddress[];
  readonly firewall: readonly CloudThing[];
  readonly key: readonly CloudThing[];
  readonly volume: readonly CloudThing[];
}

export const NOTHING: MemoryThings = { server: [], address: [], firewall: [], key: [], volume: [] };

class MemoryThing extends pulumi.CustomResource {
  constructor(kind: ThingKind, name: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super(memoryCloud.things[kind].type, name, props, opts);
  }
}

class MemoryAddresses extends pulumi.ComponentResource implements CloudAddresses {
  readonly ipv4 = pulumi.output("203.0.113.10");
  readonly ipv6 = pulumi.output("2001:db8:a:1::1");
  readonly reverseNames = [];
}

/** How it is declared. @param there what is at the cloud now. */
export function memoryResources(there: () => MemoryThings): CloudResources<MemoryAddresses> {
  return {
    accountAddresses: () => Promise.resolve(there().address),
    stackVolumes: () => Promise.resolve(there().volume.map(({ id }) => ({ id, sizeGb: 20 }))),
    declareVolume({ plan: { role, sizeGb }, protect }, opts) {
      const volume = new MemoryThing("volume", role, { sizeGb }, { ...opts, protect });
      return { volume, device: pulumi.output("/dev/memory") };
    },
    stackServers: () => Promise.resolve(there().server.map(({ deployed }) => deployed)),
    declareAddresses(name, { plan, reviewed, stack }, opts) {
      const all = new MemoryAddresses(memoryCloud.components.addresses, name, {}, opts);
      const kept = { parent: all, protect: plan.protect };
      for (const family of ["ipv4", "ipv6"] as const)
        new MemoryThing(
          "address",
          family,
          { name: addressName(stack, family), location: reviewed.location },
          kept,
        );
      return all;
    },
    declareHost(name, { plan, stack, reviewed, addresses, values }, opts): Host {
      const all = new pulumi.ComponentResource(memoryCloud.components.host, name, {}, opts);
      const [{ role, publicKey }] = plan.server.deployKeys;
      new MemoryThing(
        "firewall",
        "firewall",
        { ports: plan.firewall.map(({ port = 0 }) => port) },
        { parent: all },
      );
      new MemoryThing(
        "key",
        role,
        { name: thingName(stack), text: bind([slot(publicKey)], values) },
        { parent: all },
      );
      const { type, image, protect } = plan.server;
      const server = new MemoryThing(
        "server",
        "server",
        { name: reviewed.name, type, image },
        { parent: all, protect },
      );
      return { server, addresses };
    },
  };
}

/** How it is asked. @param removed gets what is deleted. */
export function memoryAccount(there: MemoryThings, removed: string[] = []): CloudAccount {
  return {
    addresses: () => Promise.resolve(there.address),
    stackAddresses: () => Promise.resolve(there.address),
    things: () => Promise.resolve(there),
    remove: (kind, id) => {
      removed.push(`${kind} ${id}`);
      return Promise.resolve();
    },
  };
}
