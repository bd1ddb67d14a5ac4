/**
 * Volumes: disks of their own, each a sparse file in `runDir/volumes/KEY` and, while a host has it, a loop device.
 * All hosts share this machine's kernel, which knows an XFS once: one that was torn off a host cannot be mounted by another
 * before the first has unmounted it or is off.
 *
 * A host sees the device as `/dev/loopN` (where a vendor's has `/dev/sdX`), with the vendor's link to it. The links are in
 * a folder that is the host's `/dev/disk`; at each start the supervisor shows what they name.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VolumeDriver, VolumeSpec } from "../cloud/drivers.ts";
import { run } from "../process/command.ts";
import { attachLoop, detachLoop, detachLoopsBelow, loopDevices, loopsBelow } from "../process/loops.ts";
import { waitUntil } from "../process/waitUntil.ts";
import { hideDevice, showDevice, stopFileSystem } from "./hostDevices.ts";
import { machineFolder } from "./machine.ts";
import type { Turn } from "./turns.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** What is kept of a volume beside what is on it. */
interface VolumeRecord {
  readonly link: string;
  /** Key of the host that has it. */
  readonly host?: string;
}

const GIB = 2 ** 30;
const MAKERS = { xfs: ["mkfs.xfs", "-q", "-f"], ext4: ["mkfs.ext4", "-q", "-F"] } as const;

/** What the vendor API does with volumes; what touches a host waits for the host's turn. */
export function volumeDriver(volumes: Volumes, turn: Turn): VolumeDriver {
  return {
    createVolume: (spec) => turn(spec.key, () => volumes.create(spec)),
    attachVolume: (key, host) => turn(host, () => volumes.attach(key, host)),
    detachVolume: async (key) => turn((await volumes.holder(key)) ?? key, () => volumes.detach(key)),
    resizeVolume: (key, sizeGb) => turn(key, () => volumes.resize(key, sizeGb)),
    deleteVolume: (key) => turn(key, () => volumes.delete(key)),
  };
}

/** Volumes of one sandbox. */
export class Volumes {
  readonly #runDir: string;
  readonly #group: (host: string) => string;

  /** @param group name of a host's control group. */
  constructor(runDir: string, group: (host: string) => string) {
    this.#runDir = runDir;
    this.#group = group;
  }

