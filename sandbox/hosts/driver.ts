/**
 * Hosts: booted Debian machines on the sandbox's bridge, each with real systemd, cloud-init, sshd and docker.
 *
 * All state is in `runDir/hosts` and in the kernel, so a driver can be left and another made at any time.
 * No user namespace: root in a host is root outside. For the sandbox's own tests only.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { HostDriver, HostFirewallRule, HostSpec } from "../cloud/drivers.ts";
import { isPopulated } from "../process/cgroup.ts";
import { run } from "../process/command.ts";
import { waitUntil } from "../process/waitUntil.ts";
import { endGroup, groupFolder, makeGroup, processesOf } from "./hostGroup.ts";
import { type Family, inboundRules, port25Rules } from "./firewall.ts";
import {
  bootCommand,
  linkName,
  machineFolder,
  mountDisk,
  prepareDisk,
  readNetworks,
  readRecord,
  removeDisk,
} from "./machine.ts";
import { turns } from "./turns.ts";
import { volumeDriver, Volumes } from "./volumes.ts";

export interface HostDriverOptions {
  /** The sandbox's `run` folder; on a real file system, since overlays cannot be stacked. */
  readonly runDir: string;
  /** Root of the machine image, from `ensureBase`. */
  readonly baseDir: string;
  /** Layer over it that all machines but the sandbox's first get, from `ensureInstalled`. Default: none. */
  readonly installedDir?: string;
  /** PEM of the authority that signs the sandbox's "public" names. */
  readonly caFile: string;
  /** Network namespace, by its name in /run/netns. */
  readonly namespace: string;
  /** The bridge in it. */
  readonly bridge: string;
  readonly resolvers: readonly string[];
  /** Default 203.0.113.1. */
  readonly gateway4?: string;
  /** Default fe80::1. */
  readonly gateway6?: string;
}

/** A host driver, with what only tests need. */
export interface LocalHostDriver extends HostDriver {
  /** Drops what the host sends to port 25 of these families, as vendors do for new accounts. None: lifts it. */
  blockPort25(key: string, families: readonly Family[]): Promise<void>;
  /** Number of starts of the machine so far, reboots included. */
  bootCount(key: string): Promise<number>;
  /** Destroys every host and volume of this sandbox, also what a crash has left. */
  destroyAll(): Promise<void>;
}

const SHUTDOWN_LIMIT_SECONDS = 90;
const START_LIMIT_SECONDS = 30;
/** File in the hosts' folder, which is there once a first machine was made. No host can be named so. */
const FIRST = ".first";
/** systemd's signals to PID 1: SIGRTMIN+5 reboots. SIGRTMIN is 34 with glibc. See systemd(1). */
const REBOOT_SIGNAL = 34 + 5;
const SUPERVISOR = fileURLToPath(new URL("supervise.sh", import.meta.url));

/**
 * The driver must run as root in the machine's own mount namespace (`nsenter --net` is fine, `ip netns exec` is not:
 * it changes /sys). Calls for one host wait for each other.
 */
export function createHostDriver(options: HostDriverOptions): LocalHostDriver {
  const hosts = new Hosts(options);
  const turn = turns();
  return {
    create: (spec) => turn(spec.key, () => hosts.create(spec)),
    powerOn: (key) => turn(key, () => hosts.powerOn(key)),
    powerOff: (key) => turn(key, () => hosts.powerOff(key)),
    shutdown: (key) => turn(key, () => hosts.shutdown(key)),
    reboot: (key) => turn(key, () => hosts.reboot(key)),
    destroy: (key) => turn(key, () => hosts.destroy(key)),
    isRunning: (key) => hosts.isRunning(key),
    ...volumeDriver(hosts.volumes, turn),
    setFirewall: (key, rules) => turn(key, () => hosts.setFirewall(key, rules)),
    blockPort25: (key, families) => turn(key, () => hosts.blockPort25(key, families)),
    bootCount: (key) => hosts.bootCount(key),
    destroyAll: () => hosts.destroyAll(),
  };
}

class Hosts {
  readonly #options: HostDriverOptions;
  readonly #runDir: string;
  readonly volumes: Volumes;

