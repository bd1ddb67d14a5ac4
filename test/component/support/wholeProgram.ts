/** Runs the whole program, as `index.ts` does, under a recording monitor. */
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import type { Raw } from "../../unit/stack/support/validRaw.ts";
import { GET_PRIMARY_IPS, NO_SERVERS } from "./declareSmall.ts";
import { recordProgram, type RecordedRun } from "./recordedProgram.ts";

type Program = typeof import("../../../components/program.ts");

export interface ProgramRun extends RecordedRun {
  /** Its outputs; undefined where it stopped. */
  readonly outputs: Program | undefined;
}

/** The configuration as the engine hands it over. */
export function flat(raw: Raw): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      `mailstead:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The engine's own functions for what the last `up` left. */
const STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs";
const STACK_RESOURCES = "pulumi:pulumi:readStackResourceOutputs";

/** What engine and vendor know beside the outputs. */
export interface Surroundings {
  /** Resources of the state by URN. */
  readonly resources?: Readonly<Record<string, unknown>>;
  /** Primary IPs of the token's account. */
  readonly addresses?: readonly object[];
}

/**
 * Runs it in a first preview: nothing is known, and no file is written.
 *
 * @param outputs of the last `up`, for a preview that is not the first of a stack.
 */
export async function runProgram(
  raw: Raw,
  outputs: Readonly<Record<string, unknown>> = {},
  { resources = {}, addresses = [] }: Surroundings = {},
): Promise<ProgramRun> {
  vi.resetModules();
  let program: Program | undefined;
  const run = await recordProgram(
    async () => {
      pulumi.runtime.setAllConfig({ ...flat(raw), "cloudflare:apiToken": "TOKEN" });
      program = await import("../../../components/program.ts");
    },
    {
      ...{ preview: true, first: true },
      calls: {
        ...NO_SERVERS,
        [GET_PRIMARY_IPS]: () => ({ primaryIps: addresses }),
        [STACK_OUTPUTS]: () => ({ outputs }),
        [STACK_RESOURCES]: () => ({ outputs: resources }),
      },
    },
  );
  return { ...run, outputs: program };
}