  async create({ key, sizeGb, link, format }: VolumeSpec): Promise<void> {
    if (existsSync(this.#recordFile(key))) return;
    await mkdir(this.#folder(key), { recursive: true, mode: 0o700 });
    await writeFile(this.#disk(key), "", { mode: 0o600 });
    await truncate(this.#disk(key), sizeGb * GIB);
    if (format !== undefined) {
      const [program, ...options] = MAKERS[format];
      await run(program, [...options, this.#disk(key)], { timeoutSeconds: 60 });
    }
    await this.#write(key, { link });
  }

  async attach(key: string, host: string): Promise<void> {
    const { link, host: holder } = await this.#read(key);
    if (holder !== undefined && holder !== host) throw new Error(`${key} is attached to ${holder}`);
    if (!existsSync(machineFolder(this.#runDir, host).record)) throw new Error(`there is no host ${host}`);
    await this.#write(key, { link, host });
    try {
      await showDevice(this.#group(host), await this.#connect(key, link, host));
    } catch (cause) {
      await this.detach(key);
      throw cause;
    }
  }

  /** Key of the host that has it. */
  async holder(key: string): Promise<string | undefined> {
    return (await this.#find(key))?.host;
  }

  async detach(key: string): Promise<void> {
    const { link, host } = await this.#read(key);
    const loop = await this.#loop(key);
    if (host !== undefined) {
      if (loop !== undefined) {
        await stopFileSystem(this.#group(host), loop);
        await hideDevice(this.#group(host), loop);
      }
      await rm(join(machineFolder(this.#runDir, host).links, link), { force: true });
    }
    if (loop !== undefined) await detachLoop(loop);
    await this.#write(key, { link });
  }

  async resize(key: string, sizeGb: number): Promise<void> {
    const { size } = await stat(this.#disk(key));
    if (size < sizeGb * GIB) await truncate(this.#disk(key), sizeGb * GIB);
    const loop = await this.#loop(key);
    if (loop !== undefined) await run("losetup", ["--set-capacity", `/dev/${loop}`]);
  }

  async delete(key: string): Promise<void> {
    const host = await this.holder(key);
    if (host !== undefined) throw new Error(`${key} is attached to ${host}`);
    const loop = await this.#loop(key);
    if (loop !== undefined) await detachLoop(loop);
    await rm(this.#folder(key), { recursive: true, force: true });
  }

  /** Makes the devices of a host that is to be switched on. */
  async connectAll(host: string): Promise<void> {
    for (const [key, { link }] of await this.#of(host)) await this.#connect(key, link, host);
  }

  /** Stops what a host writes to its volumes, as a cut of its power does. Nothing is done to one that is down. */
  async cutOff(host: string): Promise<void> {
    for (const [key] of await this.#of(host)) {
      const loop = await this.#loop(key);
      if (loop !== undefined) await stopFileSystem(this.#group(host), loop);
    }
  }

  /**
   * Takes down the devices of a host that was switched off, also those that it had torn off before. The kernel ends a file
   * system a moment after its last process, and until then would give the dead one to whoever mounts the disk again.
   */
  async disconnectAll(host: string): Promise<void> {
    for (const [key] of await this.#of(host)) {
      const loop = await this.#loop(key);
      if (loop !== undefined) await detachLoop(loop);
    }
    const ended = async () =>
      (await loopsBelow(join(this.#runDir, "volumes"))).every(({ ending }) => !ending);
    // One that another host, which runs, still has mounted stays.
    await waitUntil(ended, { what: "the end of its devices", timeoutSeconds: 3 }).catch(() => undefined);
  }

  /** Detaches all of a host. */
  async detachAll(host: string): Promise<void> {
    for (const [key] of await this.#of(host)) await this.detach(key);
  }

  /** Removes every volume, also what a crash has left. No host may be there any more. */
  async deleteAll(): Promise<void> {
    const folder = join(this.#runDir, "volumes");
    await detachLoopsBelow(folder);
    await rm(folder, { recursive: true, force: true });
  }

  /** The device of a volume, and the host's link to it; as they were where they are right. */
  async #connect(key: string, link: string, host: string): Promise<string> {
    const loop = (await this.#loop(key)) ?? (await attachLoop(this.#disk(key)));
    const { links } = machineFolder(this.#runDir, host);
    await mkdir(links, { recursive: true });
    await rm(join(links, link), { force: true });
    await symlink(`../../${loop}`, join(links, link));
    return loop;
  }

  /** One that is ending belongs to a file system that was torn off. */
  async #loop(key: string): Promise<string | undefined> {
    const disk = this.#disk(key);
    return (await loopDevices()).find(({ file, ending }) => file === disk && !ending)?.name;
  }

  async #of(host: string): Promise<[string, VolumeRecord][]> {
    const keys = await readdir(join(this.#runDir, "volumes")).catch(() => []);
    const all = await Promise.all(keys.map(async (key) => [key, await this.#find(key)] as const));
    return all.flatMap(([key, record]) => (record?.host === host ? [[key, record]] : []));
  }

  #folder(key: string): string {
    return join(this.#runDir, "volumes", key);
  }

  #disk(key: string): string {
    return join(this.#folder(key), "disk");
  }

  #recordFile(key: string): string {
    return join(this.#folder(key), "volume.json");
  }

  async #read(key: string): Promise<VolumeRecord> {
    const found = await this.#find(key);
    if (found === undefined) throw new Error(`there is no volume ${key}`);
    return found;
  }

  /** Of another host's volume too, which may be changed or deleted at this moment. */
  async #find(key: string): Promise<VolumeRecord | undefined> {
    try {
      return JSON.parse(await readFile(this.#recordFile(key), "utf8")) as VolumeRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async #write(key: string, record: VolumeRecord): Promise<void> {
    await writeWhole(this.#recordFile(key), JSON.stringify(record));
  }
}
