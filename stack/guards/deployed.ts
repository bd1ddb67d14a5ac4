/**
 * What the last `up` deployed, as far as a change of it has to be judged: the stack keeps it in its output `deployed`.
 *
 * The engine writes outputs after a run that failed too. What a failed run may not have deployed (an image, say) has to
 * come from a resource's own outputs, never from the plan alone, or the next run would be judged by what never was.
 */
import { containerHashes, type ContainerHashes } from "../changes/containerChanges.ts";
import type { Plan } from "../model/plan.ts";
import { readImages, type DeployedImages } from "./deployedImages.ts";
import { domainInState, imagesInState, type StateFact } from "./stateFacts.ts";

/** Name of the stack's output. */
export const DEPLOYED_OUTPUT = "deployed";

/** A part is absent before the first `up`, and where an earlier version did not keep it. */
export interface Deployed {
  /** Mail domain whose names, keys and mail the stack holds. */
  readonly domain?: string;
  /** What the containers were planned from: a preview says by it what a change restarts, and refuses nothing. */
  readonly containers?: ContainerHashes;
  /** Generation of the server, and with it of the data. */
  readonly generation?: number;
  readonly images?: DeployedImages;
  /** IPv4 address of the server, which tells the account that the stack lives in. */
  readonly ipv4?: string;
  /** Numbers of the deploy's own SSH keys; the first is in use. */
  readonly deployKeys?: readonly number[];
}

/**
 * What is deployed as soon as a run has begun: what follows from the plan alone, and the rest as it was.
 *
 * @param before what the last `up` deployed; nothing, unless told.
 */
export function deployedBy(plan: Plan, before: Deployed = {}): Deployed {
  const deployKeys = plan.server.deployKeys.map(({ number }) => number);
  return { ...before, domain: plan.domain, containers: containerHashes(plan), deployKeys };
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A list of numbers; undefined for anything else, and for none. */
function numbersOf(value: unknown): readonly number[] | undefined {
  const numbers = Array.isArray(value) ? value.filter((one) => typeof one === "number") : [];
  return numbers.length === 0 ? undefined : numbers;
}

/** An object whose values are all text; undefined for anything else. */
function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.values(value).every((one) => typeof one === "string")
    ? (value as Readonly<Record<string, string>>)
    : undefined;
}

/** The parts that are there. */
function present(deployed: { [K in keyof Deployed]: Deployed[K] | undefined }): Deployed {
  return Object.fromEntries(Object.entries(deployed).filter(([, part]) => part !== undefined));
}

/** Mail domain of a stack of an earlier version: its web address is `https://DOMAIN`. */
function domainOfAddress(webAddress: unknown): string | undefined {
  return typeof webAddress === "string" ? /^https:\/\/([^/]+)$/.exec(webAddress)?.[1] : undefined;
}

/**
 * Reads it from the stack's outputs.
 *
 * @param outputs every output of the last `up`; empty before the first. What has another shape counts as absent.
 * @param resources of the state: they tell domain and images where the outputs do not.
 */
export function readDeployed(
  outputs: Readonly<Record<string, unknown>>,
  resources: readonly StateFact[] = [],
): Deployed {
  const deployed = outputs[DEPLOYED_OUTPUT];
  const generation = partOf(deployed, "generation");
  return present({
    domain:
      textOf(partOf(deployed, "domain")) ??
      domainOfAddress(outputs["webAddress"]) ??
      domainInState(resources),
    containers: textsOf(partOf(deployed, "containers")),
    generation: typeof generation === "number" ? generation : undefined,
    ipv4: textOf(partOf(outputs["addresses"], "ipv4")),
    images: readImages(partOf(deployed, "images")) ?? imagesInState(resources),
    deployKeys: numbersOf(partOf(deployed, "deployKeys")),
  });
}
