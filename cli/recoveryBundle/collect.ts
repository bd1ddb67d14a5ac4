/** Everything of a stack that a bundle holds, as the engine tells it. Nothing of it is written anywhere. */
import { readFileSync } from "node:fs";
import { pulumi } from "../engine.ts";
import { findStackFile, readProjectName, readValuesOf } from "../project.ts";
import { readVersions } from "../report/versions.ts";
import { readBytes } from "../stackFile/bytes.ts";
import { listSecure, storeConfiguration, type EngineValue } from "./configuration.ts";
import type { PlainState, RecoveryBundle } from "./format.ts";

/** The state with its secrets in plain, without what they are encrypted by. @throws CommandError without such a stack */
export async function readPlainState(stack: string): Promise<PlainState> {
  const text = await pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
  return withoutProvider(JSON.parse(text) as PlainState);
}

/** A state that can be encrypted by any passphrase. */
export function withoutProvider({ deployment, ...state }: PlainState): PlainState {
  const entries = Object.entries(deployment).filter(([key]) => key !== "secrets_providers");
  return { ...state, deployment: Object.fromEntries(entries) };
}

/** The stack's file with its secrets in plain beside it. */
export async function readConfiguration(stack: string): Promise<RecoveryBundle["configuration"]> {
  const path = findStackFile(stack);
  const bytes = readFileSync(path);
  readValuesOf(path, bytes);
  const { text } = readBytes(bytes);
  const said =
    listSecure(text).length === 0
      ? "{}"
      : await pulumi(["config", "--json", "--show-secrets", "--stack", stack]);
  return storeConfiguration(
    text,
    JSON.parse(said) as Readonly<Record<string, EngineValue>>,
    readProjectName(),
  );
}

/** All of it. @throws CommandError where the engine does not open it */
export async function collectBundle(stack: string): Promise<Omit<RecoveryBundle, "format" | "version">> {
  // One after the other: the engine locks what it reads.
  const configuration = await readConfiguration(stack);
  const state = await readPlainState(stack);
  const versions = await readVersions();
  return {
    ...{ created: new Date().toISOString(), stack, project: readProjectName() },
    ...{ versions, configuration, state },
  };
}
