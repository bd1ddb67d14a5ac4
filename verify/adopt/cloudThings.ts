/** What of a stack is at its cloud, as slots and as `pulumi import` takes it: after the state was lost. */
import type { Plan } from "../../stack/model/plan.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { THING_KINDS, type Cloud } from "../../stack/vendors/cloud.ts";
import { ATTACHMENT_ROLE, plannedThings } from "../../stack/vendors/cloudThings.ts";
import { addressName } from "../../stack/vendors/names.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { CloudAccount, CloudAddress, CloudThings } from "../vendors/cloud.ts";
import { VendorError } from "../vendors/http.ts";
import type { FoundId } from "./importFile.ts";

function findAddress(
  addresses: readonly CloudAddress[],
  stack: string,
  family: "ipv4" | "ipv6",
): CloudAddress | undefined {
  return addresses.find(({ name }) => name === addressName(stack, family));
}

/** Slots of addresses that outlived the state: records that point to them are known again. */
export function addressSlots(
  addresses: readonly CloudAddress[],
  stack: string,
): Partial<Record<SlotName, string>> {
  const ipv4 = findAddress(addresses, stack, "ipv4");
  const ipv6 = findAddress(addresses, stack, "ipv6");
  return {
    ...(ipv4 === undefined ? {} : { serverIpv4: ipv4.hostIp }),
    ...(ipv6 === undefined ? {} : { serverIpv6: ipv6.hostIp }),
  };
}

/** Addresses of the stack that are there, as slots; none where the vendor does not answer. */
export async function knownAddresses(
  account: Pick<CloudAccount, "stackAddresses">,
  stack: string,
): Promise<Partial<Record<SlotName, string>>> {
  try {
    return addressSlots(await account.stackAddresses(stack), stack);
  } catch (error) {
    if (error instanceof VendorError) return {};
    throw error;
  }
}

/** Ids of what bears both the label and the name that the plan gives it. */
export function foundIds(
  things: CloudThings,
  stack: string,
  plan: Pick<Plan, "server" | "reverseNames" | "volume">,
): FoundId[] {
  const cloud = CLOUDS[plan.server.provider];
  const found = plannedThings(stack, plan).flatMap(({ kind, role, name }) =>
    things[kind]
      .filter((thing) => thing.name === name)
      .map(({ id }): FoundId => ({ type: cloud.things[kind].type, name: role, id })),
  );
  const reverse = plan.reverseNames.flatMap(({ role, family }): FoundId[] => {
    const address = findAddress(things.address, stack, family);
    if (cloud.reverseNames === undefined || address?.hasReverseName !== true) return [];
    const { type, importId } = cloud.reverseNames;
    return [{ type, name: role, id: importId(address.id, address.hostIp) }];
  });
  return [...found, ...reverse, ...foundAttachments(things, found, cloud)];
}

/** The volume on the server, both ours: the vendor knows that by the volume's id. */
function foundAttachments(
  { volume }: CloudThings,
  found: readonly FoundId[],
  { attachment, things: { server: serverSort, volume: volumeSort } }: Cloud,
): FoundId[] {
  const isFound = (type: string, id: string | undefined): boolean =>
    found.some((one) => one.type === type && one.id === id);
  return volume
    .filter(({ id, serverId }) => isFound(volumeSort.type, id) && isFound(serverSort.type, serverId))
    .map(({ id }) => ({ type: attachment, name: ATTACHMENT_ROLE, id }));
}

/** Every thing, as `TYPE ID`. */
export function listStateIds(things: CloudThings, { server }: Pick<Plan, "server">): string[] {
  const sorts = CLOUDS[server.provider].things;
  return THING_KINDS.flatMap((kind) => things[kind].map(({ id }) => `${sorts[kind].type} ${id}`));
}
