/** Guards: what a change of the configuration must not do to what is deployed, judged before anything is declared. */
import type { Config } from "../model/config.ts";
import type { Issue } from "../model/issue.ts";
import type { Plan } from "../model/plan.ts";
import type { Deployed } from "./deployed.ts";

/** What the coming `up` would declare. */
export interface Planned {
  readonly config: Config;
  readonly plan: Plan;
}

/**
 * Judges a change. Silent before the first `up`: what is not known to be deployed cannot be lost.
 *
 * @returns issues; one of severity `error` stops program and command before anything is made.
 */
export type Guard = (planned: Planned, deployed: Deployed) => readonly Issue[];
