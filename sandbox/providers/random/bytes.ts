/** `random.RandomBytes` and `random.RandomId`: the same bytes, written differently. */
import { randomBytes } from "node:crypto";
import type { Known, ResourceHandler } from "../protocol/handler.ts";
import { stateOnly } from "../protocol/stateOnly.ts";
import type { Properties } from "../protocol/value.ts";
import { withoutNullKeepers } from "./keepers.ts";

/** Secret bytes; the id is the base64 text, as with the real provider (where it stands in state in clear). */
export const randomBytesResource: ResourceHandler = {
  ...stateOnly(
    {
      inputs: ["keepers", "length"],
      required: ["length"],
      replaceOn: ["keepers", "length"],
      computed: ["base64", "hex"],
      secretOutputs: ["base64", "hex"],
    },
    (inputs) => {
      const bytes = randomBytes(Number(inputs.length));
      return Promise.resolve({ id: bytes.toString("base64"), outputs: { ...inputs, ...bytesTexts(bytes) } });
    },
    (id) => {
      const bytes = Buffer.from(id, "base64");
      return { inputs: { length: bytes.length }, outputs: { length: bytes.length, ...bytesTexts(bytes) } };
    },
  ),
  normalise: withoutNullKeepers,
};

/** Bytes that are no secret. `prefix` goes before every form but not into the id. */
export const randomId: ResourceHandler = {
  ...stateOnly(
    {
      inputs: ["byteLength", "keepers", "prefix"],
      required: ["byteLength"],
      replaceOn: ["byteLength", "keepers", "prefix"],
      computed: ["b64Std", "b64Url", "dec", "hex", "id"],
    },
    (inputs) => {
      const bytes = randomBytes(Number(inputs.byteLength));
      const id = bytes.toString("base64url");
      return Promise.resolve({ id, outputs: { ...inputs, id, ...idTexts(bytes, prefixOf(inputs)) } });
    },
    (text) => {
      const [prefix, id] = text.includes(",") ? (text.split(",", 2) as [string, string]) : ["", text];
      const bytes = Buffer.from(id, "base64url");
      const inputs = { byteLength: bytes.length, ...(prefix === "" ? {} : { prefix }) };
      return { inputs, outputs: { ...inputs, id, ...idTexts(bytes, prefix) } };
    },
  ),
  normalise: withoutNullKeepers,
};

function bytesTexts(bytes: Buffer): Properties {
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

function prefixOf(inputs: Known): string {
  return typeof inputs.prefix === "string" ? inputs.prefix : "";
}

function idTexts(bytes: Buffer, prefix: string): Properties {
  return {
    b64Std: `${prefix}${bytes.toString("base64")}`,
    b64Url: `${prefix}${bytes.toString("base64url")}`,
    dec: `${prefix}${BigInt(`0x${bytes.toString("hex") || "0"}`)}`,
    hex: `${prefix}${bytes.toString("hex")}`,
  };
}
