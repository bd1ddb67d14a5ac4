/**
 * Lays out the provider plugins that the engine will start.
 *
 * A real plugin always wins: `SANDBOX_PLUGINS=DIR` names a directory laid out like `$PULUMI_HOME/plugins`
 * (`DIR/resource-NAME-vX.Y.Z/pulumi-resource-NAME`), without it they are downloaded. What cannot be had is served by the
 * stand-ins beside this file, and `SANDBOX_PLUGINS=` (empty) wants nothing else.
 */
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { bundlePlugins } from "./bundle.ts";
import { downloadPlugins } from "./download.ts";

/** Providers that the project's program uses. */
export const PROVIDERS = [
  "hcloud",
  "cloudflare",
  "digitalocean",
  "docker",
  "command",
  "tls",
  "random",
] as const;
/** Name of one of them. */
export type ProviderName = (typeof PROVIDERS)[number];

/** One plugin as it was laid out. */
export interface InstalledPlugin {
  readonly name: ProviderName;
  /** Version that the npm SDK asks for. */
  readonly version: string;
  readonly source: "real" | "stand-in";
  /** A real plugin of another version is used, or one was found but is too far away. */
  readonly warning?: string;
}

/**
 * Lays out `pluginsDir/resource-NAME-vX.Y.Z/pulumi-resource-NAME` for every provider, X.Y.Z being the version of the
 * installed `@pulumi/NAME`. What was there before under these names is replaced.
 *
 * @param pluginsDir `$PULUMI_HOME/plugins`; made if absent.
 * @param nodeBinary absolute path of a Node.
 * @param realPlugins directory of real plugins, from {@link findRealPlugins}.
 * @param sharedPort port of the process that is all stand-ins (`shared/`); without it, or where nobody answers there, each is
 * one of its own.
 */
export async function installPlugins(
  pluginsDir: string,
  nodeBinary: string,
  realPlugins?: string,
  sharedPort?: number,
): Promise<InstalledPlugin[]> {
  let bundle: Promise<string> | undefined;
  // Once for all of them, and only where one is a stand-in.
  const standIns = (): Promise<string> => (bundle ??= bundlePlugins(PROVIDERS));
  const launch = async (name: ProviderName): Promise<string> =>
    launcher(name, nodeBinary, await standIns(), sharedPort);
  return Promise.all(PROVIDERS.map((name) => installPlugin(name, pluginsDir, launch, realPlugins)));
}

/**
 * Gives the directory of real plugins, those that were not there yet downloaded as far as can be.
 *
 * @param downloads where they are kept.
 * @param named the value of `SANDBOX_PLUGINS`.
 * @returns undefined where only stand-ins are wanted.
 */
export async function findRealPlugins(
  downloads: string,
  named = process.env["SANDBOX_PLUGINS"],
): Promise<string | undefined> {
  if (named !== undefined) return named === "" ? undefined : named;
  const wanted = PROVIDERS.map(async (name) => ({ name, version: await sdkVersion(name) }));
  await downloadPlugins(await Promise.all(wanted), downloads);
  return downloads;
}

/** One provider of {@link installPlugins}. */
async function installPlugin(
  name: ProviderName,
  pluginsDir: string,
  launch: (name: ProviderName) => Promise<string>,
  realPlugins: string | undefined,
): Promise<InstalledPlugin> {
  const version = await sdkVersion(name);
  const program = path.join(pluginsDir, `resource-${name}-v${version}`, `pulumi-resource-${name}`);
  // The engine skips a plugin directory that is a link, so the directory is real and the program in it the link.
  await mkdir(path.dirname(program), { recursive: true });
  await rm(program, { force: true });
  const real =
    realPlugins === undefined ? undefined : nearest(version, await realVersions(name, realPlugins));
  if (real !== undefined && realPlugins !== undefined && major(real) === major(version)) {
    const target = path.join(
      path.resolve(realPlugins),
      `resource-${name}-v${real}`,
      `pulumi-resource-${name}`,
    );
    await symlink(target, program);
    const warning = `${name}: the real plugin ${real} stands in for ${version}, which the SDK asks for`;
    return { name, version, source: "real", ...(real === version ? {} : { warning }) };
  }
  await writeFile(program, await launch(name));
  await chmod(program, 0o755);
  const warning = `${name}: the real plugin ${real} is of another major version than ${version}; a stand-in is used`;
  return { name, version, source: "stand-in", ...(real === undefined ? {} : { warning }) };
}

/** Version of the installed npm SDK, which is the version of the plugin that it asks for. */
async function sdkVersion(name: ProviderName): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return version;
}

async function realVersions(name: ProviderName, directory: string): Promise<string[]> {
  const pattern = new RegExp(`^resource-${name}-v(\\d+\\.\\d+\\.\\d+)$`);
  const found = (await readdir(directory)).flatMap((entry) => pattern.exec(entry)?.[1] ?? []);
  const programs = await Promise.all(
    found.map((version) =>
      exists(path.join(directory, `resource-${name}-v${version}`, `pulumi-resource-${name}`)),
    ),
  );
  return found.filter((_, index) => programs[index]);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** The version asked for, else the nearest below or above it. */
function nearest(wanted: string, found: readonly string[]): string | undefined {
  const distance = (version: string): number => Math.abs(weight(version) - weight(wanted));
  return found.toSorted((a, b) => distance(a) - distance(b))[0];
}

function weight(version: string): number {
  return version.split(".").reduce((sum, part) => sum * 10_000 + Number(part), 0);
}

function major(version: string): string {
  return version.split(".")[0] ?? "";
}

/** @param bundle from {@link bundlePlugins} */
function launcher(name: ProviderName, nodeBinary: string, bundle: string, sharedPort?: number): string {
  const start = path.join(import.meta.dirname, "start.js");
  const main = path.join(bundle, `${name}.js`);
  return [
    "#!/bin/bash",
    ...(sharedPort === undefined ? [] : [askShared(name, sharedPort)]),
    `exec ${quoted(nodeBinary)} ${quoted(start)} ${quoted(main)} "$@"`,
    "",
  ].join("\n");
}

/** Stays in the plugin's place for as long as the engine wants it: whoever kills it ends the plugin. */
function askShared(name: ProviderName, port: number): string {
  return `if { exec 3<>/dev/tcp/127.0.0.1/${String(port)}; } 2>/dev/null; then
  trap 'echo drain >&3' INT
  echo "${name} $$ \${1:-}" >&3
  read -r port <&3 || exit 1
  echo "$port"
  while read -r _ <&3; do :; done
  exit
fi`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
