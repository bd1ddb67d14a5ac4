/** Takes a sandbox away: processes, mounts, loop devices, namespace, cgroups, files. Works after a crash, and where nothing is up. */

import { existsSync } from "node:fs";
import { readFile, rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { runDir, stackDir } from "./groundPlan.ts";
import { networkDown, processesInside } from "./network/network.ts";
import { findSandboxGroups, killGroup, removeGroup } from "./process/cgroup.ts";
import { run } from "./process/command.ts";
import { detachLoopsBelow, loopsBelow } from "./process/loops.ts";
import { mountsBelow } from "./process/mounts.ts";
import { waitUntil } from "./process/waitUntil.ts";

/** Whether there is anything to take away. */
export async function isAnythingUp(): Promise<boolean> {
  return existsSync(runDir) || existsSync(stackDir) || (await remains()).length > 0;
}

/**
 * Removes everything, going on where a part fails.
 *
 * @returns what could not be removed, in words; empty when all is gone.
 */
export async function takeDown(): Promise<string[]> {
  const left: string[] = [];
  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const group of await findSandboxGroups()) {
    await attempt(`processes of ${group}`, () => killV1Members(group));
    await attempt(`processes of ${group}`, () => killGroup(group));
  }
  await attempt("processes on the sandbox's network", killInside);
  await attempt("mounts", unmountAll);
  await attempt("loop devices", () => detachLoopsBelow(runDir));
  await attempt("network namespace", networkDown);
  for (const group of await findSandboxGroups()) await attempt(`cgroup ${group}`, () => removeGroup(group));
  // A folder that still holds a mount must not be emptied: the mount may be a server's disk or the cache.
  if ((await mountsBelow(runDir)).length === 0) {
    await attempt(runDir, () => rm(runDir, { recursive: true, force: true, maxRetries: 3 }));
  }
  await attempt(stackDir, removeStackFolder);
  return [...left, ...(await remains())];
}

/** The keys of the sandbox's own server. Folders of other stacks, beside it, are their owners'. */
async function removeStackFolder(): Promise<void> {
  await rm(stackDir, { recursive: true, force: true });
  await rmdir(dirname(stackDir)).catch((error: unknown) => {
    if (!["ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  });
}

/** What is still there of a sandbox, in words. */
async function remains(): Promise<string[]> {
  const found: string[] = [];
  for (const mount of await mountsBelow(runDir)) found.push(`still mounted: ${mount}`);
  for (const { name, file } of await loopsBelow(runDir))
    found.push(`loop device still there: ${name} of ${file}`);
  for (const group of await findSandboxGroups()) found.push(`cgroup still there: ${group}`);
  for (const pid of await processesInside()) found.push(`process still on the sandbox's network: ${pid}`);
  return found;
}

async function unmountAll(): Promise<void> {
  for (const mount of await mountsBelow(runDir)) {
    // A process that has just been killed can hold a mount a moment longer.
    await waitUntil(async () => (await run("umount", [mount]), true), {
      what: `umount ${mount}`,
      timeoutSeconds: 3,
    }).catch(() => run("umount", ["--lazy", mount]));
  }
}

/** v1 groups have no cgroup.kill. Their members are normally in a v2 group too and are gone by then. */
async function killV1Members(group: string): Promise<void> {
  const text = await readFile(`${group}/cgroup.procs`, "utf8").catch(() => "");
  await endAll(text.split("\n").filter(Boolean).map(Number));
}

/** Shells and commands started by `./sandbox/run` are in no group of ours. This process and its parents are spared. */
async function killInside(): Promise<void> {
  const spared = await ownAncestry();
  const pids = (await processesInside()).filter((pid) => !spared.has(pid));
  await endAll(pids);
  await waitUntil(async () => (await processesInside()).every((pid) => spared.has(pid)), {
    what: "the end of the processes on the sandbox's network",
    timeoutSeconds: 5,
  });
}

async function endAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  return Promise.resolve();
}

async function ownAncestry(): Promise<Set<number>> {
  const found = new Set<number>();
  let pid = process.pid;
  while (pid > 1 && !found.has(pid)) {
    found.add(pid);
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    pid = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return found;
}
