/** Look-ups: `getServers`, `getServer`, `getPrimaryIps`, `getVolumes`, `getImage`, `getLocation`. */
import { createHash } from "node:crypto";
import type { FunctionHandler, Known } from "../protocol/handler.ts";
import { asText, isList } from "../protocol/value.ts";
import type { Properties, Value } from "../protocol/value.ts";
import type { HcloudApi } from "./api.ts";
import { numberOf, textOf } from "../protocol/inputs.ts";
import type { PrimaryIp, Server } from "./model.ts";
import { addressOutputs } from "./primaryIp.ts";
import { serverOutputs } from "./server/outputs.ts";
import { lookedUpVolume, type Volume } from "./volume/model.ts";

interface Page {
  readonly meta?: { readonly pagination?: { readonly next_page?: number | null } };
}

/** The functions, on an API that is there once the provider is configured. */
export function hcloudFunctions(api: () => HcloudApi): Readonly<Record<string, FunctionHandler>> {
  return {
    "hcloud:index/getServers:getServers": async (args, { signal }) => {
      const servers = await listServers(api(), args, signal);
      const id = createHash("sha1")
        .update(servers.map((server) => server.id).join("-"))
        .digest("hex");
      return { ...args, id, servers: servers.map(lookedUp) };
    },
    "hcloud:index/getPrimaryIps:getPrimaryIps": async (args, { signal }) => {
      const addresses = await listAll<PrimaryIp>(api(), "primary_ips", args, signal);
      const ids = addresses.map(({ id }) => id).join("-");
      return {
        ...args,
        id: createHash("sha1").update(ids).digest("hex"),
        primaryIps: addresses.map(shownAddress),
      };
    },
    "hcloud:index/getVolumes:getVolumes": async (args, { signal }) => {
      const volumes = await listAll<Volume>(api(), "volumes", args, signal, statusesOf(args));
      const ids = volumes.map(({ id }) => id).join("-");
      return {
        ...args,
        id: createHash("sha1").update(ids).digest("hex"),
        volumes: volumes.map((volume) => known(lookedUpVolume(volume))),
      };
    },
    "hcloud:index/getServer:getServer": async (args, { signal }) => {
      const server = await oneServer(api(), args, signal);
      return { ...args, ...lookedUp(server) };
    },
    "hcloud:index/getImage:getImage": async (args, { signal }) => getImage(api(), args, signal),
    "hcloud:index/getLocation:getLocation": async (args, { signal }) => getLocation(api(), args, signal),
  };
}

/** A server as a look-up answers it: the id a number, and nothing that only inputs know. */
function lookedUp(server: Server): { readonly [key: string]: Value } {
  const inputOnly = [
    "allowDeprecatedImages",
    "ignoreRemoteFirewallIds",
    "keepDisk",
    "publicNets",
    "shutdownBeforeDeletion",
    "sshKeys",
    "userData",
  ];
  const outputs = Object.entries(serverOutputs(server, {})).filter(([key]) => !inputOnly.includes(key));
  return {
    ...known(Object.fromEntries(outputs)),
    id: server.id,
    iso: "",
    rescue: "",
    datacenter: "",
    networks: [],
  };
}

function known(properties: Properties): { readonly [key: string]: Value } {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]): [string, Value][] =>
      value === undefined ? [] : [[key, value]],
    ),
  );
}

/** An address as a look-up answers it: the id a number, the network only of IPv6. */
function shownAddress(address: PrimaryIp): { readonly [key: string]: Value } {
  return { ipNetwork: "", datacenter: "", ...addressOutputs(address), id: address.id };
}

/** Every page of a kind, as far as the selector and more of the query want it. */
async function listAll<T>(
  api: HcloudApi,
  kind: string,
  args: Known,
  signal: AbortSignal,
  more = "",
): Promise<T[]> {
  const query = new URLSearchParams();
  const selector = textOf(args, "withSelector") ?? textOf(args, "selector");
  if (selector !== undefined) query.set("label_selector", selector);
  const things: T[] = [];
  for (let page: number | null | undefined = 1; page;) {
    query.set("page", `${page}`);
    query.set("per_page", "50");
    const answer: Page & Record<string, unknown> = await api.request(
      "GET",
      `/${kind}?${query.toString()}${more}`,
      signal,
    );
    things.push(...(answer[kind] as T[]));
    page = answer.meta?.pagination?.next_page;
  }
  return things;
}

function listServers(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Server[]> {
  return listAll(api, "servers", args, signal, statusesOf(args));
}

function statusesOf({ withStatuses }: Known): string {
  return isList(withStatuses) ? withStatuses.map((status) => `&status=${asText(status)}`).join("") : "";
}

async function oneServer(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Server> {
  const id = numberOf(args, "id");
  if (id !== undefined)
    return (await api.request<{ server: Server }>("GET", `/servers/${id}`, signal)).server;
  const name = textOf(args, "name");
  const servers =
    name === undefined
      ? await listServers(api, args, signal)
      : (
          await api.request<{ servers: Server[] }>(
            "GET",
            `/servers?${new URLSearchParams({ name }).toString()}`,
            signal,
          )
        ).servers;
  const [found] = servers;
  if (found === undefined) throw new Error(`no Server found with name ${name ?? ""}`);
  if (servers.length > 1)
    throw new Error(`more than one server found for selector ${asText(args.withSelector)}`);
  return found;
}

interface Image {
  readonly id: number;
  readonly name: string | null;
  readonly description: string;
  readonly type: string;
  readonly architecture: string;
  readonly os_flavor: string;
  readonly os_version: string | null;
  readonly rapid_deploy?: boolean;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function getImage(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Properties> {
  const id = numberOf(args, "id");
  const architecture = textOf(args, "withArchitecture") ?? "x86";
  const query = new URLSearchParams({ architecture, name: textOf(args, "name") ?? "" });
  const image =
    id === undefined
      ? (await api.request<{ images: Image[] }>("GET", `/images?${query.toString()}`, signal)).images[0]
      : (await api.request<{ image: Image }>("GET", `/images/${id}`, signal)).image;
  if (image === undefined) throw new Error(`no image found with name ${textOf(args, "name") ?? ""}`);
  const { name, description, type, created, labels } = image;
  return {
    ...args,
    id: image.id,
    name: name ?? "",
    description,
    type,
    created,
    labels,
    architecture: image.architecture,
    osFlavor: image.os_flavor,
    osVersion: image.os_version ?? "",
    rapidDeploy: image.rapid_deploy ?? false,
    deprecated: "",
  };
}

interface Location {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly city: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly network_zone: string;
}

async function getLocation(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Properties> {
  const id = numberOf(args, "id");
  const query = new URLSearchParams({ name: textOf(args, "name") ?? "" });
  const location =
    id === undefined
      ? (await api.request<{ locations: Location[] }>("GET", `/locations?${query.toString()}`, signal))
          .locations[0]
      : (await api.request<{ location: Location }>("GET", `/locations/${id}`, signal)).location;
  if (location === undefined) throw new Error(`no location found with name ${textOf(args, "name") ?? ""}`);
  const { network_zone, ...rest } = location;
  return { ...rest, networkZone: network_zone };
}
