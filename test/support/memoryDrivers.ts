/** Drivers of the vendor APIs that remember instead of doing: what would be real, for tests without root. */
import type {
  DnsDriver,
  HostDriver,
  HostFirewallRule,
  HostSpec,
  RecordSet,
  VolumeDriver,
  VolumeSpec,
} from "../../sandbox/cloud/drivers.ts";

/** A host driver in memory, with its machines to look at. */
export interface MemoryHosts extends HostDriver {
  /** Machines that exist, with whether they run. */
  readonly machines: Map<string, { readonly spec: HostSpec; running: boolean }>;
  readonly firewalls: Map<string, readonly HostFirewallRule[] | undefined>;
  /** Volumes that exist, with the machine that has them. */
  readonly volumes: Map<string, { spec: VolumeSpec; host: string | undefined }>;
  /** Every call in order: `create server-4001`. */
  readonly calls: string[];
  /** Awaited before each call does something; a rejection is the call's. */
  before: (call: string) => Promise<void>;
}

/** A new one without machines. */
export function memoryHosts(): MemoryHosts {
  const hosts: MemoryHosts = {
    machines: new Map(),
    firewalls: new Map(),
    volumes: new Map(),
    calls: [],
    before: () => Promise.resolve(),
    async create(spec) {
      await note(`create ${spec.key}`);
      if (hosts.machines.has(spec.key)) throw new Error(`${spec.key} exists already`);
      if (spec.image !== "debian-13") throw new Error(`image ${spec.image} does not boot here`);
      hosts.machines.set(spec.key, { spec, running: true });
    },
    powerOn: (key) => turn("powerOn", key, true),
    powerOff: (key) => turn("powerOff", key, false),
    shutdown: (key) => turn("shutdown", key, false),
    reboot: (key) => turn("reboot", key, true),
    async destroy(key) {
      await note(`destroy ${key}`);
      hosts.machines.delete(key);
      for (const volume of hosts.volumes.values()) if (volume.host === key) volume.host = undefined;
    },
    isRunning: (key) => Promise.resolve(hosts.machines.get(key)?.running ?? false),
    async setFirewall(key, rules) {
      await note(`setFirewall ${key}`);
      hosts.firewalls.set(key, rules);
    },
    ...memoryVolumes(() => hosts),
  };
  async function note(call: string): Promise<void> {
    hosts.calls.push(call);
    await hosts.before(call);
  }
  async function turn(call: string, key: string, running: boolean): Promise<void> {
    await note(`${call} ${key}`);
    const machine = hosts.machines.get(key);
    if (machine === undefined) throw new Error(`there is no ${key}`);
    machine.running = running;
  }
  return hosts;
}

function memoryVolumes(hosts: () => MemoryHosts): VolumeDriver {
  const note = async (call: string): Promise<void> => {
    hosts().calls.push(call);
    await hosts().before(call);
  };
  const known = (key: string) => {
    const volume = hosts().volumes.get(key);
    if (volume === undefined) throw new Error(`there is no ${key}`);
    return volume;
  };
  return {
    async createVolume(spec) {
      await note(`createVolume ${spec.key}`);
      hosts().volumes.set(spec.key, { spec, host: undefined });
    },
    async attachVolume(key, host) {
      await note(`attachVolume ${key} ${host}`);
      if (!hosts().machines.has(host)) throw new Error(`there is no ${host}`);
      known(key).host = host;
    },
    async detachVolume(key) {
      await note(`detachVolume ${key}`);
      known(key).host = undefined;
    },
    async resizeVolume(key, sizeGb) {
      await note(`resizeVolume ${key} ${sizeGb}`);
      const volume = known(key);
      volume.spec = { ...volume.spec, sizeGb };
    },
    async deleteVolume(key) {
      await note(`deleteVolume ${key}`);
      hosts().volumes.delete(key);
    },
  };
}

/** A name server in memory. */
export interface MemoryDns extends DnsDriver {
  readonly zones: Map<string, readonly RecordSet[]>;
  readonly reverse: Map<string, string>;
  /** Number of zone writes so far. */
  writes: number;
  /** Awaited before each zone write. */
  before: () => Promise<void>;
}

/** A new one without zones. */
export function memoryDns(): MemoryDns {
  const dns: MemoryDns = {
    zones: new Map(),
    reverse: new Map(),
    writes: 0,
    before: () => Promise.resolve(),
    async setZone(zone, sets) {
      dns.writes += 1;
      await dns.before();
      dns.zones.set(zone, sets);
    },
    removeZone(zone) {
      dns.zones.delete(zone);
      return Promise.resolve();
    },
    setReverse(address, name) {
      if (name === undefined) dns.reverse.delete(address);
      else dns.reverse.set(address, name);
      return Promise.resolve();
    },
  };
  return dns;
}
