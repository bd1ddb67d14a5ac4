/**
 * Control groups of hosts: what holds all processes of a machine together, so that pulling the plug misses none.
 *
 * A machine's group is `NAMESPACE.hosts/KEY`, its supervisor's `NAMESPACE.hosts/KEY.supervisor`; both by that name in
 * version 2 and, where cgroups are hybrid, in systemd's own hierarchy of version 1.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { findCgroupRoots, killGroup, removeGroup } from "../process/cgroup.ts";

async function folders(name: string): Promise<string[]> {
  const { unified, legacy } = await findCgroupRoots();
  return [unified, ...legacy.filter((root) => basename(root) === "systemd")].map((root) => join(root, name));
}

/** The group's folder in version 2, there or not. */
export async function groupFolder(name: string): Promise<string> {
  return join((await findCgroupRoots()).unified, name);
}

/** Makes the group and resolves with its folders, that of version 2 first. */
export async function makeGroup(name: string): Promise<string[]> {
  const made = await folders(name);
  for (const folder of made) await mkdir(folder, { recursive: true });
  // Where version 2 rules alone, controllers are handed down level by level. Elsewhere there are none to hand.
  const parent = dirname(await groupFolder(name));
  for (const folder of [dirname(parent), parent]) {
    await writeFile(join(folder, "cgroup.subtree_control"), "+cpu +memory +pids").catch(() => undefined);
  }
  return made;
}

/** Process ids of a group alone, not of those below. None where there is no such group. */
export async function processesOf(name: string): Promise<number[]> {
  const text = await readFile(join(await groupFolder(name), "cgroup.procs"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

/** Process ids of a group and of all below it. */
export async function processesBelow(name: string): Promise<number[]> {
  const entries = await readdir(await groupFolder(name), { withFileTypes: true }).catch(() => []);
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => join(name, entry.name));
  const found = await Promise.all([processesOf(name), ...below.map(processesBelow)]);
  return found.flat();
}

/**
 * Kills all in the group and below, and removes it everywhere.
 * It cannot be kept for the next start: current kernels (seen on 6.18) also kill what a process clones into another
 * group when its own has been killed once and that one has not, as systemd does with every service.
 */
export async function endGroup(name: string): Promise<void> {
  await killGroup(await groupFolder(name));
  for (const folder of await folders(name)) if (existsSync(folder)) await removeGroup(folder);
}
