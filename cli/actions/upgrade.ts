/** `mailstead upgrade`: another release of Forward Email, with a way back that goes by itself. */
import process from "node:process";
import { COMMAND } from "../../stack/values/command.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { askUpgrade, nextOfUpgrade, upgradeInWords, type HostUpgrade } from "../../verify/host/upgrade.ts";
import { stackName } from "../engine.ts";
import { isAgreed } from "../output/questions.ts";
import { CommandError, print, printJson } from "../output/terminal.ts";
import { LATEST } from "../pin/release.ts";
import { loadPlan } from "../project.ts";
import { findRemote, runScript, showLines } from "../remote.ts";
import { intend } from "../upgrade/begin.ts";
import { clearKilled } from "../upgrade/engineState.ts";
import { planNew, setNew } from "../upgrade/file.ts";
import { goBack } from "../upgrade/goBack.ts";
import { readKept, type KeptUpgrade } from "../upgrade/kept.ts";
import { clearUpgrade, markUpgrade } from "../upgrade/mark.ts";
import { prove, whyUnwell } from "../upgrade/prove.ts";
import { askLive, askOf, makeRun, onHost, tell, up, type Run } from "../upgrade/run.ts";
import { UPGRADE_SCRIPT } from "../../stack/host/paths.ts";
import { shellQuote } from "../../stack/values/shellQuote.ts";

interface Options {
  readonly stack?: string | undefined;
  readonly back?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

const NOT_AGREED = 3;

function agrees({ yes, json }: Options): Promise<boolean> {
  return isAgreed({ who: "upgrade", question: "Do it?", otherwise: "add --yes, or --dry-run", yes, json });
}

/** What a run came to. @returns the exit code */
function report({ json }: Run, outcome: string, text: string, more: object = {}): number {
  if (json) printJson({ outcome, ...more });
  else print(text);
  return outcome === "not-agreed" ? NOT_AGREED : 0;
}

/** Pulls what the host has not yet; an image that is there costs one question. */
async function pull(run: Run, { images }: Plan): Promise<void> {
  tell(run, "pulling the new images, while all runs …");
  for (const { reference } of images) {
    const out = run.json ? process.stderr : process.stdout;
    const code = await showLines(run.remote, ["docker", "pull", "--quiet", shellQuote(reference)], out);
    if (code !== 0)
      throw new CommandError(
        `${reference} could not be pulled (above): nothing was changed`,
        `mostly the disk is full: ${COMMAND} status`,
      );
  }
}

/** The old release is back, and why it is; what is wrong with it comes first. */
function returned(
  { from, to }: HostUpgrade,
  reasons: readonly string[],
  left: readonly string[],
): CommandError {
  const why = [
    `${to} did not pass, and ${from} is back with its data; mail that came meanwhile waits at its senders:`,
    ...reasons,
  ].join("\n  ");
  return left.length > 0
    ? unwell(from, left, `\n${why}`)
    : new CommandError(
        why,
        `wait for a mended release: ${COMMAND} upgrade; what is fixed is told at https://github.com/forwardemail/forwardemail.net/releases`,
      );
}

/** The old release is back, the ports are open, and it is not as it should be. */
function unwell(from: string, left: readonly string[], why = ""): CommandError {
  return new CommandError(
    [`${from} is back with its data, and is not well:`, ...left].join("\n  ") + why,
    `${COMMAND} status, which has the cure of each`,
    4,
  );
}

/** A Ctrl-C reaches the engine too, which ends in order; the command goes on to an end of its own. */
async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    return await work();
  } finally {
    process.off("SIGINT", ignore);
  }
}

/** From an upgrade that the host knows to its end, or back. */
async function goOn(run: Run, host: HostUpgrade, { changes, live }: KeptUpgrade): Promise<number> {
  setNew(run, changes);
  const { plan } = loadPlan(run.stack);
  tell(run, `bringing ${host.to} up …`);
  const code = await up(run);
  const faults =
    code === 0
      ? await prove(run, plan, live).catch((error: unknown) => {
          if (error instanceof CommandError) return [error.message];
          throw error;
        })
      : [`pulumi up ended with ${String(code)} (above)`, ...(await whyUnwell(run, plan))];
  if (faults.length > 0) {
    for (const fault of faults) tell(run, `${host.to}: ${fault}`);
    const left = await goBack(run, changes);
    clearUpgrade(run.stack);
    throw returned(host, faults, left);
  }
  if ((await onHost(run, "end")) !== 0)
    throw new CommandError(
      `${host.to} runs, and the host could not end the upgrade (above)`,
      `${COMMAND} upgrade ends it`,
      4,
    );
  clearUpgrade(run.stack);
  return report(run, "upgraded", `${host.to} runs, and the ports are open.`, {
    from: host.from,
    to: host.to,
    changes,
  });
}

