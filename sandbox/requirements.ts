/** What a machine must offer before it can hold a sandbox. */

import { readFile } from "node:fs/promises";
import { repository } from "./groundPlan.ts";
import { findCgroupRoots } from "./process/cgroup.ts";
import { succeeds } from "./process/command.ts";

/** Longest path of the repository: unix sockets below it may have 107 bytes (unix(7)). */
const longestRepositoryPath = 70;

/** What is missing, each with what to do about it; empty when all is there. Changes nothing. */
export async function missingRequirements(): Promise<string[]> {
  if (process.platform !== "linux")
    return [`Linux (this is ${process.platform}); a Debian 12 machine will do`];
  const missing: string[] = [];
  if (process.getuid?.() !== 0)
    missing.push("root: use `sudo make sandbox`, or a machine where you are root");
  else missing.push(...(await missingOfRoot()));
  if (!(await succeeds("apt-get", ["--version"])))
    missing.push("apt-get: the sandbox is made of Debian packages");
  if (Buffer.byteLength(repository) > longestRepositoryPath) {
    missing.push(
      `a shorter path: ${repository} has more than ${longestRepositoryPath} bytes, too long for sockets below it`,
    );
  }
  return missing;
}

async function missingOfRoot(): Promise<string[]> {
  const missing: string[] = [];
  if (!(await succeeds("unshare", ["--net", "--mount", "true"]))) {
    missing.push(
      "namespaces: `unshare --net --mount` is refused (in a container, it must be a privileged one)",
    );
  }
  try {
    await findCgroupRoots();
  } catch (error) {
    missing.push(`cgroup2, writable: ${error instanceof Error ? error.message : String(error)}`);
  }
  const filesystems = await readFile("/proc/filesystems", "utf8");
  // Loading the module is enough where it is one.
  if (!/\boverlay$/m.test(filesystems) && !(await succeeds("modprobe", ["overlay"]))) {
    missing.push("overlayfs: the kernel has no `overlay` file system");
  }
  return missing;
}
