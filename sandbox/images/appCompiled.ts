/**
 * The app's code as Node has compiled it, kept in the image: with it, the programs and what is run by `node -` beside them
 * take two thirds of the time to load.
 *
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
import { readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./process.ts";

/** Folder below the app's. */
const FOLDER = ".compiled";

/** For the image. The cache is portable: it holds for a folder beside it, wherever both are. */
export function compiledEnvironment(app: string): readonly string[] {
  return [`NODE_COMPILE_CACHE=${app}/${FOLDER}`, "NODE_COMPILE_CACHE_PORTABLE=1"];
}

/** What programs on standard input require by name. */
const MODULES = ["config", "helpers", "models"];

/**
 * Loads a program, or some modules, and ends. Nothing that a program wants is there, and no network: what matters is that it
 * is loaded, not what becomes of it.
 */
const LOADER = `
import module from "node:module";
const loading = Promise.allSettled(process.argv.slice(1).map((file) => import(file)));
await Promise.race([loading, new Promise((done) => setTimeout(done, 3000))]);
module.flushCompileCache();
process.exit();`;

interface CompileOptions {
  readonly node: string;
  readonly users: readonly number[];
  readonly environment: readonly string[];
}

/**
 * Fills the folder.
 *
 * @param source of the app, with its packages installed
 * @param app folder of the app in the image, with its programs bundled
 * @param options.node the image's Node, which takes no other one's code
 * @param options.users numbers of those who run the programs: Node looks for a folder of each one's own
 */
export async function compileApp(
  source: string,
  app: string,
  { node, users, environment }: CompileOptions,
): Promise<void> {
  const packages = join(app, "node_modules");
  const programs = (await readdir(app)).filter((name) => name.endsWith(".js"));
  await run("cp", ["--archive", "--link", join(source, "node_modules"), packages]);
  const env = Object.fromEntries(
    // What a program would make on this machine goes with the folder.
    [...environment, ...compiledEnvironment(app), `SQLITE_STORAGE_ROOT=${packages}/storage`].map((line) =>
      line.split(/=(.*)/s, 2),
    ),
  ) as Record<string, string>;
  const load = (files: readonly string[]): Promise<string> =>
    run("unshare", ["--net", node, "--input-type=module", "--eval", LOADER, ...files], { cwd: app, env });
  try {
    for (const folder of MODULES)
      await load((await readdir(join(app, folder))).map((name) => join(app, folder, name)));
    await Promise.all(programs.map((name) => load([join(app, name)]).catch(() => "")));
  } finally {
    await rm(packages, { recursive: true });
  }
  const folder = join(app, FOLDER);
  const made = await readdir(folder, { recursive: true });
  if (made.length < programs.length) throw new Error("Node kept no compiled code of the app's programs");
  // A root without CAP_DAC_OVERRIDE is one of the others.
  await run("chmod", ["--recursive", "a+rX", folder]);
  for (const name of await readdir(folder))
    for (const user of users) {
      const own = name.replace(/-\d+$/, `-${String(user)}`);
      if (own !== name) await symlink(name, join(folder, own));
    }
}
