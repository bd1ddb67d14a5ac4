/** Reads whole files that travel to the host: scripts, units and settings under `cloud-init/files/`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../cloud-init/files");

/**
 * Text of a file under `cloud-init/files/`.
 *
 * @throws when there is no such file.
 */
export function readAsset(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
