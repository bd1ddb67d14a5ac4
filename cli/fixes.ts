/** Fixes what a broken run left behind: each thing by its fix, and one that is refused keeps no other from its own. */
import { describeIssue } from "../stack/model/describeIssue.ts";
import type { Plan } from "../stack/model/plan.ts";
import { printable } from "../stack/values/printable.ts";
import type { ThingKind } from "../stack/vendors/cloud.ts";
import { plannedThings } from "../stack/vendors/cloudThings.ts";
import { VendorError } from "../verify/vendors/http.ts";
import type { Orphan, OrphanThing } from "../verify/preflight/preflight.ts";
import { removeRecord } from "../verify/vendors/zones.ts";
import { CLOUDS, DNS_PROVIDERS } from "../stack/vendors/registry.ts";
import { OPEN_ACCOUNT } from "../verify/vendors/registry.ts";
import { clearPendingOperations, readState, type StateResource } from "./engine.ts";
import { removeContainer } from "./orphanContainers.ts";
import { takeBack, type Wanted } from "./takeBack.ts";
import { CommandError, print } from "./output/terminal.ts";
import { COMMAND } from "../stack/values/command.ts";

const KEY_TYPE = "tls:index/privateKey:PrivateKey";

/** Tokens of both vendors. */
export interface VendorTokens {
  /** Of the server's cloud. */
  readonly cloud: string;
  /** Of the zone's provider. */
  readonly dns: string;
}

/** How one orphan is fixed, and in which words. */
export interface Fix {
  readonly orphan: Orphan;
  readonly words: string;
  readonly run: () => Promise<void>;
}

function nameKind(orphan: Orphan): string {
  if (orphan.vendor === "cloud") return CLOUDS[orphan.cloud].things[orphan.kind].inWords;
  return orphan.vendor === "host" ? "container" : "record";
}

/** An orphan in words, with the number or id by which its vendor knows it. */
export function describeOrphan(orphan: Orphan): string {
  return printable(`${nameKind(orphan)} ${orphan.name} (${orphan.id.slice(0, 32)})`);
}

/** What the fixes work on. */
export interface FixContext {
  readonly stack: string;
  readonly plan: Plan;
  readonly tokens: VendorTokens;
  readonly resources: readonly StateResource[];
  /** Ids that the zone's records have in a state. */
  readonly recordIds: readonly string[];
}

function refuse(orphan: Orphan, words: string, what: string, next: string): Fix {
  return { orphan, words, run: () => Promise.reject(new CommandError(what, next)) };
}

function isPlannedThing({ kind, name }: OrphanThing, stack: string, plan: Plan): boolean {
  return plannedThings(stack, plan).some((thing) => thing.kind === kind && thing.name === name);
}

/** Keys are made before a server: a state without them was lost, and nobody could get in to what it knew. */
function isLocked({ kind }: OrphanThing, resources: readonly StateResource[]): boolean {
  return kind === "server" && !resources.some(({ type }) => type === KEY_TYPE);
}

/** What would be lost with a thing; nothing with those that are not named. */
const LOSSES: Readonly<Partial<Record<ThingKind, string>>> = {
  server: "it may hold mail",
  volume: "it may hold mail",
  address: "its reputation would be lost",
};

/**
 * What the plan has under this name is taken into the state: a server may hold mail, and a reputation may hang on an
 * address. Of what it has not, only what can hold neither is deleted.
 */
function findThingFix(
  orphan: OrphanThing,
  { stack, plan, tokens, resources }: FixContext,
  back: () => Promise<ReadonlySet<string>>,
): Fix {
  const { cloud, kind, id, name } = orphan;
  const { things, advice } = CLOUDS[cloud];
  const isPlanned = isPlannedThing(orphan, stack, plan);
  if (isPlanned && isLocked(orphan, resources)) {
    const words = `not done here, as the state has not its keys: ${COMMAND} import`;
    return refuse(orphan, words, `the state has no key to the server ${name}`, `${COMMAND} import`);
  }
  if (isPlanned) {
    const run = async (): Promise<void> => {
      if (!(await back()).has(`${things[kind].type} ${id}`))
        throw new CommandError(`the engine did not take ${name} into the state`, `${COMMAND} import`);
    };
    return { orphan, words: "take it into the state", run };
  }
  const loss = LOSSES[kind];
  if (loss !== undefined) {
    const byHand = `look at it in ${advice.console}, and delete it there if it is not wanted`;
    const what = `${name} is none that this configuration plans, and ${loss}`;
    return refuse(orphan, `not done here, as ${loss}: ${byHand}`, what, byHand);
  }
  const run = (): Promise<void> => OPEN_ACCOUNT[cloud](tokens.cloud).remove(kind, id);
  return { orphan, words: "delete it: the configuration plans none of that name", run };
}