/** Begins one. */
async function begin(
  run: Run,
  release: string | undefined,
  host: HostUpgrade,
  options: Options,
): Promise<number> {
  const intent = await intend(run, release, host);
  if (intent === undefined)
    return report(
      run,
      "nothing-to-do",
      `${run.file} is as the registries have it: there is nothing to upgrade.`,
    );
  if (options.dryRun === true)
    return report(run, "dry-run", "Nothing was changed (--dry-run).", { ...intent });
  if (!(await agrees(options))) return report(run, "not-agreed", "Nothing was changed.", { ...intent });
  const { plan } = loadPlan(run.stack);
  const kept = { changes: intent.changes, live: await askLive(run, plan) };
  const words = [UPGRADE_SCRIPT, "announce", intent.from, intent.to].map(shellQuote).join(" ");
  await runScript(run.remote, `${words} <<'END_OF_CHANGES'\n${JSON.stringify(kept)}\nEND_OF_CHANGES\n`);
  markUpgrade(run.stack, intent.from, intent.to);
  return pullAndGoOn(run, { ...host, phase: "announced", from: intent.from, to: intent.to }, kept);
}

async function pullAndGoOn(run: Run, host: HostUpgrade, kept: KeptUpgrade): Promise<number> {
  try {
    await pull(run, planNew(run, kept.changes));
  } catch (error) {
    if (host.phase === "announced") {
      await onHost(run, "back");
      clearUpgrade(run.stack);
    }
    throw error;
  }
  return uninterrupted(() => goOn(run, host, kept));
}

/** Goes on with one that is not ended. */
async function resume(
  run: Run,
  host: HostUpgrade,
  options: Options,
  release: string | undefined,
): Promise<number> {
  const { from, to, phase } = host;
  tell(run, `${upgradeInWords(host)}.`);
  if (release !== undefined && release !== LATEST && release !== to && release !== from)
    throw new CommandError(`the upgrade to ${to} comes first`, nextOfUpgrade(host), 2);
  const isBack = options.back === true || release === from || phase === "restoring" || phase === "restored";
  const what = isBack
    ? `It goes back to ${from}`
    : `It goes on with ${to}, and back to ${from} where that fails`;
  if (options.dryRun === true)
    return report(run, "dry-run", `${what}. Nothing was changed (--dry-run).`, { host });
  tell(run, `${what}.`);
  if (!(await agrees(options))) return report(run, "not-agreed", "Nothing was changed.", { host });
  if (phase === "ended") {
    await onHost(run, "end");
    clearUpgrade(run.stack);
    return report(run, "upgraded", `${to} runs, and the ports are open.`, { from, to });
  }
  const kept = readKept(host.changes);
  // A lock of a killed run stops it here, before anything is done.
  await clearKilled(run, loadPlan(run.stack).plan);
  if (!isBack) return pullAndGoOn(run, host, kept);
  const left = await uninterrupted(() => goBack(run, kept.changes));
  clearUpgrade(run.stack);
  if (left.length > 0) throw unwell(from, left);
  return report(run, "returned", `${from} is back with its data, and the ports are open.`, { from, to });
}

/** Runs the command. @throws CommandError where it failed: 1 with the old release running, 4 without */
export async function upgradeCommand(release: string | undefined, options: Options): Promise<number> {
  const stack = await stackName(options.stack);
  const { plan } = loadPlan(stack);
  const run = makeRun(stack, await findRemote(stack), options.json === true);
  const host = await askUpgrade(askOf(run));
  if (host === undefined)
    throw new CommandError(
      `${plan.server.name} was deployed by a version without upgrades`,
      "pulumi up, then this again",
    );
  if (host.phase !== "") return resume(run, host, options, release);
  if (options.back === true)
    return report(run, "nothing-to-do", "No upgrade is under way: there is nothing to take back.");
  return begin(run, release, host, options);
}