  constructor(options: HostDriverOptions) {
    this.#options = options;
    this.#runDir = resolve(options.runDir);
    this.volumes = new Volumes(this.#runDir, (key) => this.#group(key));
  }

  async create(spec: HostSpec): Promise<void> {
    const it = machineFolder(this.#runDir, spec.key);
    if (existsSync(it.folder)) throw new Error(`there is a host ${spec.key} already, at ${it.folder}`);
    await mkdir(it.folder, { recursive: true, mode: 0o700 });
    const layers = await this.#layersOfNext();
    await mountDisk(it, layers);
    await prepareDisk(it, spec, layers, this.#ground(), this.#options.caFile);
    await this.powerOn(spec.key);
  }

  async powerOn(key: string): Promise<void> {
    const it = machineFolder(this.#runDir, key);
    if (!existsSync(it.record)) throw new Error(`there is no host ${key}`);
    if (await this.isRunning(key)) return;
    await mountDisk(it, (await readRecord(it)).layers);
    await this.#routeIpv6(key, "replace");
    await this.#unplug(key);
    await this.volumes.connectAll(key);
    const boots = await this.bootCount(key);
    await this.#supervise(key);
    const supervisor = await groupFolder(`${this.#group(key)}.supervisor`);
    await waitUntil(async () => (await processesOf(`${this.#group(key)}/payload/init.scope`)).length > 0, {
      what: `${key} to be switched on (see ${this.#log(key)})`,
      timeoutSeconds: START_LIMIT_SECONDS,
      everyMilliseconds: 20,
      giveUp: async () => {
        const ended = (await this.bootCount(key)) > boots && !(await isPopulated(supervisor));
        return ended ? `it ended:\n${await this.#lastWords(key)}` : undefined;
      },
    });
  }

  async powerOff(key: string): Promise<void> {
    await this.volumes.cutOff(key);
    // The supervisor first, or it might take the end for a reboot.
    await endGroup(`${this.#group(key)}.supervisor`);
    await endGroup(this.#group(key));
    await this.volumes.disconnectAll(key);
    await this.#unplug(key);
  }

  async shutdown(key: string): Promise<void> {
    if (!(await this.isRunning(key))) return;
    // nspawn hands TERM to the machine's init as the wish to power off.
    for (const pid of await this.#nspawn(key)) process.kill(pid, "SIGTERM");
    await waitUntil(async () => !(await this.isRunning(key)), {
      what: `${key} to shut down`,
      timeoutSeconds: SHUTDOWN_LIMIT_SECONDS,
    });
    await this.powerOff(key);
  }

  async reboot(key: string): Promise<void> {
    const init = (await processesOf(`${this.#group(key)}/payload/init.scope`))[0];
    if (init === undefined) throw new Error(`${key} is not running, so it cannot be rebooted`);
    const boots = await this.bootCount(key);
    process.kill(init, REBOOT_SIGNAL);
    await waitUntil(async () => (await this.bootCount(key)) > boots, {
      what: `${key} to reboot`,
      timeoutSeconds: SHUTDOWN_LIMIT_SECONDS,
    });
  }

  async destroy(key: string): Promise<void> {
    await this.powerOff(key);
    if (this.#namespaceExists()) {
      await this.setFirewall(key, undefined);
      await this.blockPort25(key, []);
      await this.#routeIpv6(key, "delete").catch(() => undefined);
    }
    await this.volumes.detachAll(key);
    await removeDisk(machineFolder(this.#runDir, key).folder);
  }

  async destroyAll(): Promise<void> {
    const folder = join(this.#runDir, "hosts");
    const keys = (await readdir(folder).catch(() => [])).filter((name) => name !== FIRST);
    for (const key of keys) await this.destroy(key);
    await this.volumes.deleteAll();
    await rm(join(folder, FIRST), { force: true });
    await endGroup(`${this.#options.namespace}.hosts`);
  }

  async isRunning(key: string): Promise<boolean> {
    return await isPopulated(await groupFolder(this.#group(key)));
  }

  async setFirewall(key: string, rules: readonly HostFirewallRule[] | undefined): Promise<void> {
    await this.#inNamespace("nft", ["-f", "-"], inboundRules(linkName(key), rules));
  }

  async blockPort25(key: string, families: readonly Family[]): Promise<void> {
    await this.#inNamespace("nft", ["-f", "-"], port25Rules(linkName(key), families));
  }

  async bootCount(key: string): Promise<number> {
    const lines = await readFile(machineFolder(this.#runDir, key).boots, "utf8").catch(() => "");
    return lines.split("\n").length - 1;
  }

  #group(key: string): string {
    return `${this.#options.namespace}.hosts/${key}`;
  }

  #log(key: string): string {
    return join(this.#runDir, "logs", `host-${key}.log`);
  }

  #ground() {
    return {
      gateway4: this.#options.gateway4 ?? "203.0.113.1",
      gateway6: this.#options.gateway6 ?? "fe80::1",
      resolvers: this.#options.resolvers,
    };
  }

  /** The first machine shows a first boot that installs; those after it need not show it again. */
  async #layersOfNext(): Promise<string[]> {
    const { baseDir, installedDir } = this.#options;
    if (installedDir === undefined) return [baseDir];
    try {
      await writeFile(join(this.#runDir, "hosts", FIRST), "", { flag: "wx" });
      return [baseDir];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      return [installedDir, baseDir];
    }
  }

  async #lastWords(key: string): Promise<string> {
    return (await readFile(this.#log(key), "utf8").catch(() => "")).slice(-1500).trim();
  }

  /** nspawn moves itself to `supervisor` once it has parted its group. */
  async #nspawn(key: string): Promise<number[]> {
    const group = this.#group(key);
    return [...(await processesOf(`${group}/supervisor`)), ...(await processesOf(group))];
  }

  #namespaceExists(): boolean {
    return existsSync(`/run/netns/${this.#options.namespace}`);
  }

  async #inNamespace(file: string, args: readonly string[], input?: string): Promise<string> {
    const enter = `--net=/run/netns/${this.#options.namespace}`;
    return await run("nsenter", [enter, file, ...args], input === undefined ? {} : { input });
  }

  /**
   * Takes the machine's cable away: a killed one's stays for a moment, and its name would be in the next one's way. Those
   * who spoke with it forget its card, as a vendor's routers do: else they would send to it for another eight seconds
   * (RFC 4861 7.3.3), whatever stands at these addresses by then.
   */
  async #unplug(key: string): Promise<void> {
    if (!this.#namespaceExists()) return;
    await this.#inNamespace("ip", ["link", "delete", linkName(key)]).catch(() => undefined);
    const { ipv4, ipv6 } = await readNetworks(machineFolder(this.#runDir, key));
    for (const network of [ipv4, ipv6]) {
      if (network !== undefined)
        await this.#inNamespace("ip", ["neigh", "flush", "to", network, "dev", this.#options.bridge]);
    }
  }

  /** The way to the host's own /64 is the bridge; its router has no address in it. */
  async #routeIpv6(key: string, verb: "replace" | "delete"): Promise<void> {
    const { ipv6 } = await readNetworks(machineFolder(this.#runDir, key));
    if (ipv6 === undefined) return;
    await this.#inNamespace("ip", ["-6", "route", verb, ipv6, "dev", this.#options.bridge]);
  }

  async #supervise(key: string): Promise<void> {
    const it = machineFolder(this.#runDir, key);
    const groups = await makeGroup(this.#group(key));
    const ownGroups = await makeGroup(`${this.#group(key)}.supervisor`);
    const machine = await bootCommand(it, key, this.#options.bridge);
    await mkdir(dirname(this.#log(key)), { recursive: true });
    const log = await open(this.#log(key), "a", 0o600);
    try {
      const enter = `--net=/run/netns/${this.#options.namespace}`;
      const child = spawn(
        "nsenter",
        [enter, "sh", SUPERVISOR, it.boots, ownGroups.join(":"), groups.join(":"), it.links, ...machine],
        {
          detached: true,
          cwd: "/",
          stdio: ["ignore", log.fd, log.fd],
          // Without it a machine on hybrid cgroups cannot run containers.
          env: { PATH: process.env["PATH"], SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1" },
        },
      );
      await new Promise<void>((started, failed) => {
        child.once("spawn", started);
        child.once("error", failed);
      });
      child.unref();
    } finally {
      await log.close();
    }
  }
}
