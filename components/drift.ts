/** In a preview: what stands in the zone at its provider and that the engine itself does not see. */
import process from "node:process";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../stack/model/config.ts";
import type { Plan } from "../stack/model/plan.ts";
import { describeCause, outsideError, StopError } from "./errors.ts";
import { COMMAND } from "../stack/values/command.ts";

/** What the review needs of the program. */
export interface DriftInput {
  readonly config: Config;
  readonly plan: Plan;
  /** Token of the DNS provider; without one nobody is asked. May be secret. */
  readonly token: pulumi.Output<string> | undefined;
  /** Every late value by slot. */
  readonly slots: pulumi.Output<Readonly<Record<string, string>>>;
  /** Outputs of the last `up`; empty before the first. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What is known of the zone before its provider is asked. */
export interface KnownZone {
  readonly config: Config;
  readonly plan: Plan;
  readonly token: string;
  /** Text of each slot, without those that are known after the first `up` alone. They come late: the zone is read meanwhile. */
  readonly slots: Promise<Readonly<Record<string, string>>>;
  readonly outputs: DriftInput["outputs"];
}

/**
 * Reads the zone and judges it. `verify/` has it; it is handed in, since components know nothing of it.
 *
 * @returns one line for each finding, worst first, one for each record of others that the run would take away, one for each piece of advice, which never stops a preview, and why the
 * zone could not be read, where it could not.
 */
export type JudgeZone = (known: KnownZone) => Promise<{
  readonly lines: readonly string[];
  readonly stops: readonly string[];
  readonly advice: readonly string[];
  readonly unread?: string;
}>;

/**
 * The value of an output, or undefined where it is not known yet or has failed; a failure is told by its resource.
 *
 * The SDK has no public question for "known": a function that was not called by the time the output is settled has met
 * an unknown value.
 */
async function valueNow<Value>(output: pulumi.Output<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  const settled = output.apply((known) => {
    value = known;
  });
  try {
    await pulumi.isSecret(settled);
  } catch {
    return undefined;
  }
  return value;
}

const LOOK = `run \`${COMMAND} preflight\`, or set mailstead:drift to warn or off.`;

/**
 * Looks at the zone, in previews alone, and says what it finds by `mailstead:drift`: a warning each, an error with all
 * of them, or nothing. A zone that cannot be read is one warning.
 *
 * @throws RunError with mode `error`, when there is a finding or the zone cannot be read; with every mode but `off`, when
 * the run may take away what others have in a set of ours.
 */
export async function reviewDrift(input: DriftInput, judge: JudgeZone): Promise<void> {
  const { config, plan } = input;
  if (config.drift === "off" || !pulumi.runtime.isDryRun()) return;
  // Who asks a preview only for what it would make, to take over what is there, changes nothing.
  if (process.env["MAILSTEAD_LOOK"] === "off") return;
  const token = input.token === undefined ? undefined : await valueNow(input.token);
  const what = `The zone ${plan.zone} could not be compared with what is declared`;
  let found: Awaited<ReturnType<JudgeZone>>;
  try {
    found =
      token === undefined
        ? { lines: [], stops: [], advice: [], unread: `there is no token for ${config.dns.provider}` }
        : await judge({
            config,
            plan,
            token,
            slots: valueNow(input.slots).then((slots) => slots ?? {}),
            outputs: input.outputs,
          });
  } catch (cause) {
    found = { lines: [], stops: [], advice: [], unread: describeCause(cause) };
  }
  const { lines, stops, advice, unread } = found;
  if (stops.length > 0) throw lossError(plan.zone, stops);
  if (config.drift === "error") {
    if (unread !== undefined) throw outsideError(what, unread, LOOK);
    if (lines.length > 0) throw driftError(plan.zone, lines);
  }
  if (unread !== undefined) await pulumi.log.warn(`${what}: ${unread}`);
  for (const line of [...lines, ...advice]) await pulumi.log.warn(line);
}

/** What is taken away is not ours to lose, so this stops whatever `mailstead:drift` says, but for `off`. */
function lossError(zone: string, lines: readonly string[]): StopError {
  const head = `The zone ${zone} holds values of others in sets of ours, and this run may take them away; nothing was changed.`;
  const way =
    "To let them go, remove them at the provider; to go on unseen, pulumi config set mailstead:drift off";
  return new StopError([head, ...lines.map((line) => `  ${line}`), way].join("\n"));
}

function driftError(zone: string, lines: readonly string[]): StopError {
  const head = `The zone ${zone} is not as declared, and mailstead:drift is error; nothing was changed.`;
  // A repair has a preview too, which would stop here as well.
  const way = "To go on all the same, add --skip-preview, or: pulumi config set mailstead:drift warn";
  return new StopError([head, ...lines.map((line) => `  ${line}`), way].join("\n"));
}
