/** Values of slots that the state tells in plain, before there are outputs. Pure. */
import type { GeneratedValue, Plan } from "../../stack/model/plan.ts";
import { withoutArmour } from "../../stack/values/pem.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { nameOfUrn, type KnownResource } from "./resources.ts";

const KEY_TYPE = "tls:index/privateKey:PrivateKey";
const TOKEN_TYPE = "random:index/randomId:RandomId";

/** The server's own key; the plan has the rest. */
const OF_EVERY_SERVER = { name: "dkim-key", slot: "dkimPublicKey" } as const;

type Resource = KnownResource & { readonly outputs?: Readonly<Record<string, unknown>> };

/** A text among a resource's outputs. */
function output(resources: readonly Resource[], type: string, name: string, key: string): string | undefined {
  const found = resources.find((one) => one.type === type && nameOfUrn(one.urn) === name)?.outputs?.[key];
  return typeof found === "string" ? found : undefined;
}

function publicKey(resources: readonly Resource[], name: string): string | undefined {
  const pem = output(resources, KEY_TYPE, name, "publicKeyPem");
  return pem === undefined ? undefined : withoutArmour(pem);
}

/** One generated value that is no secret. */
function plainValue(value: GeneratedValue, resources: readonly Resource[]): [SlotName, string | undefined][] {
  if (value.kind === "rsa-key") return [[value.publicSlot, publicKey(resources, value.role)]];
  return value.kind === "token" ? [[value.slot, output(resources, TOKEN_TYPE, value.role, "hex")]] : [];
}

/** The public halves of DKIM keys as their records have them, and tokens, where they are in the state. */
export function stateSlots(
  resources: readonly Resource[],
  { generated }: Pick<Plan, "generated">,
): Partial<Record<SlotName, string>> {
  const values: [SlotName, string | undefined][] = [
    [OF_EVERY_SERVER.slot, publicKey(resources, OF_EVERY_SERVER.name)],
    ...generated.flatMap((value) => plainValue(value, resources)),
  ];
  return Object.fromEntries(values.filter(([, text]) => text !== undefined));
}
