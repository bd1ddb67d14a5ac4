/** `mailstead rebuild`: makes a server that was deleted at the vendor anew, and no edit that nobody asked for. */
import { COMMAND } from "../../stack/values/command.ts";
import { bootHash } from "../../cloud-init/renderUserData.ts";
import { readAsset } from "../../components/assets.ts";
import { bornChanges } from "../../stack/changes/bornChanges.ts";
import type { Config } from "../../stack/model/config.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { isServer } from "../../stack/vendors/cloudThings.ts";
import type { CloudAccount } from "../../verify/vendors/cloud.ts";
import { VendorError } from "../../verify/vendors/http.ts";
import { findPendingEdits, type PendingEdit, type PreviewStep } from "../../verify/state/pendingEdits.ts";
import { OPEN_ACCOUNT } from "../../verify/vendors/registry.ts";
import { needOwnAccount } from "../account.ts";
import { pulumi, pulumiAttached, readState, stackName, type StateResource } from "../engine.ts";
import { loadPlan } from "../project.ts";
import { CommandError, print } from "../output/terminal.ts";
import { CLOUDS } from "../../stack/vendors/registry.ts";
import { readGivenToken } from "../tokens.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly withEdits?: boolean | undefined;
}

/** @throws CommandError where a server of the stack is at the vendor: there is nothing to rebuild */
async function needLoss(
  { provider }: Config["server"],
  account: CloudAccount,
  stack: string,
  known: StateResource | undefined,
): Promise<void> {
  let servers;
  try {
    ({ server: servers } = await account.things(stack));
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    throw new CommandError(error.message, `${COMMAND} preflight`);
  }
  const [server] = servers;
  if (server === undefined) return;
  const what = `${server.name} (${server.id}) is at ${CLOUDS[provider].title}, so there is nothing to rebuild`;
  const next = "pulumi up does what the configuration wants";
  if (server.id === known?.id) throw new CommandError(what, next);
  throw new CommandError(`${what}; the state does not know it`, `${COMMAND} preflight --fix`);
}

/** What the new server gets that the lost one had not, as far as the state remembers that one. */
function bornLater({ server }: Plan, lost: StateResource | undefined): string[] {
  if (lost?.outputs === undefined) return [];
  const deployed = CLOUDS[server.provider].serverIn(lost.outputs);
  return bornChanges(server, deployed, (one) => bootHash(one, { asset: readAsset }));
}

async function previewSteps(stack: string): Promise<readonly PreviewStep[]> {
  const printed = await pulumi(["preview", "--json", "--stack", stack]);
  return (JSON.parse(printed) as { steps?: readonly PreviewStep[] }).steps ?? [];
}

function describeEdit({ op, type, name, inputs }: PendingEdit): string {
  const of = inputs.length === 0 ? "" : ` (${inputs.join(", ")})`;
  return `  ${op} ${type.split(":").at(-1) ?? type} ${name}${of}`;
}

/** Shows what else would be done. Returns whether there is anything. */
async function showEdits(stack: string, plan: Plan, lost: StateResource | undefined): Promise<boolean> {
  print("looking for edits that wait …");
  const edits = findPendingEdits(await previewSteps(stack), lost === undefined);
  const born = bornLater(plan, lost);
  if (edits.length > 0)
    print(["Edits that have nothing to do with the lost server:", ...edits.map(describeEdit)].join("\n"));
  if (born.length > 0)
    print(["The new server would not be as the lost one:", ...born.map((one) => `  ${one}`)].join("\n"));
  return edits.length + born.length > 0;
}

/**
 * Makes the server anew: refreshes it alone, so that the engine learns of the loss, and runs a plain `up`, which makes
 * the server and all that stands on it.
 */
export async function rebuildCommand(options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { config, plan } = loadPlan(stack);
  const { resources } = await readState(stack);
  const given = await readGivenToken(CLOUDS[config.server.provider].token, stack);
  await needOwnAccount(config, resources, given);
  const lost = resources.find(isServer);
  await needLoss(config.server, OPEN_ACCOUNT[config.server.provider](given.token), stack, lost);
  if ((await showEdits(stack, plan, lost)) && options.withEdits !== true) {
    const next = `take them back in the configuration, then this again; or do them with it: ${COMMAND} rebuild --with-edits`;
    throw new CommandError("rebuild would do these edits too; nothing was changed", next);
  }
  if (lost !== undefined) {
    print("telling the engine that the server is gone …");
    const refreshed = await pulumiAttached([
      ...["refresh", "--yes", "--skip-preview", "--run-program", "--target", lost.urn, "--stack", stack],
    ]);
    if (refreshed !== 0) return refreshed;
  }
  print("bringing it up …");
  return pulumiAttached(["up", "--yes", "--skip-preview", "--stack", stack]);
}
