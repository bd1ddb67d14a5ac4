/** The stack's file on the way to a release and back: the changed values are set, and every other byte stays. */
import { readFileSync, writeFileSync } from "node:fs";
import { readRawConfig } from "../../stack/config/readRawConfig.ts";
import type { Plan } from "../../stack/model/plan.ts";
import { editFile } from "../pin/editFile.ts";
import type { Change } from "../pin/written.ts";
import { planOf, readValuesOf } from "../project.ts";
import type { Run } from "./run.ts";

/** The value of a key such as `mail.images.app.digest`; undefined where the file has none. */
function valueAt(values: Readonly<Record<string, string>>, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>(
      (at, name) => (at as Record<string, unknown> | undefined)?.[name],
      readRawConfig(values),
    );
}

/** The file with all as wanted; undefined where it is so already. */
function textWith({ file, path }: Run, wanted: readonly Change[]): string | undefined {
  const bytes = readFileSync(path);
  const values = readValuesOf(path, bytes);
  const left = wanted.filter(({ key, to }) => valueAt(values, key) !== to);
  return left.length === 0 ? undefined : editFile(file, bytes, left);
}

function setAll(run: Run, wanted: readonly Change[]): void {
  const text = textWith(run, wanted);
  if (text !== undefined) writeFileSync(run.path, text);
}

/** The plan of the file that would name the new release. @throws CommandError where it cannot be edited */
export function planNew(run: Run, changes: readonly Change[]): Plan {
  const text = textWith(run, changes) ?? readFileSync(run.path);
  return planOf(run.stack, run.path, Buffer.from(text)).plan;
}

/** The file names the new release. @throws CommandError where it cannot be edited */
export function setNew(run: Run, changes: readonly Change[]): void {
  setAll(run, changes);
}

/** The file names the old release again. @throws CommandError where it cannot be edited */
export function setOld(run: Run, changes: readonly Change[]): void {
  setAll(
    run,
    changes.map(({ key, from, to }) => ({ key, from: to, to: from })),
  );
}
