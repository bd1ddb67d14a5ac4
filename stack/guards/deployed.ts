/**
 * What the last `up` deployed, as far as a change of it has to be judged: the stack keeps it in its output `deployed`.
 *
 * The engine writes outputs after a run that failed too. What a failed run may not have deployed (an image, say) has to
 * come from a resource's own outputs, never from the plan alone, or the next run would be judged by what never was.
 */
import type { Plan } from "../plan.ts";

/** Name of the stack's output. */
export const DEPLOYED_OUTPUT = "deployed";

/** A part is absent before the first `up`, and where an earlier version did not keep it. */
export interface Deployed {
  /** Mail domain whose names, keys and mail the stack holds. */
  readonly domain?: string;
}

/** Everything in it that follows from the plan alone. */
export function deployedBy({ domain }: Pick<Plan, "domain">): Deployed {
  return { domain };
}

function textAt(value: unknown, key: string): string | undefined {
  const found =
    typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)[key]
      : undefined;
  return typeof found === "string" ? found : undefined;
}

/** Mail domain of a stack of an earlier version: its web address is `https://DOMAIN`. */
function domainOfAddress(webAddress: unknown): string | undefined {
  return typeof webAddress === "string" ? /^https:\/\/([^/]+)$/.exec(webAddress)?.[1] : undefined;
}

/**
 * Reads it from the stack's outputs.
 *
 * @param outputs every output of the last `up`; empty before the first. What has another shape counts as absent.
 */
export function readDeployed(outputs: Readonly<Record<string, unknown>>): Deployed {
  const domain = textAt(outputs[DEPLOYED_OUTPUT], "domain") ?? domainOfAddress(outputs["webAddress"]);
  return domain === undefined ? {} : { domain };
}
