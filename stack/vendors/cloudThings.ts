/** Things at any cloud, as plan and state know them. */
import type { Plan } from "../model/plan.ts";
import { THING_KINDS, type Cloud, type DeployedVolume, type Outputs, type ThingKind } from "./cloud.ts";
import { addressName, thingName, volumeName } from "./names.ts";
import { CLOUDS } from "./registry.ts";

/** A resource of the state, as far as it is looked at. */
export interface StateThing {
  readonly type: string;
  readonly outputs?: Outputs;
}

/** Type tokens of a kind of things, at every cloud. */
export function listTypes(kind: ThingKind): readonly string[] {
  return Object.values(CLOUDS).map(({ things }) => things[kind].type);
}

/** Whether a type token is that of a cloud's server. */
export function isServer({ type }: { readonly type: string }): boolean {
  return listTypes("server").includes(type);
}

/** Whether a type token is that of a cloud's volume. */
export function isVolume({ type }: { readonly type: string }): boolean {
  return listTypes("volume").includes(type);
}

/** Whether a type token is that of a volume's place on a server, at any cloud. */
export function isAttachment({ type }: { readonly type: string }): boolean {
  return Object.values(CLOUDS).some(({ attachment }) => attachment === type);
}

/** Inputs of a server that seem to differ where it is gone, by the beginning of their paths. @param type its type token */
export function inputsOfLoss(type: string): readonly string[] {
  return Object.values(CLOUDS).find(({ things }) => things.server.type === type)?.inputsOfLoss ?? [];
}

/** Type tokens of every kind of things at every cloud. */
export function thingTypes(): readonly string[] {
  return THING_KINDS.flatMap(listTypes);
}

/** The IPv4 address that an address of a cloud has in the state. */
export function ipv4OfThing({ type, outputs = {} }: StateThing): string | undefined {
  const cloud = Object.values(CLOUDS).find(({ things }) => things.address.type === type);
  return cloud?.ipv4In(outputs);
}

/** What a volume of a cloud is like in the state. */
export function volumeOfThing({ type, outputs = {} }: StateThing): DeployedVolume | undefined {
  return Object.values(CLOUDS)
    .find(({ things }) => things.volume.type === type)
    ?.volumeIn(outputs);
}

/** The name that a reverse name of a cloud has in the state. */
export function reverseNameOfThing({ type, outputs = {} }: StateThing): string | undefined {
  const cloud: Cloud | undefined = Object.values(CLOUDS).find(
    ({ reverseNames }) => reverseNames?.type === type,
  );
  return cloud?.reverseNames?.nameIn(outputs);
}

/** A thing that the plan has at its cloud. */
export interface PlannedThing {
  readonly kind: ThingKind;
  /** Logical name. */
  readonly role: string;
  /** Name at the vendor. */
  readonly name: string;
}

/** Logical name of what puts the data volume on the server. */
export const ATTACHMENT_ROLE = "data-attachment";

/** Every thing that the plan has, but reverse names, which have no name of their own. */
export function plannedThings(
  stack: string,
  { server, volume }: Pick<Plan, "server" | "volume">,
): readonly PlannedThing[] {
  const [key] = server.deployKeys;
  return [
    { kind: "address", role: "ipv4", name: addressName(stack, "ipv4") },
    { kind: "address", role: "ipv6", name: addressName(stack, "ipv6") },
    { kind: "firewall", role: "firewall", name: thingName(stack) },
    { kind: "key", role: key.role, name: `${thingName(stack)}${key.vendorSuffix}` },
    ...(volume === undefined
      ? []
      : [{ kind: "volume", role: volume.role, name: volumeName(stack) } as const]),
    { kind: "server", role: "server", name: server.name },
  ];
}
