/** Real provider plugins, fetched by the engine itself where their server can be reached. */
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { run } from "../process/command.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** A plugin in the version that the npm SDK asks for. */
export interface Wanted {
  readonly name: string;
  readonly version: string;
}

/** How long a download is waited for. */
export interface Patience {
  /** Without a byte; most machines without a way out are told so by then. */
  readonly stallSeconds: number;
  readonly seconds: number;
  /** After which a refusal is forgotten. */
  readonly hours: number;
}

const usual: Patience = { stallSeconds: 10, seconds: 600, hours: 24 };

/**
 * Sees to it that `folder` holds the plugins, laid out like `$PULUMI_HOME/plugins`, as far as they can be downloaded. They
 * are fetched side by side; what could not be had is not asked for again within a day.
 *
 * @param folder outlives the sandbox: the cache.
 */
export async function downloadPlugins(
  wanted: readonly Wanted[],
  folder: string,
  patience = usual,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await removeBrokenOff(folder);
  const file = path.join(folder, "refused.json");
  const refused = await readRefusals(file, Date.now() - patience.hours * 3_600_000);
  const missing = wanted.filter(
    (plugin) => !existsSync(path.join(folder, directory(plugin))) && refused[directory(plugin)] === undefined,
  );
  if (missing.length === 0) return;
  const had = await Promise.all(missing.map((plugin) => download(plugin, folder, patience)));
  const news = missing.filter((_, index) => !had[index]).map((plugin) => [directory(plugin), Date.now()]);
  await writeWhole(file, JSON.stringify({ ...refused, ...Object.fromEntries(news) }));
}

/** What a run that was killed was at. */
async function removeBrokenOff(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(".")) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function directory({ name, version }: Wanted): string {
  return `resource-${name}-v${version}`;
}

/** When each was refused, in milliseconds; what is older than `since` is left out. */
async function readRefusals(file: string, since: number): Promise<Record<string, number>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const all = Object.entries(JSON.parse(text) as Record<string, number>);
  return Object.fromEntries(all.filter(([, time]) => time > since));
}

/** @returns false when it could not be had, for whatever reason. */
async function download(plugin: Wanted, folder: string, patience: Patience): Promise<boolean> {
  // A home of its own, so that what is moved to its place is whole.
  const home = path.join(folder, `.${directory(plugin)}.${process.pid}`);
  // The engine downloads into the one and unpacks into the other.
  const grows = [path.join(home, "tmp"), path.join(home, "plugins")];
  for (const place of grows) await mkdir(place, { recursive: true });
  const stalled = new AbortController();
  const watch = watchGrowth(grows, patience.stallSeconds, stalled);
  try {
    await run("pulumi", ["plugin", "install", "resource", plugin.name, `v${plugin.version}`], {
      env: { PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true", TMPDIR: path.join(home, "tmp") },
      timeoutSeconds: patience.seconds,
      signal: stalled.signal,
    });
    await rename(path.join(home, "plugins", directory(plugin)), path.join(folder, directory(plugin)));
    return true;
  } catch {
    return false;
  } finally {
    clearInterval(watch);
    await rm(home, { recursive: true, force: true });
  }
}

/** Aborts when the folders have not grown for so long. */
function watchGrowth(folders: readonly string[], seconds: number, stalled: AbortController): NodeJS.Timeout {
  let size = 0;
  let since = performance.now();
  return setInterval(() => {
    void sizeOf(folders).then((now) => {
      if (now !== size) since = performance.now();
      size = now;
      if (performance.now() - since > seconds * 1000) stalled.abort();
    });
  }, 200);
}

async function sizeOf(folders: readonly string[]): Promise<number> {
  let sum = 0;
  for (const folder of folders) {
    for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
      sum += await stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      );
    }
  }
  return sum;
}
