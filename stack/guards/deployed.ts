/**
 * What the last `up` deployed, as far as a change of it has to be judged: the stack keeps it in its output `deployed`.
 *
 * The engine writes outputs after a run that failed too. What a failed run may not have deployed (an image, say) has to
 * come from a resource's own outputs, never from the plan alone, or the next run would be judged by what never was.
 */
import { z } from "zod";
import { containerHashes, containerHashesSchema, type ContainerHashes } from "../changes/containerChanges.ts";
import type { DeployedVolume } from "../vendors/cloud.ts";
import type { Plan } from "../model/plan.ts";
import { imagesSchema, type DeployedImages } from "./deployedImages.ts";
import {
  addressInState,
  domainInState,
  imagesInState,
  volumeInState,
  zoneIdInState,
  type StateFact,
} from "./stateFacts.ts";

/** Name of the stack's output. */
const DEPLOYED_OUTPUT = "deployed";

/** The onboarding that the deploy does, over all its runs. */
export interface DeployedOnboarding {
  /** How often the step has been planned anew. */
  readonly run: number;
  /** Names that ever had a mailbox by the configuration. */
  readonly mailboxes: readonly string[];
  /** The account was there with a password of its own, which nobody but its owner knows. */
  readonly isAccountAdopted?: boolean | undefined;
  /** What the last run left to a person. */
  readonly left: readonly { readonly code: string; readonly about: string }[];
}

/** A part is absent before the first `up`, and where an earlier version did not keep it. */
export interface Deployed {
  /** Mail domain whose names, keys and mail the stack holds. */
  readonly domain?: string | undefined;
  /** What the containers were planned from: a preview says by it what a change restarts, and refuses nothing. */
  readonly containers?: ContainerHashes | undefined;
  /** Generation of the server, and with it of the data. */
  readonly generation?: number | undefined;
  readonly images?: DeployedImages | undefined;
  /** IPv4 address of the server, which tells the account that the stack lives in. */
  readonly ipv4?: string | undefined;
  /** Numbers of the deploy's own SSH keys; the first is in use. */
  readonly deployKeys?: readonly number[] | undefined;
  readonly onboarding?: DeployedOnboarding | undefined;
  /** Volume that the data are on; absent where they are on the server's disk. */
  readonly volume?: DeployedVolume | undefined;
  /** The DNS provider's id of the zone that the records are in, where it has one. */
  readonly zoneId?: string | undefined;
  /** The server has the data on its disk, and makes a backup of them before it is deleted. */
  readonly leavesBackup?: boolean | undefined;
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

/**
 * Stands before the JSON of the output. Without it the engine would show the output as an object, over more than twenty
 * lines at each `up` (display/object_diff.go, decodeValue).
 */
const MARK = "json ";

/** The output's text, one line. The same parts give the same text, or a preview would show a change of it. */
export function deployedText(deployed: Deployed): string {
  // The output `addresses` tells it.
  return MARK + JSON.stringify({ ...deployed, ipv4: undefined }, sortNames);
}

/** For `JSON.stringify`: an object's parts by their names, however it came about. */
function sortNames(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Outputs that remember a part otherwise, such as the images after a way back to them; all else in them stays.
 *
 * @param outputs of the stack, as its state has them.
 * @param part what is undefined in it is forgotten.
 */
export function withDeployed(
  outputs: Readonly<Record<string, unknown>>,
  part: Deployed,
): Readonly<Record<string, unknown>> {
  const before = unwrapped(outputs[DEPLOYED_OUTPUT]);
  const known = typeof before === "object" && before !== null ? before : {};
  return { ...outputs, [DEPLOYED_OUTPUT]: deployedText({ ...known, ...part }) };
}

/** The object in the output's text; an earlier version registered the object itself. */
function unwrapped(output: unknown): unknown {
  if (typeof output !== "string" || !output.startsWith(MARK)) return output;
  try {
    return JSON.parse(output.slice(MARK.length));
  } catch {
    return undefined;
  }
}

/** What has another shape counts as absent. */
function part<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

const deployedSchema = z.object({
  domain: part(z.string()),
  containers: part(containerHashesSchema),
  generation: part(z.number()),
  images: part(imagesSchema),
  deployKeys: part(z.array(z.number()).nonempty()),
  volume: part(z.object({ id: z.string(), sizeGb: z.number() })),
  zoneId: part(z.string()),
  leavesBackup: part(z.boolean()),
  onboarding: part(
    z.object({
      run: z.number(),
      mailboxes: z.array(z.string()),
      isAccountAdopted: z.boolean().optional(),
      left: z.array(z.object({ code: z.string(), about: z.string() })),
    }),
  ),
});

const outputsSchema = z.object({
  [DEPLOYED_OUTPUT]: z.preprocess(unwrapped, part(deployedSchema)),
  addresses: part(z.object({ ipv4: part(z.string()) })),
  /** `https://DOMAIN`: an earlier version told the domain by nothing else. */
  webAddress: part(z.string().regex(/^https:\/\/[^/]+$/)),
});

/**
 * Reads it from the stack's outputs.
 *
 * @param outputs every output of the last `up`; empty before the first. What has another shape counts as absent.
 * @param resources of the state: they tell domain, images and address where the outputs do not.
 */
export function readDeployed(
  outputs: Readonly<Record<string, unknown>>,
  resources: readonly StateFact[] = [],
): Deployed {
  const { deployed, addresses, webAddress } = outputsSchema.parse(outputs);
  return {
    ...deployed,
    domain: deployed?.domain ?? webAddress?.slice("https://".length) ?? domainInState(resources),
    images: deployed?.images ?? imagesInState(resources),
    ipv4: addresses?.ipv4 ?? addressInState(resources),
    volume: deployed?.volume ?? volumeInState(resources),
    zoneId: deployed?.zoneId ?? zoneIdInState(resources),
  };
}

/** Whether a part is missing that the state's resources may tell: where none is, they need not be asked for. */
export function needsResources({ domain, images, ipv4 }: Deployed): boolean {
  return domain === undefined || images === undefined || ipv4 === undefined;
}
