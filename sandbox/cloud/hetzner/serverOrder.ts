/** `POST /v1/servers`: checks an order whole before anything is made, then makes it. */
import { z } from "zod";
import { takeId, timestamp } from "./actions.ts";
import {
  canBeOrdered,
  findImage,
  findServerType,
  type Image,
  LOCATIONS,
  type ServerType,
} from "./catalog.ts";
import { checkLimit, find, type HetznerCloud, hostKey } from "./cloud.ts";
import { HetznerError, invalid, notFound } from "./errors.ts";
import { noteAttached } from "./firewalls.ts";
import { attachAddress, createAddress } from "./primaryIps.ts";
import { checkName, hostNameSchema, labelsSchema } from "./routes.ts";
import type { CloudServer, Firewall, PrimaryIp } from "./state.ts";

const MOST_USER_DATA = 32_768;
const reference = z.union([z.string(), z.int()]);

// The plugin sends image and ssh_keys as numbers, against the spec.
/** Body of the order. `datacenter` is gone since July 2026. */
export const orderSchema = z.strictObject({
  name: hostNameSchema,
  server_type: reference,
  image: reference,
  location: z.string().optional(),
  start_after_create: z.boolean().default(true),
  ssh_keys: z.array(reference).default([]),
  firewalls: z.array(z.strictObject({ firewall: z.int() })).default([]),
  labels: labelsSchema.default({}),
  user_data: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= MOST_USER_DATA, `is longer than ${MOST_USER_DATA} bytes`)
    .default(""),
  public_net: z
    .strictObject({
      enable_ipv4: z.boolean().default(true),
      enable_ipv6: z.boolean().default(true),
      ipv4: z.int().nullable().default(null),
      ipv6: z.int().nullable().default(null),
    })
    .default({ enable_ipv4: true, enable_ipv6: true, ipv4: null, ipv6: null }),
  automount: z.boolean().optional(),
  networks: z.array(z.int()).max(0, "networks are not part of this sandbox").optional(),
  volumes: z.array(z.int()).max(0, "volumes are attached afterwards in this sandbox").optional(),
});

type Order = z.infer<typeof orderSchema>;

/** Writes the server into the books with its addresses and firewalls; the machine comes with the action. */
export async function placeOrder(cloud: HetznerCloud, order: Order): Promise<CloudServer> {
  const { data } = cloud.store;
  checkLimit(cloud, "servers");
  checkName(data.servers, order.name, "server");
  const type = orderedType(order);
  const image = orderedImage(cloud, order, type);
  const location = LOCATIONS.find((place) =>
    [place.name, String(place.id)].includes(order.location ?? "nbg1"),
  );
  if (location === undefined) throw invalid("location", `unknown location ${order.location ?? ""}`);
  // The vendor's words, which name no field.
  if (!canBeOrdered(type, location.name))
    throw new HetznerError(422, "invalid_input", "unsupported location for server type", {});
  checkKeys(cloud, order);
  const firewalls = order.firewalls.map(({ firewall }) => find(cloud, "firewalls", firewall));
  const own = ownAddresses(cloud, order, location.name);
  const server: CloudServer = {
    id: takeId(data, "servers"),
    name: order.name,
    status: "initializing",
    type: type.name,
    imageId: image.id,
    location: location.name,
    diskGb: type.disk,
    ipv4: null,
    ipv6: null,
    protected: false,
    userData: order.user_data,
    startAfterCreate: order.start_after_create,
    labels: order.labels,
    created: timestamp(),
  };
  data.servers.push(server);
  attachAll(cloud, server, own, firewalls);
  await addAddresses(cloud, server, order);
  return server;
}

function orderedType(order: Order): ServerType {
  const type = findServerType(order.server_type);
  if (type === undefined) throw invalid("server_type", `server type ${order.server_type} does not exist`);
  return type;
}

function orderedImage(cloud: HetznerCloud, order: Order, type: ServerType): Image {
  const image = findImage(order.image, type.architecture);
  if (image === undefined) throw invalid("image", `image ${order.image} does not exist`);
  if (image.architecture !== type.architecture) {
    throw invalid("image", `image is for ${image.architecture}, the server type for ${type.architecture}`);
  }
  if (cloud.bootableImages !== undefined && !cloud.bootableImages.includes(image.name)) {
    const known = cloud.bootableImages.join(", ");
    throw new HetznerError(422, "unsupported_error", `image ${image.name} does not boot here; ${known} does`);
  }
  return image;
}

function checkKeys(cloud: HetznerCloud, order: Order): void {
  for (const key of order.ssh_keys) {
    const known = cloud.store.data.sshKeys.some((one) => one.name === key || String(one.id) === String(key));
    if (!known) throw notFound("ssh_key", key);
  }
}

function ownAddresses(cloud: HetznerCloud, order: Order, location: string): PrimaryIp[] {
  const { public_net: net } = order;
  return (["ipv4", "ipv6"] as const).flatMap((family) => {
    const id = net[family];
    if (id === null) return [];
    if (!net[`enable_${family}`])
      throw invalid(`public_net.${family}`, `given although enable_${family} is false`);
    const address = find(cloud, "primaryIps", id);
    if (address.type !== family) {
      throw new HetznerError(422, "primary_ip_version_mismatch", `primary IP ${id} is not ${family}`);
    }
    if (address.assignee !== null) {
      throw new HetznerError(422, "primary_ip_assigned", `primary IP ${id} is already assigned to a server`);
    }
    if (address.location !== location) {
      throw new HetznerError(
        422,
        "primary_ip_datacenter_mismatch",
        `primary IP ${id} is in ${address.location}`,
      );
    }
    return [address];
  });
}

function attachAll(cloud: HetznerCloud, server: CloudServer, own: PrimaryIp[], firewalls: Firewall[]): void {
  for (const address of own) attachAddress(server, address);
  for (const firewall of new Set(firewalls)) noteAttached(cloud, firewall, server);
}

async function addAddresses(cloud: HetznerCloud, server: CloudServer, order: Order): Promise<void> {
  for (const type of ["ipv4", "ipv6"] as const) {
    if (!order.public_net[`enable_${type}`] || server[type] !== null) continue;
    const wanted = { type, location: server.location, autoDelete: true, labels: {} };
    attachAddress(server, await createAddress(cloud, wanted));
  }
}

/** What the host driver needs to know of a server. */
export function hostSpec(cloud: HetznerCloud, server: CloudServer) {
  const address = (id: number | null) => cloud.store.data.primaryIps.find((one) => one.id === id)?.address;
  const ipv4 = address(server.ipv4);
  const ipv6Base = address(server.ipv6);
  return {
    key: hostKey(server),
    name: server.name,
    image: findImage(server.imageId, "")?.name ?? String(server.imageId),
    userData: server.userData ?? "",
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6Base === undefined ? {} : { ipv6Base }),
  };
}
