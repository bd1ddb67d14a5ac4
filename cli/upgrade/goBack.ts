/** The way back: data, configuration and containers of the release before. */
import { setTimeout as pause } from "node:timers/promises";
import { COMMAND } from "../../stack/values/command.ts";
import type { Change } from "../pin/written.ts";
import { loadPlan } from "../project.ts";
import { CommandError } from "../output/terminal.ts";
import { clearKilled, rememberAsDeployed } from "./engineState.ts";
import { setOld } from "./file.ts";
import { prove } from "./prove.ts";
import { askOf, onHost, tell, up, type Run } from "./run.ts";

/** How long a host may take to boot again. */
const BACK_SECONDS = 300;
const PAUSE_MS = 3000;
/** Exit code where the old release is not back. */
const STUCK = 4;

/** Waits until the host answers. @throws CommandError where it does not */
async function waitForHost(run: Run): Promise<void> {
  const end = Date.now() + BACK_SECONDS * 1000;
  for (let isTold = false; ; isTold = true) {
    try {
      // Docker, as the boot goes on for a while after SSH answers.
      await askOf(run)("docker version >/dev/null\n");
      return;
    } catch (error) {
      if (!(error instanceof CommandError) || Date.now() > end) throw error;
      if (!isTold) tell(run, `the host does not answer; waiting for it up to ${String(BACK_SECONDS)} s …`);
      await pause(PAUSE_MS);
    }
  }
}

function stuck(why: string): CommandError {
  return new CommandError(
    `${why}; the ports stay closed, so that mail waits at its senders`,
    `mend what is said above, then \`${COMMAND} upgrade --back\`, which goes on from there; \`${COMMAND} status\` says how it is`,
    STUCK,
  );
}

/** Runs a part of the way back. */
async function must(work: () => Promise<number | undefined>, what: string): Promise<void> {
  let code: number | undefined;
  try {
    code = await work();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw stuck(`the way back stopped at ${what}: ${error.message}; ${error.nextStep}`);
  }
  if (code !== undefined && code !== 0) throw stuck(`the way back stopped at ${what}`);
}

/**
 * Goes back, from wherever the upgrade is: every part may be done again.
 *
 * @returns what is wrong with the old release, one line each; empty where it is well.
 * @throws CommandError with exit code 4 where it does not come to its end
 */
export async function goBack(run: Run, changes: readonly Change[]): Promise<readonly string[]> {
  tell(run, "going back: the data first …");
  await must(async () => {
    await waitForHost(run);
    return onHost(run, "back");
  }, "the data");
  await must(async () => {
    setOld(run, changes);
    const { config, plan } = loadPlan(run.stack);
    await clearKilled(run, plan);
    await rememberAsDeployed(run, config);
    return undefined;
  }, `${run.file} and the engine's state`);
  tell(run, "bringing the old release up …");
  await must(() => up(run), "pulumi up");
  let faults: readonly string[] = [];
  await must(async () => {
    faults = await prove(run, loadPlan(run.stack).plan, undefined);
    for (const fault of faults) tell(run, `the old release: ${fault}`);
    return onHost(run, "end");
  }, "the end");
  return faults;
}
