/** The disk of a host, and the command that boots it. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, chmod, copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HostSpec } from "../cloud/drivers.ts";
import { run } from "../process/command.ts";
import { mountsBelow } from "../process/mounts.ts";
import { type NetworkGround, writeSeed } from "./seed.ts";
import { writeWhole } from "../process/writeWhole.ts";

/** Paths of a host's folder, `runDir/hosts/KEY`. */
export interface MachineFolder {
  readonly folder: string;
  /** Where the disk is mounted. */
  readonly root: string;
  /** One line for each start. */
  readonly boots: string;
  /** `MachineRecord` as JSON. */
  readonly record: string;
  /** Links to the devices of its volumes, as the host has them in `/dev/disk/by-id`. */
  readonly links: string;
}

/** What is kept of a host beside its disk; no secrets. */
export interface MachineRecord {
  readonly name: string;
  /** What the disk lies over, the uppermost first. */
  readonly layers: readonly string[];
  readonly ipv4?: string;
  readonly ipv6Base?: string;
}

export function machineFolder(runDir: string, key: string): MachineFolder {
  const folder = join(runDir, "hosts", key);
  return {
    folder,
    root: join(folder, "root"),
    boots: join(folder, "boots"),
    record: join(folder, "host.json"),
    links: join(folder, "disk/by-id"),
  };
}

/** The machine's name for nspawn: at most 12 characters, since the bridge's side of its cable is `vb-NAME`. */
export function machineName(key: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,11}$/.test(key)) return key;
  return `h-${createHash("sha256").update(key).digest("hex").slice(0, 10)}`;
}

/** The interface on the bridge's side. */
export function linkName(key: string): string {
  return `vb-${machineName(key)}`;
}

/** Mounts the disk (the image's layers, with the host's own changes over them), if it is not yet. */
export async function mountDisk(it: MachineFolder, layers: readonly string[]): Promise<void> {
  const own = { upper: join(it.folder, "upper"), work: join(it.folder, "work") };
  for (const path of [it.root, own.upper, own.work]) await mkdir(path, { recursive: true });
  if ((await mountsBelow(it.folder)).length > 0) return;
  const settings = `lowerdir=${layers.join(":")},upperdir=${own.upper},workdir=${own.work}`;
  await run("mount", ["-t", "overlay", "overlay", "-o", settings, it.root]);
  // The work folder belongs to the kernel; the root of a disk is readable to all.
  await chmod(it.root, 0o755);
}

/** What is kept of a host. */
export async function readRecord(it: MachineFolder): Promise<MachineRecord> {
  return JSON.parse(await readFile(it.record, "utf8")) as MachineRecord;
}

/** What leads to a host, as far as it has it: its IPv4 address, and its IPv6 network. Nothing of one that is not there. */
export async function readNetworks(
  it: MachineFolder,
): Promise<{ readonly ipv4?: string; readonly ipv6?: string }> {
  const { ipv4, ipv6Base }: Partial<MachineRecord> = await readRecord(it).catch(() => ({}));
  return {
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6Base === undefined ? {} : { ipv6: `${ipv6Base.replace(/\/\d+$/, "")}/64` }),
  };
}

/** Unmounts the disk and removes the folder, never reaching into what is still mounted. */
export async function removeDisk(folder: string): Promise<void> {
  for (const point of await mountsBelow(folder)) await run("umount", [point]);
  if (existsSync(folder)) await run("rm", ["-rf", "--one-file-system", folder]);
}

/** Writes what a vendor puts on a new disk: the seed, and trust in the public authorities, here the sandbox's. */
export async function prepareDisk(
  it: MachineFolder,
  spec: HostSpec,
  layers: readonly string[],
  ground: NetworkGround,
  caFile: string,
): Promise<void> {
  const own = join(it.root, "usr/local/share/ca-certificates");
  await mkdir(own, { recursive: true });
  await copyFile(caFile, join(own, "sandbox.crt"));
  await appendFile(join(it.root, "etc/ssl/certs/ca-certificates.crt"), await readFile(caFile));
  await writeSeed(it.root, spec, ground);
  const { name, ipv4, ipv6Base } = spec;
  const record: MachineRecord = {
    name,
    layers,
    ...(ipv4 === undefined ? {} : { ipv4 }),
    ...(ipv6Base === undefined ? {} : { ipv6Base }),
  };
  await writeWhole(it.record, JSON.stringify(record));
}

/** Folders bound into the host: docker falls back to copying every layer where its folder is an overlay itself. */
const BOUND = { docker: "/var/lib/docker", containerd: "/var/lib/containerd" } as const;

/** The command line of systemd-nspawn; to be run in the network namespace. */
export async function bootCommand(it: MachineFolder, key: string, bridge: string): Promise<string[]> {
  const binds: string[] = [];
  for (const [name, inside] of Object.entries(BOUND)) {
    await mkdir(join(it.folder, name), { recursive: true });
    binds.push(`--bind=${join(it.folder, name)}:${inside}`);
  }
  await mkdir(it.links, { recursive: true });
  binds.push(`--bind=${dirname(it.links)}:/dev/disk`);
  const { name } = await readRecord(it);
  return [
    "systemd-nspawn",
    "--quiet",
    "--boot",
    `--directory=${it.root}`,
    `--machine=${machineName(key)}`,
    `--hostname=${name}`,
    "--register=no",
    "--keep-unit",
    `--network-bridge=${bridge}`,
    // A host is a machine of its own to docker: nothing less will do.
    "--capability=all",
    "--system-call-filter=add_key keyctl bpf",
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
    // A console that systemd and cloud-init write to, as on a vendor's screen; it goes to the log.
    "--console=read-only",
    ...binds,
  ];
}
