/** `keepers`: values whose change makes a new random value. */
import type { Known } from "../protocol/handler.ts";
import { isMap } from "../protocol/value.ts";
import type { Properties } from "../protocol/value.ts";

/** Inputs with keepers of null left out: a change only between null and absent replaces nothing. */
export function withoutNullKeepers(inputs: Known): Properties {
  const { keepers } = inputs;
  if (!isMap(keepers)) return inputs;
  const kept = Object.entries(keepers).filter(([, value]) => value !== null);
  return { ...inputs, keepers: kept.length === 0 ? undefined : Object.fromEntries(kept) };
}
