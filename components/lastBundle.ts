/** What is remembered of the last recovery bundle, beside the SSH files. Needs nothing of the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLE_MARK, readBundleMark, type BundleMark } from "../stack/guards/bundleMark.ts";

/**
 * The last bundle that was made or restored on this machine; undefined where there was none.
 *
 * @param folder `.mailstead/STACK`.
 */
export function lastBundle(folder: string): BundleMark | undefined {
  try {
    return readBundleMark(readFileSync(join(folder, BUNDLE_MARK), "utf8"));
  } catch {
    return undefined;
  }
}
