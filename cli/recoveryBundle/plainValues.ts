/** What is compared of a state with its secrets in plain: values and ids by name. */
import { z } from "zod";
import { keyValues, type BundlePart, type PartValues } from "../../stack/guards/bundleMark.ts";
import { outputsIn, type StateResource } from "../engine.ts";
import { secretsByPlace } from "./configuration.ts";
import type { RecoveryBundle } from "./format.ts";

/** Marks a secret in a state, whose value is JSON text (sdk/go/common/resource, `SecretSig`). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const secretSchema = z.object({ [SIGNATURE]: z.string(), plaintext: z.string() });

/** A value of a state with its secrets in plain, without their marks. */
function unwrap(value: unknown): unknown {
  const secret = secretSchema.safeParse(value);
  if (secret.success) return unwrap(JSON.parse(secret.data.plaintext));
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unwrap(one)]));
}

/** Resources of a state. */
export function resourcesOf({ deployment }: RecoveryBundle["state"]): readonly (StateResource & {
  readonly protect?: boolean;
})[] {
  return deployment.resources ?? [];
}

/** Values behind the plan's slots; undefined where the stack has none, as before the first `up` or after one that failed early. */
export function slotsOf(state: RecoveryBundle["state"]): PartValues | undefined {
  const slots = z.record(z.string(), z.string()).safeParse(unwrap(outputsIn(resourcesOf(state))["slots"]));
  return slots.success ? slots.data : undefined;
}

/** Parts of a bundle, as far as they are known. */
export function partsOf({
  state,
  configuration,
}: Pick<RecoveryBundle, "state" | "configuration">): Partial<Record<BundlePart, PartValues>> {
  const slots = slotsOf(state);
  const protectedOnes = resourcesOf(state).filter(({ protect }) => protect === true);
  return {
    ...(slots === undefined ? {} : { keys: keyValues(slots) }),
    settings: secretsByPlace(configuration),
    things: Object.fromEntries(protectedOnes.map(({ urn, id = "" }) => [urn, id])),
  };
}
