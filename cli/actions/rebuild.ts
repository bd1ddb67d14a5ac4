/** `mailstead rebuild`: makes a server anew, one that was deleted at the vendor or a planned one, and no edit that nobody asked for. */
import { COMMAND } from "../../stack/values/command.ts";
import type { Config } from "../../stack/model/config.ts";
import type { NextServerHas } from "../../stack/model/plan.ts";
import { isServer } from "../../stack/vendors/cloudThings.ts";
import type { CloudThings } from "../../verify/vendors/cloud.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { needOwnAccount } from "../account.ts";
import { readState, stackName, type StateResource } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { CommandError, printJson } from "../output/terminal.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { bringUp, findLost } from "../rebuild/bringUp.ts";
import { describeEdit, findBorn, previewEdits } from "../rebuild/edits.ts";
import type { Options } from "../rebuild/options.ts";
import { rebuildPlanned, type Standing } from "../rebuild/planned.ts";
import { tellTo } from "../rebuild/told.ts";
import { readGivenToken } from "../tokens.ts";

type FoundServer = CloudThings["server"][number];

/** The stack's server at the vendor. @throws CommandError where the state does not know it */
function takeServer(
  { provider }: Config["server"],
  [server]: readonly FoundServer[],
  known: StateResource | undefined,
): FoundServer | undefined {
  if (server === undefined || server.id === known?.id) return server;
  throw new CommandError(
    `${server.name} (${server.id}) is at ${CLOUDS[provider].title}, so there is nothing to rebuild; the state does not know it`,
    `${COMMAND} preflight --fix`,
  );
}

/** What a rebuild of a lost server would do beside that. */
interface Beside {
  readonly edits: readonly string[];
  readonly born: readonly string[];
}

const LOST_HAS: Readonly<Record<NextServerHas, string>> = {
  volume: "the same addresses, keys and volume",
  backups: "the same addresses and keys and the newest backup (what came after that is lost)",
  nothing: "the same addresses and keys, without the mail that was on the lost one's disk",
};

function describeLost({ edits, born }: Beside, nextHas: NextServerHas): string {
  return [
    `The server is gone: a new one is made with ${LOST_HAS[nextHas]}, and everything on it is started.`,
    ...(edits.length === 0 ? [] : ["Edits that have nothing to do with the lost server:", ...edits]),
    ...(born.length === 0
      ? []
      : ["The new server would not be as the lost one:", ...born.map((one) => `  ${one}`)]),
  ].join("\n");
}

/** Makes a lost server anew. */
async function rebuildLost({ stack, plan, known, lost }: Standing, options: Options): Promise<number> {
  const told = tellTo(options.json);
  told.say("looking for edits that wait …");
  const edits = (await previewEdits(stack, known === undefined)).map(describeEdit);
  const beside = { edits, born: findBorn(plan, known) };
  if (options.dryRun === true && options.json === true) printJson(beside);
  else told.say(describeLost(beside, plan.server.nextHas));
  if (beside.edits.length + beside.born.length > 0 && options.withEdits !== true) {
    const next = `take them back in the configuration, then this again; or do them with it: ${COMMAND} rebuild --with-edits`;
    throw new CommandError("rebuild would do these edits too; nothing was changed", next);
  }
  if (options.dryRun === true) return 0;
  const code = await bringUp(stack, lost, told);
  if (options.json === true) printJson({ rebuilt: code === 0 });
  return code;
}

/** Runs the command. @throws CommandError where there is nothing to rebuild, or it would do what nobody asked for */
export async function rebuildCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { config, plan, warnings } = loadPlan(stack);
  const { resources } = await readState(stack);
  const given = await readGivenToken(CLOUDS[config.server.provider].token, stack);
  await needOwnAccount(config, resources, given);
  const known = resources.find(isServer);
  const things = await OPEN_ACCOUNT[config.server.provider](given.token).things(stack);
  const server = takeServer(config.server, things.server, known);
  const lost = findLost(config, resources, known, things);
  const standing = { stack, config, plan, warnings, resources, known, there: server?.id, lost };
  if (options.planned === true) return rebuildPlanned(standing, options);
  if (server === undefined) return rebuildLost(standing, options);
  throw new CommandError(
    `${server.name} (${server.id}) is at ${CLOUDS[config.server.provider].title}, so there is nothing to rebuild`,
    `pulumi up does what the configuration wants; ${COMMAND} rebuild --planned puts a new server in its place`,
  );
}
