/** Files that other programs read while they are written anew. */
import { rename, writeFile } from "node:fs/promises";

/**
 * Writes a file so that who reads it meanwhile has all of the old text or all of the new one.
 *
 * @param mode of the file; by default as the process makes files.
 */
export async function writeWhole(path: string, text: string, mode?: number): Promise<void> {
  await writeFile(`${path}.new`, text, mode === undefined ? {} : { mode });
  await rename(`${path}.new`, path);
}
