/**
 * Puts the command and the program into few files: `node startup/build.js`, which `npm install` runs.
 *
 * They are some 400 modules with their libraries, and to find and read them takes Node longer than most commands need
 * for their work. Without a bundle, or with one that is older than a source, the sources are run as they are.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { bundleFolder, stampOf } from "./bundle.js";
import { ENTRIES } from "./entries.js";

/**
 * Notes what is read, and lets modules keep the place of their source, from which they read files that lie beside it.
 *
 * @param {string} project
 * @param {Record<string, readonly [number, number]>} read filled with the stamp of each file of ours
 * @returns {import("rolldown").Plugin}
 */
function ourModules(project, read) {
  const joined = 'process.getBuiltinModule("node:path").join';
  return {
    name: "our-modules",
    transform(code, id) {
      const file = relative(project, id);
      if (file.startsWith("..") || file.startsWith("node_modules/") || !existsSync(id)) return null;
      read[file] = stampOf(project, file);
      const place = relative(bundleFolder(project), id);
      return code
        .replaceAll(
          "import.meta.dirname",
          () => `${joined}(import.meta.dirname, ${JSON.stringify(dirname(place))})`,
        )
        .replaceAll("import.meta.url", () => `new URL(${JSON.stringify(place)}, import.meta.url).href`);
    },
  };
}

/**
 * Makes the bundle of a project, in place of one that is there.
 *
 * @param {string} project
 * @throws where rolldown is not installed or a module cannot be read
 */
export async function buildBundle(project) {
  const { rolldown } = await import("rolldown");
  const folder = bundleFolder(project);
  // Beside the old one, which may be running.
  const fresh = `${folder}.${process.pid}`;
  // Libraries change with the lock file alone.
  const files = { "package-lock.json": stampOf(project, "package-lock.json") };
  const bundle = await rolldown({
    cwd: project,
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(project, file)])),
    platform: "node",
    // One that both the program and the engine's launcher hold: they must be the same modules.
    external: /^@pulumi\//,
    plugins: [ourModules(project, files)],
  });
  await bundle.write({ dir: fresh, format: "esm" });
  await bundle.close();
  // Without it Node reads and compiles each file once more, to find out what kind of module it is.
  writeFileSync(join(fresh, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(fresh, "manifest.json"), JSON.stringify({ files }));
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

if (import.meta.filename === process.argv[1]) await buildBundle(dirname(import.meta.dirname));
