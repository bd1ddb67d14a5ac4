/** The bundle: where it is, and whether it is still what the sources give. Plain JavaScript, as startup.js is. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * What a bundle was made from: time of change (ms) and size (bytes) of each file, by its path from the project's folder.
 *
 * @typedef {{ readonly files: Readonly<Record<string, readonly [number, number]>> }} Manifest
 */

/**
 * Where the bundle of a project is.
 *
 * @param {string} project
 */
export function bundleFolder(project) {
  return join(project, "node_modules/.cache/mailstead/command");
}

/**
 * Time of change (whole milliseconds, which can be given back to a file) and size of a file.
 *
 * @param {string} project
 * @param {string} file
 * @returns {[number, number]}
 */
export function stampOf(project, file) {
  // Some 400 at each start: `join` would take longer than the look itself.
  const { mtimeMs, size } = statSync(`${project}/${file}`);
  return [Math.round(mtimeMs), size];
}

/**
 * The bundle's folder, as long as none of the files it was made from has changed since.
 *
 * @param {string} project
 * @returns {string | undefined} undefined also where no bundle was made
 */
export function freshBundle(project) {
  try {
    const folder = bundleFolder(project);
    /** @type {Manifest} */
    const { files } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    for (const [file, [time, size]] of Object.entries(files)) {
      const [timeNow, sizeNow] = stampOf(project, file);
      if (timeNow !== time || sizeNow !== size) return undefined;
    }
    return folder;
  } catch {
    // Not made, half made, or a source is gone: the sources are there to be run.
    return undefined;
  }
}
