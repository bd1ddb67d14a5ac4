/**
 * Late values of the plan's records: addresses and public keys.
 *
 * Asking the engine costs about as much as all the rest of an audit. What it said is kept in `.mailstead/STACK/`, and
 * believed as long as the zone agrees with it.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { PlannedRecord } from "../stack/model/plan.ts";
import { deployedValues, type DeployedValues } from "../verify/state/deployedValues.ts";
import { projectFolder, readOutputs } from "./engine.ts";

function locateFile(stack: string): string {
  return join(projectFolder(), ".mailstead", stack, "values.json");
}

/** Writes a file whole or not at all. Only for its owner. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text, { mode: 0o600 });
  renameSync(part, path);
}

/** What the engine said last; undefined where nothing is kept, or nothing that can be read. */
export function keptValues(stack: string): DeployedValues | undefined {
  try {
    return JSON.parse(readFileSync(locateFile(stack), "utf8")) as DeployedValues;
  } catch {
    return undefined;
  }
}

/** Asks the engine, and keeps what it says. @throws CommandError without an engine or such a stack. */
export async function askValues(stack: string, records: readonly PlannedRecord[]): Promise<DeployedValues> {
  const values = deployedValues(records, await readOutputs(stack));
  if (Object.keys(values).length > 0) writeWhole(locateFile(stack), `${JSON.stringify(values, null, 2)}\n`);
  return values;
}
