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
/** How often a part is done again since the host was started anew in the middle of it. */
const MOST_RESTARTS = 3;
/** Exit code where the old release is not back. */
const STUCK = 4;

/** Tells one boot from the next; a host that shares its kernel has the kernel's id, and a first process of its own. Asks Docker
 * too, as the boot goes on for a while after SSH answers. */
const WHICH_BOOT = `docker version >/dev/null
cat /proc/sys/kernel/random/boot_id
cut --delimiter=' ' --fields=22 /proc/1/stat
`;

function reasonOf({ message, nextStep }: CommandError): string {
  return `: ${message}; ${nextStep}`;
}

/** The way back does not come to its end. */
function stuckAt(what: string, why: string): CommandError {
  return new CommandError(
    `the way back stopped at ${what}${why}; the ports stay closed, so that mail waits at its senders`,
    `mend what is said above, then \`${COMMAND} upgrade --back\`, which goes on from there; \`${COMMAND} status\` says how it is`,
    STUCK,
  );
}

/** Waits until the host answers, for a part of the way back. @returns which boot it is. @throws CommandError with exit code 4 */
async function waitForHost(run: Run, what: string): Promise<string> {
  const end = Date.now() + BACK_SECONDS * 1000;
  for (let isTold = false; ; isTold = true) {
    try {
      return await askOf(run)(WHICH_BOOT);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (Date.now() > end) throw stuckAt(what, reasonOf(error));
      if (!isTold) tell(run, `the host does not answer; waiting for it up to ${String(BACK_SECONDS)} s …`);
      await pause(PAUSE_MS);
    }
  }
}

/** Does a part once. @returns why it failed, or undefined */
async function whyFailed(work: () => Promise<number | undefined>): Promise<string | undefined> {
  try {
    const code = await work();
    return code === undefined || code === 0 ? undefined : "";
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return reasonOf(error);
  }
}

/**
 * Does a part of the way back, and again where it failed since the host was started anew meanwhile.
 *
 * @throws CommandError with exit code 4
 */
async function must(run: Run, what: string, work: () => Promise<number | undefined>): Promise<void> {
  for (let restarts = 0; ; restarts++) {
    const boot = await waitForHost(run, what);
    const why = await whyFailed(work);
    if (why === undefined) return;
    if (restarts === MOST_RESTARTS || (await waitForHost(run, what)) === boot) throw stuckAt(what, why);
    tell(run, `the host was started anew meanwhile; once more: ${what} …`);
  }
}

/**
 * Goes back, from wherever the upgrade is: every part may be done again.
 *
 * @returns what is wrong with the old release, one line each; empty where it is well.
 * @throws CommandError with exit code 4 where it does not come to its end
 */
export async function goBack(run: Run, changes: readonly Change[]): Promise<readonly string[]> {
  tell(run, "going back: the data first …");
  await must(run, "the data", () => onHost(run, "back"));
  let faults: readonly string[] = [];
  await must(run, "the old release", async () => {
    setOld(run, changes);
    const { config, plan } = loadPlan(run.stack);
    await clearKilled(run, plan);
    await rememberAsDeployed(run, config);
    tell(run, "bringing the old release up …");
    const code = await up(run);
    if (code !== 0) return code;
    faults = await prove(run, plan, undefined);
    for (const fault of faults) tell(run, `the old release: ${fault}`);
    return onHost(run, "end");
  });
  return faults;
}
