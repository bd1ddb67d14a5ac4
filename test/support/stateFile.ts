/**
 * The state of a stack as the engine's own backend keeps it, read from its file: an engine that is started for it would
 * take a hundred times as long, and tests ask again and again.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "./printed.ts";

/** What tests look at in a state (version 3 of the engine's checkpoints). */
export interface State {
  readonly resources?: readonly {
    readonly type: string;
    readonly id?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
  }[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: { urn: string } }[];
}

/** The state of a stack; an empty one where nothing was made yet. @throws where there is no such stack */
export function readState(stack: string): State {
  const [file, ...others] = globSync(join(runFolder, `pulumi/state/.pulumi/stacks/*/${stack}.json`));
  if (file === undefined || others.length > 0) throw new Error(`not one state file of the stack ${stack}`);
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest?: State | null } };
  return checkpoint.latest ?? {};
}

/** Outputs of a stack; what is secret among them is ciphertext. None before the first `up` has ended. */
export function readStateOutputs(stack: string): Readonly<Record<string, unknown>> {
  const root = readState(stack).resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  return root?.outputs ?? {};
}
