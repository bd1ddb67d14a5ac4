/** What of this stack is at Hetzner, as `pulumi import` takes it: after the state was lost. */
import type { Plan } from "../../../stack/model/plan.ts";
import type { SlotName } from "../../../stack/values/slots.ts";
import { addressName, thingName } from "../../../stack/vendors/names.ts";
import { VendorError } from "../http.ts";
import { HETZNER_TYPES } from "../../preflight/preflight.ts";
import { HETZNER_KINDS, type Hetzner, type HetznerKind, type HetznerThing } from "./api.ts";
import type { FoundId } from "../../adopt/importFile.ts";

/** A Primary IP is a thing with an address and its reverse names. */
export interface HetznerAddress extends HetznerThing {
  /** `203.0.113.10`, or `2001:db8:a:1::/64`. */
  readonly ip?: string;
  /** Server that it is on. */
  readonly assignee_id?: number | null;
  readonly dns_ptr?: readonly { readonly ip: string; readonly dns_ptr: string }[];
}

/** Things with this stack's label, by kind. */
export type HetznerThings = Readonly<Record<HetznerKind, readonly HetznerAddress[]>>;

const REVERSE_TYPE = "hcloud:index/rdns:Rdns";

function labelled(stack: string): string {
  return `&label_selector=${encodeURIComponent(`mailstead==${stack}`)}`;
}

/** Lists what bears the label of the stack; a call a page and kind. @throws VendorError */
export async function findHetznerThings(
  hetzner: Pick<Hetzner, "list">,
  stack: string,
): Promise<HetznerThings> {
  const lists = HETZNER_KINDS.map(async (kind) => [kind, await hetzner.list(kind, labelled(stack))] as const);
  return Object.fromEntries(await Promise.all(lists)) as unknown as HetznerThings;
}

/** Addresses of the stack that are there, as slots; none where Hetzner does not answer. */
export async function knownAddresses(
  hetzner: Pick<Hetzner, "list">,
  stack: string,
): Promise<Partial<Record<SlotName, string>>> {
  try {
    return addressSlots({ primary_ips: await hetzner.list("primary_ips", labelled(stack)) }, stack);
  } catch (error) {
    if (error instanceof VendorError) return {};
    throw error;
  }
}

/** The address that a server gets in its /64, in canonical text; of an IPv4 address itself. */
function hostAddress(ip: string): string {
  return ip.includes(":") ? ip.replace(/::(\/64)?$/, "::1") : ip;
}

function addressOf(
  things: Pick<HetznerThings, "primary_ips">,
  stack: string,
  family: "ipv4" | "ipv6",
): HetznerAddress | undefined {
  return things.primary_ips.find(({ name }) => name === addressName(stack, family));
}

/** Slots of addresses that outlived the state: records that point to them are known again. */
export function addressSlots(
  things: Pick<HetznerThings, "primary_ips">,
  stack: string,
): Partial<Record<SlotName, string>> {
  const [ipv4, ipv6] = (["ipv4", "ipv6"] as const).map((family) => addressOf(things, stack, family)?.ip);
  return {
    ...(ipv4 === undefined ? {} : { serverIpv4: hostAddress(ipv4) }),
    ...(ipv6 === undefined ? {} : { serverIpv6: hostAddress(ipv6) }),
  };
}

/** A thing that the plan has at Hetzner: logical name, and name at the vendor. */
interface PlannedThing {
  readonly kind: HetznerKind;
  readonly role: string;
  readonly name: string;
}

/** Every thing that the plan has, but reverse names, which have no name of their own. */
export function plannedThings(stack: string, { server }: Pick<Plan, "server">): readonly PlannedThing[] {
  const [key] = server.deployKeys;
  return [
    { kind: "primary_ips", role: "ipv4", name: addressName(stack, "ipv4") },
    { kind: "primary_ips", role: "ipv6", name: addressName(stack, "ipv6") },
    { kind: "firewalls", role: "firewall", name: thingName(stack) },
    { kind: "ssh_keys", role: key.role, name: `${thingName(stack)}${key.vendorSuffix}` },
    { kind: "servers", role: "server", name: server.name },
  ];
}

/** Ids of what bears both the label and the name that the plan gives it. */
export function hetznerIds(
  things: HetznerThings,
  stack: string,
  plan: Pick<Plan, "server" | "reverseNames">,
): FoundId[] {
  const found = plannedThings(stack, plan).flatMap(({ kind, role, name }) =>
    things[kind]
      .filter((thing) => thing.name === name)
      .map(({ id }): FoundId => ({ type: HETZNER_TYPES[kind], name: role, id: String(id) })),
  );
  const reverse = plan.reverseNames.flatMap(({ role, family }): FoundId[] => {
    const address = addressOf(things, stack, family);
    const ip = address?.ip === undefined ? undefined : hostAddress(address.ip);
    const isSet = address?.dns_ptr?.some((one) => one.ip === ip) === true;
    return isSet && ip !== undefined
      ? [{ type: REVERSE_TYPE, name: role, id: `p-${String(address.id)}-${ip}` }]
      : [];
  });
  return [...found, ...reverse];
}
