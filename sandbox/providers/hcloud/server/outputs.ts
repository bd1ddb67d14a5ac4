/** A server in Pulumi's words. */
import { createHash } from "node:crypto";
import type { Known } from "../../protocol/handler.ts";
import { isList, isMap } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { firstHost } from "../address.ts";
import { refreshed } from "../../protocol/inputs.ts";
import type { Server } from "../model.ts";

/** Inputs that only the state remembers. */
const REMEMBERED = [
  "allowDeprecatedImages",
  "ignoreRemoteFirewallIds",
  "keepDisk",
  "shutdownBeforeDeletion",
] as const;

/** How user-data stands in outputs: base64 of its SHA-1. */
export function userDataHash(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

/** The network block of inputs, or undefined. */
export function publicNetOf(properties: Known): { readonly [key: string]: Value } | undefined {
  const first = isList(properties.publicNets) ? properties.publicNets[0] : undefined;
  return isMap(first) ? first : undefined;
}

/** Outputs of a server: what the API says, and what only the inputs know. */
export function serverOutputs(server: Server, inputs: Known): Properties {
  const { ipv4, ipv6, firewalls } = server.public_net;
  const remembered = REMEMBERED.map((key): [string, Value] => [key, inputs[key] ?? false]);
  return {
    ...Object.fromEntries(remembered),
    id: `${server.id}`,
    name: server.name,
    status: server.status,
    labels: server.labels,
    serverType: server.server_type.name,
    image: imageOf(server) ?? inputs.image ?? null,
    location: (server.location ?? server.datacenter?.location)?.name ?? null,
    datacenter: null,
    backups: server.backup_window !== null && server.backup_window !== "",
    backupWindow: server.backup_window ?? "",
    deleteProtection: server.protection.delete,
    rebuildProtection: server.protection.rebuild,
    ipv4Address: ipv4?.ip ?? "",
    ipv6Address: firstHost(ipv6?.ip ?? ""),
    ipv6Network: ipv6?.ip ?? "",
    primaryDiskSize: server.primary_disk_size,
    firewallIds: (firewalls ?? []).map(({ id }) => id),
    publicNets: inputs.publicNets ?? null,
    sshKeys: inputs.sshKeys ?? null,
    userData: typeof inputs.userData === "string" ? userDataHash(inputs.userData) : (inputs.userData ?? null),
    iso: inputs.iso ?? null,
    rescue: inputs.rescue ?? null,
    networks: inputs.networks ?? null,
    placementGroupId: inputs.placementGroupId ?? null,
  };
}

/** Inputs after a refresh: user-data, keys and image of a lost image stay as given. */
export function serverInputs(server: Server, inputs: Known, outputs: Properties): Properties {
  const imported = ["firewallIds", "image", "labels", "location", "name", "serverType"];
  const net = publicNetOf(inputs);
  return {
    ...refreshed(inputs, outputs, imported),
    ...(inputs.userData === undefined ? {} : { userData: inputs.userData }),
    ...(net === undefined ? {} : { publicNets: [presentNet(server, net)] }),
  };
}

/** The fields that the program gave, as they are now. */
function presentNet(server: Server, net: Known): { readonly [key: string]: Value } {
  const { ipv4, ipv6 } = server.public_net;
  const now: Record<string, Value> = {
    ipv4Enabled: ipv4 !== null,
    ipv6Enabled: ipv6 !== null,
    ipv4: ipv4?.id ?? 0,
    ipv6: ipv6?.id ?? 0,
  };
  return Object.fromEntries(Object.entries(net).map(([key, value]) => [key, now[key] ?? value]));
}

function imageOf({ image }: Server): string | undefined {
  return image === null ? undefined : (image.name ?? `${image.id}`);
}
