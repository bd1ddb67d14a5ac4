/**
 * The programs of the app's stand-in in few files. A server has a dozen of them, and each reads, strips and compiles some
 * five hundred modules when it starts, which takes half of its start; many servers start in a run of the tests.
 */
import { readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";

/** A folder below the app's, as the sources' own folders are: what they find by their place is found from here too. */
const FOLDER = "bundle";

/**
 * Puts the programs (`*.js`) of `source` into `target/bundle`, and has those of the same name in `target` start them.
 * Beside them the sources stay as they are, for programs on standard input that require them by their names (`#models/…`).
 *
 * @param source with its packages installed
 * @param target folder of the app in the image
 */
export async function bundleApp(source: string, target: string): Promise<void> {
  const programs = (await readdir(source)).filter((name) => name.endsWith(".js"));
  const bundle = await rolldown({
    cwd: source,
    input: Object.fromEntries(programs.map((name) => [name.replace(".js", ""), join(source, name)])),
    platform: "node",
    external: await packagesApart(source),
    logLevel: "warn",
  });
  await bundle.write({ dir: join(target, FOLDER), format: "esm" });
  await bundle.close();
  for (const name of programs) await writeFile(join(target, name), `import "./${FOLDER}/${name}";\n`);
}

/** What the driver of MongoDB loads where it is installed, which it is not; and the one package with a binary. */
async function packagesApart(source: string): Promise<string[]> {
  const manifest = createRequire(join(source, "package.json")).resolve("mongodb/package.json");
  const { peerDependencies } = JSON.parse(await readFile(manifest, "utf8")) as {
    peerDependencies: Readonly<Record<string, string>>;
  };
  return [...Object.keys(peerDependencies), "aws4", "better-sqlite3-multiple-ciphers"];
}
