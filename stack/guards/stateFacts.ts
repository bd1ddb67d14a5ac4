/**
 * What the state's resources tell of the last `up`, where the stack's outputs do not: the engine drops all outputs when an
 * `up` fails early, and a stack of an earlier version kept fewer.
 */
import { hostName } from "../services/names.ts";
import type { DeployedVolume } from "../vendors/cloud.ts";
import { ipv4OfThing, reverseNameOfThing, volumeOfThing } from "../vendors/cloudThings.ts";
import { zoneIdOfRecord } from "../vendors/recordResources.ts";
import { readImages, type DeployedImages } from "./deployedImages.ts";

/** A resource of the state, as far as it is looked at. */
export interface StateFact {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** First label of the server's own name, with its dot: the reverse names bear that name. */
const HOST_PREFIX = hostName("mx", "");

/** Mail domain, by a reverse name. */
export function domainInState(resources: readonly StateFact[]): string | undefined {
  const names = resources.flatMap((resource) => reverseNameOfThing(resource) ?? []);
  return names.find((name) => name.startsWith(HOST_PREFIX))?.slice(HOST_PREFIX.length);
}

/** IPv4 address that a resource tells: the address at the vendor, or the connection to the host's Docker. */
function readAddress(resource: StateFact): string | undefined {
  const { type, outputs = {} } = resource;
  const { host } = outputs;
  if (type === "pulumi:providers:docker" && typeof host === "string")
    return /^ssh:\/\/root@([\d.]+)$/.exec(host)?.[1];
  return ipv4OfThing(resource);
}

/** IPv4 address of the server; by its Docker where a refresh with a foreign token dropped the vendor's. */
export function addressInState(resources: readonly StateFact[]): string | undefined {
  return resources.map(readAddress).find((address) => address !== undefined);
}

/** The data volume. */
export function volumeInState(resources: readonly StateFact[]): DeployedVolume | undefined {
  return resources.map(volumeOfThing).find((volume) => volume !== undefined);
}

/** The DNS provider's id of the zone that the records are in. */
export function zoneIdInState(resources: readonly StateFact[]): string | undefined {
  return resources.map(zoneIdOfRecord).find((id) => id !== undefined);
}

/** Tag and digest by role, from the images that the host has: `image-mongo` is `mongo:8.0@sha256:…`. */
export function imagesInState(resources: readonly StateFact[]): DeployedImages | undefined {
  const found = resources.flatMap(({ urn, type, outputs }) => {
    const role = /::image-(\w+)$/.exec(urn)?.[1];
    const [, tag, digest] = /:([^:@/]+)@(sha256:[0-9a-f]+)$/.exec(String(outputs?.["name"])) ?? [];
    if (type !== "docker:index/remoteImage:RemoteImage" || role === undefined) return [];
    return tag === undefined || digest === undefined
      ? []
      : [[role, { tag, digests: { [tag]: digest } }] as const];
  });
  return found.length === 0 ? undefined : readImages(Object.fromEntries(found));
}
