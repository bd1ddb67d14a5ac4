/** Whole files that ship with the program. */
import { readFileSync } from "node:fs";

/**
 * Text of a file under `cloud-init/files/`.
 *
 * @throws Error when the name is not a plain file name, or there is no such file.
 */
export function readAsset(name: string): string {
  if (!/^[\w-]+(\.[\w-]+)*$/.test(name))
    throw new Error(`"${name}" is not the name of a file in cloud-init/files`);
  return readFileSync(new URL(`../cloud-init/files/${name}`, import.meta.url), "utf8");
}
