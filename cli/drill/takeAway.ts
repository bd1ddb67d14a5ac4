/** Takes a drill away: what the engine knows of it, then what bears its label at the vendor and the engine does not know. */
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { drillServerName } from "../../stack/drill/drillPlan.ts";
import { drillStack } from "../../stack/drill/drillStack.ts";
import { THING_KINDS } from "../../stack/vendors/cloud.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import type { Config } from "../../stack/model/config.ts";
import { COMMAND } from "../../stack/values/command.ts";
import type { Finding } from "../../verify/model/finding.ts";
import type { CloudAccount, CloudThings } from "../../verify/vendors/cloud.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { pulumi } from "../engine.ts";
import { CommandError } from "../output/terminal.ts";
import { findStanding, removeStack } from "./makeStack.ts";
import { drillUnderWay, giveTurnBack, isAlive, leavePlace } from "./place.ts";
import { runEngine, type EngineRun } from "./runEngine.ts";

/** What a drill is taken away by. */
export interface Removal {
  readonly stack: string;
  readonly config: Pick<Config, "domain" | "server">;
  readonly account: CloudAccount;
  readonly say: (text: string) => void;
}

/** How long the vendor may take with what the engine did not know. */
const SWEEP_MS = 120_000;
const LOOK_MS = 1000;

/** What of a drill is at the vendor, in words. */
export function listThings(things: CloudThings, { provider }: Config["server"]): string[] {
  return THING_KINDS.flatMap((kind) =>
    things[kind].map(({ id, name }) => `${CLOUDS[provider].things[kind].inWords} ${name} (${id})`),
  );
}

/** @throws CommandError where a server with the drill's label is none: somebody has a stack of that name */
export function needDrillsOwn(
  things: CloudThings,
  { stack, config }: Pick<Removal, "stack" | "config">,
): void {
  const own = drillServerName(config.domain);
  const other = things.server.find(({ name }) => name !== own);
  if (other === undefined) return;
  throw new CommandError(
    `the server ${other.name} at ${CLOUDS[config.server.provider].title} has the label of ${drillStack(stack)} and is no drill's; nothing was changed`,
    `rename the stack that it is of: pulumi stack rename NAME --stack ${drillStack(stack)}`,
    2,
  );
}

/** Deletes what is still there, as often as it takes: a volume waits for its server. Returns what stays. */
async function sweep(removal: Removal): Promise<readonly string[]> {
  const { stack, config, account } = removal;
  const end = Date.now() + SWEEP_MS;
  for (;;) {
    const things = await account.things(drillStack(stack));
    const left = listThings(things, config.server);
    if (left.length === 0) return [];
    needDrillsOwn(things, removal);
    if (Date.now() > end) return left;
    for (const kind of THING_KINDS)
      for (const { id } of things[kind]) {
        try {
          await account.remove(kind, id);
        } catch (error) {
          // It is in use by what was deleted a moment ago; the next look tells.
          if (!(error instanceof VendorError)) throw error;
        }
      }
    await pause(LOOK_MS);
  }
}

/** Whether a lock of the engine was left by a process of this machine that is gone: it holds nothing any more. */
export function isLeftLock(printed: string, machine = hostname()): boolean {
  if (!printed.includes("is currently locked by")) return false;
  const holders = [...printed.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)];
  return holders.length > 0 && holders.every(([, host, id]) => host === machine && !isAlive(Number(id)));
}

/** Has the engine destroy what it knows of. What a killed run left locked is opened first. */
async function destroyStack({ stack, say }: Removal): Promise<void> {
  const standing = await findStanding(stack);
  if (standing === undefined || standing.resources.length === 0) return;
  const destroy = (): Promise<EngineRun> => runEngine("destroy", stack, () => undefined);
  let ended = await destroy();
  if (ended.code !== 0 && isLeftLock(ended.printed)) {
    await pulumi(["cancel", "--yes", "--stack", drillStack(stack)]);
    ended = await destroy();
  }
  if (ended.code === 0) return;
  say(`the engine could not take all of it away: ${ended.printed.trim().split("\n").slice(-6).join(" ")}`);
}

/**
 * Takes it away.
 *
 * @returns what is left, in words; nothing where all is gone.
 */
export async function takeAway(removal: Removal): Promise<readonly string[]> {
  const { stack, say, config } = removal;
  await destroyStack(removal);
  let left: readonly string[];
  try {
    left = await sweep(removal);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    say(error.message);
    left = [`what is there is not known: ${CLOUDS[config.server.provider].title} does not answer`];
  }
  if (left.length > 0) {
    giveTurnBack(stack);
    return left;
  }
  // Of what the vendor has no more the engine need not know either.
  if ((await findStanding(stack)) !== undefined) await removeStack(stack);
  leavePlace(stack);
  return [];
}

/** What a drill that was killed has left at the vendor, for `preflight`; it bears another label than the stack's own things. */
export async function lookForDrill(
  stack: string,
  account: CloudAccount,
  server: Config["server"],
): Promise<readonly Finding[]> {
  const subject = "recovery drill";
  let left: readonly string[];
  try {
    left = listThings(await account.things(drillStack(stack)), server);
  } catch (error) {
    // That the vendor does not answer is told with its token.
    if (error instanceof VendorError) return [];
    throw error;
  }
  if (left.length === 0) return [];
  if (drillUnderWay(stack) !== undefined) return [{ subject, state: "ok", seen: "is under way" }];
  const seen = `one that was ended left at the vendor, where it is billed: ${left.join(", ")}`;
  return [{ subject, state: "warn", seen, fix: `${COMMAND} drill --clean; the next drill does it too` }];
}
