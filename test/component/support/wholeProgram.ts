/** Runs the whole program, as `index.ts` does, under a recording monitor. */
import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import type { Raw } from "../../unit/stack/support/validRaw.ts";
import { GET_PRIMARY_IPS, NO_SERVERS } from "./declareSmall.ts";
import { recordProgram, type RecordedRun, type RunOptions } from "./recordedProgram.ts";

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
  /** Values of the configuration beside those of ours, by their whole keys. */
  readonly config?: Readonly<Record<string, string>>;
  /** The stack's name, and other stacks that it refers to. */
  readonly engine?: Pick<RunOptions, "stack" | "references">;
}

/**
 * Runs it in a first preview: nothing is known, and no file is written.
 *
 * @param outputs of the last `up`, for a preview that is not the first of a stack.
 */
export async function runProgram(
  raw: Raw,
  outputs: Readonly<Record<string, unknown>> = {},
  { resources = {}, addresses = [], config = {}, engine = {} }: Surroundings = {},
): Promise<ProgramRun> {
  vi.resetModules();
  let program: Program | undefined;
  const run = await recordProgram(
    async () => {
      pulumi.runtime.setAllConfig({ ...flat(raw), "cloudflare:apiToken": "TOKEN", ...config });
      program = await import("../../../components/program.ts");
    },
    {
      ...{ preview: true, first: true, ...engine },
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
