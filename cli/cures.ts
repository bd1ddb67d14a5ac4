/** Heals what a broken run left behind: each thing by its cure, and one that is refused keeps no other from its own. */
import type { Plan } from "../stack/plan.ts";
import { VendorError } from "../verify/http.ts";
import { HETZNER_TYPES, type Orphan } from "../verify/preflight.ts";
import { removeRecord } from "../verify/providers/removeRecord.ts";
import { Hetzner } from "../verify/vendors.ts";
import { clearPendingOperations, pulumi, type StateResource } from "./engine.ts";
import { removeContainer } from "./orphanContainers.ts";
import { CommandError, print } from "./terminal.ts";
import { COMMAND } from "../stack/command.ts";

/** Tokens of both vendors. */
export interface VendorTokens {
  readonly hetzner: string;
  /** Of the zone's provider. */
  readonly dns: string;
}

/** How one orphan is healed, and in which words. */
export interface Cure {
  readonly orphan: Orphan;
  readonly words: string;
  readonly run: () => Promise<void>;
}

function kindOf(orphan: Orphan): string {
  if (orphan.vendor === "hetzner") return orphan.kind.replace(/s$/, "").replace("_", " ");
  return orphan.vendor === "host" ? "container" : "record";
}

/** An orphan in words, with the number or id by which its vendor knows it. */
export function describeOrphan(orphan: Orphan): string {
  return `${kindOf(orphan)} ${orphan.name} (${String(orphan.id).slice(0, 32)})`;
}

/**
 * Whether a server beside those of the state may be more than what a broken run left. Keys are made before a server: a
 * state without them was lost, and this is the server that it knew.
 */
function mayHoldMail(resources: readonly StateResource[]): boolean {
  const has = (wanted: string): boolean => resources.some(({ type }) => type === wanted);
  return has(HETZNER_TYPES.servers) || !has("tls:index/privateKey:PrivateKey");
}

/** An address is taken into the state, since a reputation may hang on it; the rest can be made anew and is deleted. */
export function cureOf(
  orphan: Orphan,
  tokens: VendorTokens,
  stack: string,
  plan: Plan,
  resources: readonly StateResource[],
): Cure {
  if (orphan.vendor === "dns") {
    const run = (): Promise<void> => removeRecord(orphan.provider, tokens.dns, orphan.id);
    return { orphan, words: "delete it; the next `pulumi up` makes it again", run };
  }
  if (orphan.vendor === "host") {
    const run = (): Promise<void> => removeContainer(stack, resources, orphan.id);
    return { orphan, words: "remove it, its data stay; the next `pulumi up` makes it again", run };
  }
  if (orphan.kind === "primary_ips") {
    return { orphan, words: "take it into the state", run: () => importAddress(orphan, stack, resources) };
  }
  if (orphan.kind === "servers" && plan.server.protect && mayHoldMail(resources)) {
    const next = `look at it and delete it by hand; or, if the state was lost: ${COMMAND} import`;
    const refuse = (): Promise<void> =>
      Promise.reject(new CommandError(`the server ${orphan.name} may hold mail`, next));
    return { orphan, words: `not done here, as it may hold mail: ${COMMAND} import`, run: refuse };
  }
  return {
    orphan,
    words: "delete it; the next `pulumi up` makes it again",
    run: () => new Hetzner(tokens.hetzner).remove(orphan.kind, orphan.id),
  };
}

async function importAddress(
  orphan: Orphan & { vendor: "hetzner" },
  stack: string,
  resources: readonly StateResource[],
): Promise<void> {
  const parent = resources.find(({ type }) => type === "mailstead:host:HetznerAddresses");
  if (parent === undefined) {
    throw new CommandError(
      "the state does not hold the addresses' component yet",
      "run `pulumi up` once, then this again",
    );
  }
  const role = orphan.name.endsWith("ipv6") ? "ipv6" : "ipv4";
  await pulumi([
    ...["import", HETZNER_TYPES.primary_ips, role, String(orphan.id)],
    ...[
      "--parent",
      `addresses=${parent.urn}`,
      "--stack",
      stack,
      "--yes",
      "--skip-preview",
      "--generate-code=false",
    ],
  ]);
}

/** What was not healed, why, and what to do about it. */
interface Refusal {
  readonly what: string;
  readonly reason: string;
  readonly next: string;
}

function refusalOf(what: string, error: unknown): Refusal {
  if (error instanceof CommandError) return { what, reason: error.message, next: error.nextStep };
  if (error instanceof VendorError) return { what, reason: error.message, next: "run this again" };
  throw error;
}

/** Does it, and says so. Returns what refused, if anything did. */
async function attempt(what: string, task: () => Promise<void>): Promise<Refusal[]> {
  try {
    await task();
  } catch (error) {
    return [refusalOf(what, error)];
  }
  print(`  done: ${what}`);
  return [];
}

/**
 * Does every cure, and clears the operations that never ended.
 *
 * @param pending how many of them there are.
 * @throws CommandError that names all that stays, after everything else is done.
 */
export async function heal(cures: readonly Cure[], pending: number, stack: string): Promise<void> {
  const refusals: Refusal[] = [];
  let containersStay = false;
  for (const { orphan, run } of cures) {
    const refused = await attempt(describeOrphan(orphan), run);
    refusals.push(...refused);
    containersStay ||= orphan.vendor === "host" && refused.length > 0;
  }
  // They are what tells of containers on the host: as long as one stays, they stay.
  if (pending > 0 && !containersStay) {
    const what = `${String(pending)} operations that never ended`;
    refusals.push(...(await attempt(what, () => clearPendingOperations(stack))));
  }
  if (refusals.length === 0) return;
  const lines = refusals.map(({ what, reason, next }) => `${what}: ${reason}. ${next}.`);
  throw new CommandError(
    `not everything is healed:\n${lines.join("\n")}`,
    "do what is said there, then this again",
  );
}
