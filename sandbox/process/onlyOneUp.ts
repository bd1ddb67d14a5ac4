/** Keeps a second `up` away from one that is under way, and makes a broken-off one's leftovers findable. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { namespace } from "../groundPlan.ts";
import { findCgroupRoots } from "./cgroup.ts";
import { waitUntil } from "./waitUntil.ts";

/**
 * Moves this process into the group `mailstead.up`: whatever it starts and leaves behind, `down` will find and end.
 * Servers and hosts have groups of their own.
 *
 * What a run that Ctrl-C stopped still ends is waited for: the engine holds the stack's lock so long.
 *
 * @throws {Error} when another `up` is in there, or what a stopped one started goes on for minutes.
 */
export async function onlyOneUp(): Promise<void> {
  const { unified } = await findCgroupRoots();
  const group = join(unified, `${namespace}.up`);
  await mkdir(group, { recursive: true });
  const others = async (): Promise<string[]> => {
    const members = (await readFile(join(group, "cgroup.procs"), "utf8")).split("\n").filter(Boolean);
    return members.filter((member) => member !== String(process.pid));
  };
  for (const pid of await others()) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (/main\.ts\0up\0/.test(commandLine)) {
      throw new Error(`the sandbox is being brought up already, by process ${pid}`);
    }
  }
  await waitUntil(async () => (await others()).length === 0, {
    what: "the end of what a stopped run started (`make sandbox-down` ends it at once)",
    timeoutSeconds: 120,
  });
  await writeFile(join(group, "cgroup.procs"), String(process.pid));
}
