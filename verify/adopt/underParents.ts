/**
 * The file that `pulumi import --file` takes, for things whose component is in the state already. Pure.
 *
 * A preview would tell the same, and all else too; but it fails as long as the addresses are forgotten and containers are
 * not: their provider is reached by an address that is not known then.
 */
import { nameOfUrn } from "../state/resources.ts";
import { CLOUDS, DNS_PROVIDERS } from "../../stack/vendors/registry.ts";
import type { FoundId, ImportFile, ImportSpec } from "./importFile.ts";

const IDENTITY = "mailstead:components:Identity";
const DNS = "mailstead:dns:MailDns";

/** Component that declares each type. */
const PARENTS: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.values(CLOUDS).flatMap(({ components, things, reverseNames, attachment }) => [
    [things.address.type, components.addresses] as const,
    ...(reverseNames === undefined ? [] : [[reverseNames.type, components.addresses] as const]),
    [things.firewall.type, components.host] as const,
    [things.key.type, components.host] as const,
    [things.server.type, components.host] as const,
    [attachment, components.host] as const,
    [things.volume.type, IDENTITY] as const,
  ]),
  ...Object.values(DNS_PROVIDERS).map(({ resourceType }) => [resourceType, DNS] as const),
]);

/** A resource of the state, as far as it is looked at. */
interface Known {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Version of the plugin that the state's own things of the package are kept by. */
function readVersion(type: string, state: readonly Known[]): string | undefined {
  const provider = state.find((one) => one.type === `pulumi:providers:${type.split(":")[0] ?? ""}`);
  const version = provider?.outputs?.["version"];
  return typeof version === "string" ? version : undefined;
}

/** What is found and not in the state, each below its component; without those whose component is not there yet. */
export function placeUnderParents(found: readonly FoundId[], state: readonly Known[]): ImportFile {
  const nameTable: Record<string, string> = {};
  const resources = found.flatMap(({ type, name, id }): ImportSpec[] => {
    const parent = state.find((one) => one.type === PARENTS[type]);
    const isKnown = state.some((one) => one.type === type && nameOfUrn(one.urn) === name);
    if (parent === undefined || isKnown) return [];
    const parentName = nameOfUrn(parent.urn);
    nameTable[parentName] = parent.urn;
    const version = readVersion(type, state);
    return [{ type, name, id, parent: parentName, ...(version === undefined ? {} : { version }) }];
  });
  return { nameTable, resources };
}
