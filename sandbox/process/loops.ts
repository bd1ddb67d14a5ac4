/** Loop devices: files that stand for disks, as the kernel tells of them (loop(4), /sys/block). */

import { readdir, readFile } from "node:fs/promises";
import { run } from "./command.ts";
import { waitUntil } from "./waitUntil.ts";

/** A loop device that is in use. */
export interface LoopDevice {
  /** `loop3`; its node is `/dev/loop3`. */
  readonly name: string;
  /** The file; ` (deleted)` follows where it is gone. */
  readonly file: string;
  /** It was detached, and stays for as long as something has it open. */
  readonly ending: boolean;
}

/** All of this machine, in no order. */
export async function loopDevices(): Promise<LoopDevice[]> {
  const names = (await readdir("/sys/block").catch(() => [])).filter((name) => name.startsWith("loop"));
  const found = await Promise.all(
    names.map(async (name): Promise<LoopDevice[]> => {
      const settings = `/sys/block/${name}/loop`;
      const [file, ending] = await Promise.all(
        ["backing_file", "autoclear"].map((one) => readFile(`${settings}/${one}`, "utf8").catch(() => "")),
      );
      return file === "" ? [] : [{ name, file: file?.trimEnd() ?? "", ending: ending?.trim() === "1" }];
    }),
  );
  return found.flat();
}

/** Those whose files are below a folder, also files that are gone. */
export async function loopsBelow(folder: string): Promise<LoopDevice[]> {
  return (await loopDevices()).filter(({ file }) => file.startsWith(`${folder}/`));
}

/** Makes a file a device. Resolves with its name. */
export async function attachLoop(file: string): Promise<string> {
  return (await run("losetup", ["--find", "--show", file])).trim().replace("/dev/", "");
}

/** Frees a device; at once, or as soon as nothing has it open. */
export async function detachLoop(name: string): Promise<void> {
  await run("losetup", ["--detach", `/dev/${name}`]);
}

/** Frees all of a folder, and resolves when they are gone. */
export async function detachLoopsBelow(folder: string): Promise<void> {
  for (const { name, ending } of await loopsBelow(folder)) if (!ending) await detachLoop(name);
  await waitUntil(async () => (await loopsBelow(folder)).length === 0, {
    what: `the end of the loop devices of ${folder}`,
    timeoutSeconds: 5,
  });
}
