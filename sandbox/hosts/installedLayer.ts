/**
 * What the first boot's packages add to the machine image, as an overlay layer over it.
 *
 * A sandbox's first machine installs them itself, as a vendor's does. The next ones have them already, and their first
 * boot finds nothing to fetch: the same machine, sooner.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { realpath, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstBootPackages } from "./archive.ts";
import { run } from "../process/command.ts";

const SCRIPT = fileURLToPath(new URL("install-packages.sh", import.meta.url));

/**
 * Makes the layer when the cache has none for this image and archive, and resolves with its folder:
 * `cacheDir/with-packages/HASH`. Takes about half a minute from nothing. Needs root.
 *
 * @param baseDir from `ensureBase`.
 * @param archive from `ensureArchive`.
 */
export async function ensureInstalled(
  cacheDir: string,
  baseDir: string,
  archive: string,
  packages: readonly string[] = firstBootPackages,
): Promise<string> {
  const folder = await realpath(archive);
  const recipe = JSON.stringify([1, basename(baseDir), basename(folder), packages]);
  const layer = join(
    cacheDir,
    "with-packages",
    createHash("sha256").update(recipe).digest("hex").slice(0, 12),
  );
  if (existsSync(layer)) return layer;
  const work = `${layer}.work-${process.pid}`;
  try {
    await run("unshare", ["--mount", SCRIPT, baseDir, work, folder, ...packages], { timeoutSeconds: 600 });
    await rename(join(work, "upper"), layer).catch((cause: unknown) => {
      // Another process was faster: its layer is as good.
      if (!existsSync(layer)) throw cause;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return layer;
}
