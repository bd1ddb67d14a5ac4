/**
 * What `pulumi destroy --exclude-protected` takes and what it keeps: the engine keeps what is protected, and all that
 * stands under it. Pure.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/cmd/pulumi/operations/destroy.go getProtectedExcludes
 */
import { isMarker } from "../../stack/model/markers.ts";
import { nameOfUrn } from "./resources.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";

/** A resource of an exported state, as far as it is looked at. */
export interface StandingResource {
  readonly urn: string;
  readonly type: string;
  /** Absent of components. */
  readonly id?: string;
  readonly protect?: boolean;
  readonly parent?: string;
  /** `URN::ID` */
  readonly provider?: string;
  readonly dependencies?: readonly string[] | null;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null;
  readonly deletedWith?: string;
  readonly replaceWith?: readonly string[] | null;
}

/** Things of one sort, with their names. */
export interface Sort {
  readonly what: string;
  readonly names: readonly string[];
}

const ALL_CLOUDS = Object.values(CLOUDS);

/** What things are called, by the beginning of a type; what has none is no thing of its own. */
const SORTS: readonly (readonly [type: string, what: string])[] = [
  ...ALL_CLOUDS.map(({ things }) => [things.server.type, "server"] as const),
  ["docker:index/container:", "containers"],
  ["docker:index/remoteImage:", "images"],
  ["command:remote:", "files and steps on the host"],
  ...ALL_CLOUDS.map(({ things }) => [things.address.type, "addresses"] as const),
  ...ALL_CLOUDS.flatMap(({ reverseNames }) =>
    reverseNames === undefined ? [] : [[reverseNames.type, "reverse names"] as const],
  ),
  ...ALL_CLOUDS.map(({ things }) => [things.volume.type, "data volume"] as const),
  ...ALL_CLOUDS.map(({ attachment }) => [attachment, "volume's place on the server"] as const),
  ...ALL_CLOUDS.map(({ things }) => [things.firewall.type, "firewall"] as const),
  ...ALL_CLOUDS.map(({ title, things }) => [things.key.type, `deploy key at ${title}`] as const),
  ["tls:index/", "keys"],
  ["random:index/", "generated secrets"],
  ...Object.values(DNS_PROVIDERS).map(({ resourceType }) => [resourceType, "DNS records"] as const),
];

function listDependencies(resource: StandingResource): string[] {
  const { parent, provider, dependencies, propertyDependencies, deletedWith, replaceWith } = resource;
  const properties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  const one = [parent, provider?.slice(0, provider.lastIndexOf("::")), deletedWith];
  const all = [...one, ...(dependencies ?? []), ...properties, ...(replaceWith ?? [])];
  return all.filter((urn): urn is string => urn !== undefined && urn !== "");
}

/** URNs that are kept. */
function findKept(resources: readonly StandingResource[]): ReadonlySet<string> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const kept = new Set<string>();
  const keep = (urn: string): void => {
    const resource = byUrn.get(urn);
    if (resource === undefined || kept.has(urn)) return;
    kept.add(urn);
    for (const under of listDependencies(resource)) keep(under);
  };
  for (const { urn, protect } of resources) if (protect === true) keep(urn);
  return kept;
}

function sortResources(resources: readonly StandingResource[]): Sort[] {
  const words = [...new Set(SORTS.map(([, what]) => what))];
  const nameSort = ({ type }: StandingResource): string | undefined =>
    SORTS.find(([start]) => type.startsWith(start))?.[1];
  return words.flatMap((what) => {
    const names = resources.filter((one) => nameSort(one) === what).map(({ urn }) => nameOfUrn(urn));
    return names.length === 0 ? [] : [{ what, names: names.sort() }];
  });
}

/** What a teardown for a while does. */
export interface Teardown {
  /** Most important first. */
  readonly stays: readonly Sort[];
  readonly goes: readonly Sort[];
  /** All that stays, as `TYPE ID`. */
  readonly keptIds: ReadonlySet<string>;
}

/** Things that stay and things that go. */
export function planTeardown(resources: readonly StandingResource[]): Teardown {
  const kept = findKept(resources);
  const things = resources.filter(({ id, urn }) => id !== undefined && !isMarker(nameOfUrn(urn)));
  return {
    stays: sortResources(things.filter(({ urn }) => kept.has(urn))),
    goes: sortResources(things.filter(({ urn }) => !kept.has(urn))),
    keptIds: new Set(things.flatMap(({ urn, type, id = "" }) => (kept.has(urn) ? [`${type} ${id}`] : []))),
  };
}
