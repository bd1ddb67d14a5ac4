/**
 * Planning domains, one after the other: from the engine's flat configuration to the plan and the user-data.
 *
 * `plan-ms-per-domain`: processor time of the mean of 10,000, with the collector's, over its limit: a plan waits for
 * nothing, so that is its time on a machine with nothing else to do. `plan-growth`: a process that has planned 10,000 before
 * against one that has planned 1,000, so that what is kept between plans (a cache that grows, a list that is searched)
 * would show. Both plan in turn, a window each, so that a machine's slow minutes hit both alike.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { inTurn, type Ratio } from "./ratio.ts";

const DOMAINS = 10_000;
const YOUNG = 1_000;
const WINDOW = 250;
const WINDOWS = 15;
const GOAL_MS = 0.5;

/** A process that has planned so many domains. */
async function planner(domains: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "planProcess.ts"), [String(domains)]);
  await once(child, "message");
  return child;
}

async function plan(child: ChildProcess, domains: number): Promise<number> {
  const answered = once(child, "message") as Promise<[number]>;
  child.send(domains);
  return (await answered)[0];
}

/** Planning time and its growth. */
export async function benchPlan(): Promise<readonly Ratio[]> {
  const young = await planner(YOUNG);
  const old = await planner(YOUNG);
  try {
    const mean = await plan(old, DOMAINS);
    const { ours, theirs } = await inTurn(
      WINDOWS,
      () => plan(old, WINDOW),
      () => plan(young, WINDOW),
    );
    return [
      {
        name: "plan-ms-per-domain",
        value: mean / GOAL_MS,
        goal: 1,
        detail: `${DOMAINS} domains, ${mean.toFixed(3)} ms each, of ${GOAL_MS} ms`,
      },
      {
        name: "plan-growth",
        value: ours / theirs,
        goal: 1.2,
        detail: `after ${DOMAINS} domains ${ours.toFixed(3)} ms each, after ${YOUNG} ${theirs.toFixed(3)} ms, medians of ${WINDOWS} windows of ${WINDOW} each`,
      },
    ];
  } finally {
    for (const child of [young, old]) child.disconnect();
  }
}