/** How an orphan is fixed. */
function findFix(orphan: Orphan, context: FixContext, back: () => Promise<ReadonlySet<string>>): Fix {
  const { stack, tokens, resources } = context;
  switch (orphan.vendor) {
    case "dns": {
      const { provider, id } = orphan;
      const run = async (): Promise<void> => {
        const { resourceType, stateId } = DNS_PROVIDERS[provider];
        if ((await back()).has(`${resourceType} ${stateId(id)}`)) return;
        await removeRecord(provider, tokens.dns, id);
      };
      return { orphan, words: "take it into the state, or delete it where the state has another one", run };
    }
    case "host": {
      const run = (): Promise<void> => removeContainer(stack, resources, orphan.id);
      return { orphan, words: "remove it, its data stay; the next `pulumi up` makes it again", run };
    }
    case "cloud":
      return findThingFix(orphan, context, back);
  }
}

/** What is to be taken into the state. */
function listWanted(orphans: readonly Orphan[], context: FixContext): Wanted {
  const { stack, plan, resources, recordIds } = context;
  const type = DNS_PROVIDERS[plan.dnsProvider].resourceType;
  const things = orphans.flatMap((orphan) =>
    orphan.vendor === "cloud" && isPlannedThing(orphan, stack, plan) && !isLocked(orphan, resources)
      ? [`${CLOUDS[orphan.cloud].things[orphan.kind].type} ${orphan.id}`]
      : [],
  );
  const records = orphans.flatMap((orphan) => {
    if (orphan.vendor !== "dns") return [];
    const { id, role: name, provider } = orphan;
    return [{ type, name, id, stateId: DNS_PROVIDERS[provider].stateId(id) }];
  });
  return { things: new Set(things), records, recordsThere: new Set(recordIds.map((id) => `${type} ${id}`)) };
}

/** The fix of each orphan. All that is taken into the state is taken at once, by the first of them. */
export function findFixes(orphans: readonly Orphan[], context: FixContext): Fix[] {
  const { stack, plan, tokens } = context;
  const wanted = listWanted(orphans, context);
  let taken: Promise<ReadonlySet<string>> | undefined;
  const back = (): Promise<ReadonlySet<string>> => {
    const account = OPEN_ACCOUNT[plan.server.provider](tokens.cloud);
    taken ??= takeBack(stack, plan, account, wanted).then(async () => {
      const { resources } = await readState(stack);
      return new Set(resources.map(({ type, id = "" }) => `${type} ${id}`));
    });
    return taken;
  };
  return orphans.map((orphan) => findFix(orphan, context, back));
}

/** What was not fixed, why, and what to do about it. */
interface Refusal {
  readonly what: string;
  readonly reason: string;
  readonly next: string;
}

function describeRefusal(what: string, error: unknown): Refusal {
  if (error instanceof CommandError) return { what, reason: error.message, next: error.nextStep };
  if (error instanceof VendorError) return { what, reason: error.message, next: "run this again" };
  throw error;
}

/** Does it, and says so. Returns what refused, if anything did. */
async function attempt(what: string, task: () => Promise<void>): Promise<Refusal[]> {
  try {
    await task();
  } catch (error) {
    return [describeRefusal(what, error)];
  }
  print(`  done: ${what}`);
  return [];
}

/**
 * Does every fix, and clears the operations that never ended.
 *
 * @param pending how many of them there are.
 * @throws CommandError that names all that stays, after everything else is done.
 */
export async function runFixes(fixes: readonly Fix[], pending: number, stack: string): Promise<void> {
  const refusals: Refusal[] = [];
  let containersStay = false;
  for (const { orphan, run } of fixes) {
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
  const lines = refusals.map(({ what, reason, next }) =>
    describeIssue({ path: what, message: reason, fix: next }),
  );
  throw new CommandError(
    `not everything is fixed:\n${lines.join("\n")}`,
    "do what is said there, then this again",
  );
}
