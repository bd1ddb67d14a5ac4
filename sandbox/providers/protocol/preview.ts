/** What a preview says about outputs, and which outputs are secret. */
import type { Known, ResourceSchema } from "./handler.ts";
import { UNKNOWN } from "./value.ts";
import type { Properties, Secrets, Value } from "./value.ts";

/** Outputs of a resource that is not made yet: inputs over defaults, everything computed unknown. */
export function plannedCreate(schema: ResourceSchema, inputs: Known): Properties {
  const unknown = Object.fromEntries(schema.computed.map((key): [string, Value] => [key, UNKNOWN]));
  return { ...schema.defaults, ...unknown, ...withoutInternals(inputs) };
}

/** Outputs of a resource after an update that is not done yet. */
export function plannedUpdate(
  schema: ResourceSchema,
  oldInputs: Known,
  oldOutputs: Known,
  news: Known,
): Properties {
  const dropped = Object.keys(oldInputs).filter((key) => !(key in news) && !schema.computed.includes(key));
  const kept = Object.fromEntries(Object.entries(oldOutputs).filter(([key]) => !dropped.includes(key)));
  const unknown = Object.fromEntries(
    (schema.unknownOnUpdate ?? []).map((key): [string, Value] => [key, UNKNOWN]),
  );
  return { ...schema.defaults, ...kept, ...withoutInternals(news), ...unknown };
}

/** Secret places of outputs: those of the inputs of the same name, and whole the ones that the schema names. */
export function outputSecrets(
  schema: ResourceSchema,
  ...inputs: readonly Exclude<Secrets, true>[]
): Exclude<Secrets, true> {
  const named = Object.fromEntries((schema.secretOutputs ?? []).map((key): [string, true] => [key, true]));
  return Object.assign({}, ...inputs, named) as Exclude<Secrets, true>;
}

function withoutInternals(properties: Known): Known {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}
