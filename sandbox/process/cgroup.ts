/**
 * Control groups: how the sandbox finds and ends everything it started, also after a crash.
 *
 * Every group's name starts with `mailstead.`: `mailstead.services/NAME` for servers of the sandbox itself,
 * `mailstead.host-NAME` for booted hosts. Hosts may have groups of the same name in v1 hierarchies as well.
 */

import { access, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { constants } from "node:fs";
import { join } from "node:path";
import { namespace } from "../groundPlan.ts";
import { waitUntil } from "./waitUntil.ts";

const prefix = `${namespace}.`;

/** Mount points of the hierarchies. */
export interface CgroupRoots {
  /** The cgroup2 mount: `/sys/fs/cgroup` or, where cgroups are hybrid, `/sys/fs/cgroup/unified`. */
  readonly unified: string;
  /** Mounts of v1 hierarchies, empty where there are none. */
  readonly legacy: readonly string[];
}

/** @throws {Error} when no cgroup2 hierarchy is mounted, or it cannot be written. */
export async function findCgroupRoots(): Promise<CgroupRoots> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  const below = mounts.filter((fields) => fields[1]?.startsWith("/sys/fs/cgroup"));
  const unified = below.find((fields) => fields[2] === "cgroup2")?.[1];
  if (unified === undefined) throw new Error("no cgroup2 hierarchy is mounted below /sys/fs/cgroup");
  await access(unified, constants.W_OK);
  const legacy = below.filter((fields) => fields[2] === "cgroup").map((fields) => fields[1] ?? "");
  return { unified, legacy };
}

/** Folder of the group `mailstead.services/NAME`, whether it is there or not. */
export async function serviceGroup(name: string): Promise<string> {
  const { unified } = await findCgroupRoots();
  return join(unified, `${prefix}services`, name);
}

/** True when a process lives in the group or below it. False when there is no such group. */
export async function isPopulated(folder: string): Promise<boolean> {
  try {
    return (await readFile(join(folder, "cgroup.events"), "utf8")).includes("populated 1");
  } catch (error) {
    // ENODEV: the group was removed between open and read.
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Kills every process in the group and below it, and resolves when they are gone. */
export async function killGroup(folder: string, timeoutSeconds = 10): Promise<void> {
  if (!(await isPopulated(folder))) return;
  await writeFile(join(folder, "cgroup.kill"), "1");
  await waitUntil(async () => !(await isPopulated(folder)), { what: `the end of ${folder}`, timeoutSeconds });
}

/** Folders of all the sandbox's groups, in all hierarchies, outermost only. */
export async function findSandboxGroups(): Promise<string[]> {
  const roots = await findCgroupRoots();
  const found: string[] = [];
  for (const root of [roots.unified, ...roots.legacy]) {
    const names = await readdir(root);
    found.push(...names.filter((name) => name.startsWith(prefix)).map((name) => join(root, name)));
  }
  return [...new Set(found)];
}

/** Removes the group with all groups below it; they must be empty. Waits a little for processes that still end. */
export async function removeGroup(folder: string): Promise<void> {
  const remove = async (path: string): Promise<void> => {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) await remove(join(path, entry.name));
    await rmdir(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
  };
  await waitUntil(async () => (await remove(folder), true), {
    what: `removal of ${folder}`,
    timeoutSeconds: 5,
  });
}
