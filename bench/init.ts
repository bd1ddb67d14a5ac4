/**
 * `mailstead init` without questions, against the bare calls to registries and vendors that it cannot do without.
 *
 * Both are whole processes, inside the sandbox: the same registry, the same APIs (initInside.ts, bareCalls.js). The bare one
 * checks nothing, compares no version but as text, and writes no file; init writes one, with what it says of each value.
 * Neither makes a stack: that is the engine's time.
 */
import { runInside } from "./inside.ts";
import type { Ratio } from "./ratio.ts";

const LIMIT_MINUTES = 10;

/** Medians in milliseconds, as initInside.ts prints them. */
export interface InitTimes {
  readonly ours: number;
  readonly theirs: number;
  readonly repetitions: number;
}

/** Our init over the bare calls. Needs a sandbox that is up; no server. */
export async function benchInit(): Promise<readonly Ratio[]> {
  const { ours, theirs, repetitions } = await runInside<InitTimes>("initInside.ts", LIMIT_MINUTES);
  const detail = `init ${ours.toFixed(0)} ms, bare calls ${theirs.toFixed(0)} ms, medians of ${repetitions}`;
  return [{ name: "init", value: ours / theirs, goal: 1.5, detail }];
}
