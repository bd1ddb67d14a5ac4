/**
 * Block devices of a running host: shown, hidden, and torn off.
 *
 * A host has no udev and no limit on devices (nspawn run so sets none, in neither version of control groups), so a node in
 * its /dev is all that it needs.
 */
import { existsSync } from "node:fs";
import { readFile, readlink, rm } from "node:fs/promises";
import { isPopulated } from "../process/cgroup.ts";
import { run } from "../process/command.ts";
import { mountPointsOf } from "../process/mounts.ts";
import { waitUntil } from "../process/waitUntil.ts";
import { groupFolder, processesBelow, processesOf } from "./hostGroup.ts";

const START_LIMIT_SECONDS = 30;

/** Makes the node of a device such as `loop3` in the host of this group. One that is down gets it when it starts. */
export async function showDevice(group: string, device: string): Promise<void> {
  const folder = await groupFolder(group);
  await waitUntil(async () => !(await isPopulated(folder)) || (await initOf(group)) !== undefined, {
    what: `the start of ${group}, which is to see ${device}`,
    timeoutSeconds: START_LIMIT_SECONDS,
  });
  const init = await initOf(group);
  if (init === undefined || existsSync(nodeOf(init, device))) return;
  await run("mknod", ["--mode=660", nodeOf(init, device), "b", ...(await numbers(device)).split(":")]);
}

/** Takes the node away again. */
export async function hideDevice(group: string, device: string): Promise<void> {
  const init = await initOf(group);
  if (init === undefined || !existsSync(nodeOf(init, device))) return;
  // A node that was there at the start is mounted.
  const inside = [`--target=${init}`, "--mount"];
  await run("nsenter", [...inside, "umount", `/dev/${device}`]).catch(() => undefined);
  await rm(nodeOf(init, device), { force: true });
}

/**
 * Stops the file system that a host has on a device, as when the disk is gone: what was not synced is lost, and whoever
 * uses it gets errors. Nothing is done where it is not mounted.
 *
 * @see https://man7.org/linux/man-pages/man8/xfs_io.8.html shutdown; ext4 knows the call too.
 */
export async function stopFileSystem(group: string, device: string): Promise<void> {
  const wanted = await numbers(device);
  const seen = new Set<string>();
  for (const pid of await processesBelow(group)) {
    const space = await readlink(`/proc/${pid}/ns/mnt`).catch(() => "");
    if (space === "" || seen.has(space)) continue;
    seen.add(space);
    const [point] = await mountPointsOf(pid, wanted);
    if (point === undefined) continue;
    await run("xfs_io", ["-F", "-x", "-c", "shutdown", `/proc/${pid}/root${point}`]);
    return;
  }
}

/** `7:3`. */
async function numbers(device: string): Promise<string> {
  return (await readFile(`/sys/block/${device}/dev`, "utf8")).trim();
}

async function initOf(group: string): Promise<number | undefined> {
  return (await processesOf(`${group}/payload/init.scope`))[0];
}

function nodeOf(init: number, device: string): string {
  return `/proc/${init}/root/dev/${device}`;
}
