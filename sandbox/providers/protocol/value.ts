/**
 * Property values as they travel between engine and plugin, and their plain form inside a stand-in.
 *
 * On the wire an unknown is a string with a fixed UUID, and a secret or an output value is an object with a signature
 * key. Inside, a handler sees plain values: secrets are unwrapped (which places were secret is kept beside, as
 * {@link Secrets}), unknowns are {@link UNKNOWN}, assets and archives stay the objects they are on the wire.
 *
 * Source: sdk/proto and sdk/go/common/resource/properties.go of pulumi/pulumi (constants only).
 */
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/** Key that marks an object as a special value. */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
/** Signatures under {@link SIGNATURE_KEY}. */
export const SIGNATURES = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
} as const;
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that is known only after the deployment. Seen in `check`, `diff` and previews only. */
export const UNKNOWN: unique symbol = Symbol("unknown until deployed");

/** A plain property value. */
export type Value =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly Value[]
  | { readonly [key: string]: Value };
/** Properties of a resource: inputs or outputs. A key that is `undefined` is left out on the wire. */
export type Properties = { readonly [key: string]: Value | undefined };
/** Which places of a value are secret: `true` for all of it, or by key (list positions as decimal text). */
export type Secrets = true | { readonly [key: string]: Secrets };

/** Properties and the places in them that were secret. */
export interface Unmarshalled {
  readonly value: { readonly [key: string]: Value };
  readonly secrets: Exclude<Secrets, true>;
}

/** Whether a value is an object with keys (an asset counts, a list does not). */
export function isMap(value: unknown): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a list. */
export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is unknown or has an unknown somewhere inside. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}

/** A text, number or boolean as text; anything else, which has no text, as the empty one. */
export function asText(value: Value | undefined): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? `${value}`
    : "";
}

/** Reads properties off the wire. `undefined` reads as no properties. */
export function unmarshal(struct: Struct | undefined): Unmarshalled {
  const [value, secrets] = plain(struct?.toJavaScript() ?? {});
  return {
    value: isMap(value) ? value : {},
    secrets: secrets === undefined || secrets === true ? {} : secrets,
  };
}

function plain(wire: unknown): [Value, Secrets | undefined] {
  if (wire === UNKNOWN_TEXT) return [UNKNOWN, undefined];
  if (Array.isArray(wire)) {
    const entries = wire.map((item, index): [string, [Value, Secrets | undefined]] => [
      `${index}`,
      plain(item),
    ]);
    return [entries.map(([, [value]]) => value), gather(entries)];
  }
  if (!isMap(wire)) return [wire as Value, undefined];
  const signature = wire[SIGNATURE_KEY];
  if (signature === SIGNATURES.secret) return [plain(wire.value)[0], true];
  if (signature === SIGNATURES.output) {
    if (wire.value === undefined) return [UNKNOWN, undefined];
    const [value, secrets] = plain(wire.value);
    return [value, wire.secret === true ? true : secrets];
  }
  if (signature === SIGNATURES.resource) return [plain(wire.id ?? wire.urn ?? null)[0], undefined];
  const entries = Object.entries(wire).map(([key, item]): [string, [Value, Secrets | undefined]] => [
    key,
    plain(item),
  ]);
  return [Object.fromEntries(entries.map(([key, [value]]) => [key, value])), gather(entries)];
}

function gather(entries: readonly [string, [Value, Secrets | undefined]][]): Secrets | undefined {
  const found = entries.flatMap(([key, [, secrets]]) =>
    secrets === undefined ? [] : [[key, secrets] as const],
  );
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/**
 * Writes properties to the wire, with the places in `secrets` wrapped as secrets. A list that has changed its length
 * is wrapped whole, as its positions mean nothing any more.
 */
export function marshal(properties: Properties, secrets: Exclude<Secrets, true> = {}): Struct {
  const wire: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) wire[key] = wired(value, secrets[key]);
  }
  // The stubs' own typing admits JSON values only, which is what `wired` makes.
  return structPb.Struct.fromJavaScript(wire as Parameters<typeof structPb.Struct.fromJavaScript>[0]);
}

function wired(value: Value, secrets: Secrets | undefined): unknown {
  if (secrets === true || (secrets !== undefined && !fits(value, secrets))) {
    return { [SIGNATURE_KEY]: SIGNATURES.secret, value: wired(value, undefined) };
  }
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (isList(value)) return value.map((item, index) => wired(item, secrets?.[`${index}`]));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      (item as unknown) === undefined ? [] : [[key, wired(item, secrets?.[key])]],
    ),
  );
}

function fits(value: Value, secrets: Exclude<Secrets, true>): boolean {
  if (isList(value)) return Object.keys(secrets).every((key) => Number(key) < value.length);
  return isMap(value);
}
