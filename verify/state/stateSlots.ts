/** Values of slots that the state tells in plain, before there are outputs. Pure. */
import { dkimValue } from "../../stack/dns/dkim.ts";
import type { SlotName } from "../../stack/values/slots.ts";
import { nameOfUrn, type KnownResource } from "./resources.ts";

const KEY_TYPE = "tls:index/privateKey:PrivateKey";

/** The public half of the DKIM key as its record has it, where the key is in the state. */
export function stateSlots(
  resources: readonly (KnownResource & { readonly outputs?: Readonly<Record<string, unknown>> })[],
): Partial<Record<SlotName, string>> {
  const key = resources.find(({ type, urn }) => type === KEY_TYPE && nameOfUrn(urn) === "dkim-key");
  const pem = key?.outputs?.["publicKeyPem"];
  if (typeof pem !== "string") return {};
  return { dkimPublicKey: dkimValue(pem) };
}
