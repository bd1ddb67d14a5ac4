/**
 * The stand-in plugins in few files, made once for each state of their sources.
 *
 * Most runs of an engine are short, and to find, strip and compile the modules of seven plugins was a quarter of them.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { rolldown } from "rolldown";
import { cacheDir, repository } from "../groundPlan.ts";

const SOURCES = import.meta.dirname;
/** What the plugins' libraries are of, and what puts them together. */
const LOCKS = ["package-lock.json", "sandbox/package-lock.json"];

/**
 * Makes the bundle when the cache has none of these sources, in about two seconds, and resolves with its folder, in
 * which `NAME.js` is the plugin NAME.
 *
 * @param names folders beside this file, each with a `main.ts`.
 */
export async function bundlePlugins(names: readonly string[]): Promise<string> {
  const folder = path.join(cacheDir, "plugins", await stateOfSources());
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    const bundle = await rolldown({
      input: Object.fromEntries(names.map((name) => [name, path.join(SOURCES, name, "main.ts")])),
      platform: "node",
      // Machine code that ssh2 does without.
      external: [/\.node$/, "cpu-features"],
      // Of CommonJS; ssh2 looks for a Windows program by it.
      transform: { define: { __dirname: "import.meta.dirname" } },
      logLevel: "warn",
    });
    await bundle.write({ dir: fresh, format: "esm" });
    await bundle.close();
    await rename(fresh, folder).catch((cause: unknown) => {
      // Another process was faster: its bundle is as good.
      if (!existsSync(folder)) throw cause;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function stateOfSources(): Promise<string> {
  const files = (await readdir(SOURCES, { recursive: true })).filter((file) => file.endsWith(".ts")).sort();
  const hash = createHash("sha256");
  for (const file of [
    ...files.map((name) => path.join(SOURCES, name)),
    ...LOCKS.map((name) => path.join(repository, name)),
  ])
    hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}
