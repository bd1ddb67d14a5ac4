/**
 * Control groups: what holds all processes of a host together, so that pulling the plug misses none.
 *
 * A host's group is `NAMESPACE.hosts/KEY`, its supervisor's `NAMESPACE.hosts/KEY.supervisor`.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { waitUntil } from "./command.ts";

/** The mount points that matter: version 2, and systemd's own of version 1 where cgroups are hybrid. */
export interface Hierarchies {
  readonly unified: string;
  readonly legacy: string | undefined;
}

/** Finds the hierarchies, or rejects where there is no cgroup version 2. */
export async function findHierarchies(): Promise<Hierarchies> {
  let unified: string | undefined;
  let legacy: string | undefined;
  for (const line of (await readFile("/proc/self/mounts", "utf8")).split("\n")) {
    const [, path, type, settings] = line.split(" ");
    if (type === "cgroup2") unified ??= path;
    if (type === "cgroup" && settings?.split(",").includes("name=systemd")) legacy ??= path;
  }
  if (unified === undefined) throw new Error("no cgroup2 is mounted: hosts need the unified hierarchy");
  return { unified, legacy };
}

/** Makes a group in each hierarchy and resolves with their folders, the unified one first. */
export async function makeGroup(name: string): Promise<string[]> {
  const { unified, legacy } = await findHierarchies();
  const folders = [unified, legacy].filter((root) => root !== undefined).map((root) => join(root, name));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  // Where version 2 rules alone, controllers are handed down level by level. Elsewhere there are none to hand.
  for (const folder of [unified, dirname(join(unified, name))]) {
    await writeFile(join(folder, "cgroup.subtree_control"), "+cpu +memory +pids").catch(() => undefined);
  }
  return folders;
}

/** True as long as any process lives in the group or below. */
export async function isPopulated(name: string): Promise<boolean> {
  const { unified } = await findHierarchies();
  const events = await readFile(join(unified, name, "cgroup.events"), "utf8").catch(() => "");
  return /^populated 1$/m.test(events);
}

/** Process ids of a group alone, not of those below. */
export async function processesOf(name: string): Promise<number[]> {
  const { unified } = await findHierarchies();
  const text = await readFile(join(unified, name, "cgroup.procs"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

/** Kills all in the group and below, and resolves when nothing lives there. */
export async function killGroup(name: string): Promise<void> {
  const { unified } = await findHierarchies();
  const folder = join(unified, name);
  if (!existsSync(folder)) return;
  await writeFile(join(folder, "cgroup.kill"), "1");
  await waitUntil(`processes of ${name} to end`, 15_000, async () => !(await isPopulated(name)), 5);
}

/** Removes a group whose processes are gone, in all hierarchies. */
export async function removeGroup(name: string): Promise<void> {
  const { unified, legacy } = await findHierarchies();
  for (const root of [unified, legacy]) {
    if (root === undefined) continue;
    const folder = join(root, name);
    // The kernel lets go of a dead process's group a moment after it says that it is empty.
    await waitUntil(`${folder} to be removed`, 5_000, () => removeTree(folder));
  }
}

async function removeTree(folder: string): Promise<boolean> {
  if (!existsSync(folder)) return true;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  }
  return rmdir(folder).then(
    () => true,
    () => !existsSync(folder),
  );
}
