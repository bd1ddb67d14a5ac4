/** Whether a release runs: its containers, what the host's ports say, and what the mail server has. */
import { setTimeout as pause } from "node:timers/promises";
import type { Plan } from "../../stack/model/plan.ts";
import { checkContainers } from "../../verify/host/containers.ts";
import type { MailState } from "../../verify/host/mailState.ts";
import { worseThan } from "../../verify/host/provenRelease.ts";
import type { Finding } from "../../verify/model/finding.ts";
import { CommandError } from "../output/terminal.ts";
import { askLive, askOf, onHost, tell, type Run } from "./run.ts";

/** How long a container that was started again may take to be healthy. */
const HEALTHY_SECONDS = 120;
const PAUSE_MS = 2000;

function describe({ subject, seen, detail = [] }: Finding): string {
  const last = detail.at(-1);
  return `${subject}: ${seen}${last === undefined ? "" : ` (${last})`}`;
}

/** Containers that are not well, one line each; waits for those that are starting. */
async function unwellContainers(run: Run, { containers }: Plan): Promise<string[]> {
  const end = Date.now() + HEALTHY_SECONDS * 1000;
  for (;;) {
    const names = new Set(containers.map(({ name }) => `container ${name}`));
    const findings = (await checkContainers(containers, askOf(run))).filter(({ subject }) =>
      names.has(subject),
    );
    const unwell = findings.filter(({ state }) => state !== "ok");
    const isOver = unwell.some(({ state }) => state === "bad") || Date.now() > end;
    if (unwell.length === 0 || isOver) return unwell.map(describe);
    await pause(PAUSE_MS);
  }
}

/** Why a deploy may have failed, as the host tells it; nothing where that does not answer. */
export async function whyUnwell(run: Run, { containers }: Plan): Promise<string[]> {
  try {
    const findings = await checkContainers(containers, askOf(run));
    // One that stands still by our own hand is no reason.
    return findings
      .filter(({ state, seen }) => state === "bad" && !/^Exited|is not there/.test(seen))
      .map(describe);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [error.message];
  }
}

/** What of containers and ports is not well, one line each. */
async function whatIsUnwell(run: Run, plan: Plan): Promise<string[]> {
  const unwell = await unwellContainers(run, plan);
  if (unwell.length > 0) return unwell;
  return (await onHost(run, "check")) === 0 ? [] : ["a port does not greet as a mail server (above)"];
}

/**
 * Looks at a release that was deployed.
 *
 * @param before what the mail server had under the release before.
 * @returns what is wrong, one line each; empty where it has passed.
 */
export async function prove(run: Run, plan: Plan, before: MailState["live"] | undefined): Promise<string[]> {
  tell(run, "looking at containers, ports and what the mail server has …");
  // Both at once: nobody outside gets in until they are answered.
  const [unwell, asked] = await Promise.allSettled([whatIsUnwell(run, plan), askLive(run, plan)]);
  if (unwell.status === "rejected") throw unwell.reason;
  if (unwell.value.length > 0) return unwell.value;
  if (asked.status === "rejected") throw asked.reason;
  return worseThan(before, asked.value, plan);
}
