/** `mailstead bundle show FILE`, and how a bundle is read. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { print, printJson } from "../output/terminal.ts";
import { contentsOf, describeContents } from "./contents.ts";
import { readBundle, type RecoveryBundle } from "./format.ts";
import { readKey } from "./givenKey.ts";
import { open } from "./lock.ts";
import type { BundleOptions } from "./options.ts";

/** Opens a bundle. @throws CommandError where it is none, damaged, or locked by something else */
export async function openBundle(file: string, options: BundleOptions): Promise<RecoveryBundle> {
  const bytes = readFileSync(resolve(file));
  return readBundle(await open(bytes, await readKey(file, bytes, options)));
}

export async function showBundle(file: string, options: BundleOptions): Promise<number> {
  const contents = contentsOf(await openBundle(file, options));
  if (options.json === true) printJson(contents);
  else print(describeContents(contents));
  return 0;
}
