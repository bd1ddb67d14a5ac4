/** The body of `POST /containers/create` for a container's inputs. Pure. Source: Docker Engine API v1.45. */
import type { ContainerInputs } from "./inputs.ts";
import { parseDuration } from "./duration.ts";

const MIB = 1024 * 1024;

/** The whole body. Properties that are `undefined` are left out when it becomes JSON. */
export function createBody(inputs: ContainerInputs): Record<string, unknown> {
  return {
    Image: inputs.image,
    Cmd: inputs.command,
    Entrypoint: inputs.entrypoints,
    Hostname: inputs.hostname,
    Domainname: inputs.domainname,
    User: inputs.user,
    WorkingDir: inputs.workingDir,
    StopSignal: inputs.stopSignal,
    StopTimeout: inputs.stopTimeout,
    Tty: inputs.tty,
    OpenStdin: inputs.stdinOpen,
    Env: inputs.envs,
    Labels: Object.fromEntries(inputs.labels.map(({ label, value }) => [label, value])),
    Healthcheck: healthcheckOf(inputs.healthcheck),
    ExposedPorts: Object.fromEntries(inputs.ports.map((port) => [`${port.internal}/${port.protocol}`, {}])),
    Volumes: anonymousVolumes(inputs),
    HostConfig: hostConfigOf(inputs),
    NetworkingConfig: networkingOf(inputs),
  };
}

/** The part that `POST /containers/{id}/update` takes: limits and the restart policy. */
export function updateBody(inputs: ContainerInputs): Record<string, unknown> {
  return {
    RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount },
    ...limitsOf(inputs),
  };
}

function healthcheckOf(check: ContainerInputs["healthcheck"]): Record<string, unknown> | undefined {
  if (check === undefined) return undefined;
  return {
    Test: check.tests,
    Interval: parseDuration(check.interval),
    Timeout: parseDuration(check.timeout),
    StartPeriod: parseDuration(check.startPeriod),
    // Absent rather than 0 for daemons before API 1.44.
    StartInterval: parseDuration(check.startInterval) || undefined,
    Retries: check.retries,
  };
}

/** Volumes with neither a name nor a host path. */
function anonymousVolumes(inputs: ContainerInputs): Record<string, object> {
  const anonymous = inputs.volumes.filter((volume) => volume.hostPath === "" && volume.volumeName === "");
  return Object.fromEntries(anonymous.map((volume) => [volume.containerPath, {}]));
}

function hostConfigOf(inputs: ContainerInputs): Record<string, unknown> {
  return {
    Binds: bindsOf(inputs),
    VolumesFrom: inputs.volumes.flatMap((volume) =>
      volume.fromContainer === "" ? [] : [volume.fromContainer],
    ),
    Mounts: inputs.mounts.map(mountOf),
    Tmpfs: inputs.tmpfs,
    ExtraHosts: inputs.hosts.map(({ host, ip }) => `${host}:${ip}`),
    NetworkMode: inputs.networksAdvanced[0]?.name ?? inputs.networkMode,
    PortBindings: portBindings(inputs),
    PublishAllPorts: inputs.publishAllPorts,
    RestartPolicy: { Name: inputs.restart, MaximumRetryCount: inputs.maxRetryCount },
    AutoRemove: inputs.rm,
    Init: inputs.init,
    CapAdd: inputs.capabilities?.adds,
    CapDrop: inputs.capabilities?.drops,
    Privileged: inputs.privileged,
    ReadonlyRootfs: inputs.readOnly,
    SecurityOpt: inputs.securityOpts,
    GroupAdd: inputs.groupAdds,
    Sysctls: inputs.sysctls,
    StorageOpt: inputs.storageOpts,
    Ulimits: inputs.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    ShmSize: inputs.shmSize === undefined ? undefined : inputs.shmSize * MIB,
    Runtime: inputs.runtime,
    PidMode: inputs.pidMode,
    IpcMode: inputs.ipcMode,
    UsernsMode: inputs.usernsMode,
    CgroupnsMode: inputs.cgroupnsMode,
    CgroupParent: inputs.cgroupParent,
    Dns: inputs.dns,
    DnsOptions: inputs.dnsOpts,
    DnsSearch: inputs.dnsSearches,
    LogConfig: { Type: inputs.logDriver ?? "", Config: inputs.logOpts },
    NanoCpus: inputs.cpus === undefined ? undefined : Math.round(Number(inputs.cpus) * 1e9),
    ...limitsOf(inputs),
  };
}

/** `undefined` for what is not given: the daemon refuses limits its host cannot keep. */
function limitsOf(inputs: ContainerInputs): Record<string, unknown> {
  const bytes = (mib: number | undefined): number | undefined => (mib === undefined ? undefined : mib * MIB);
  return {
    Memory: bytes(inputs.memory),
    MemorySwap: inputs.memorySwap === -1 ? -1 : bytes(inputs.memorySwap),
    MemoryReservation: bytes(inputs.memoryReservation),
    CpuShares: inputs.cpuShares,
    CpusetCpus: inputs.cpuSet,
    CpuPeriod: inputs.cpuPeriod,
    CpuQuota: inputs.cpuQuota,
  };
}

function bindsOf(inputs: ContainerInputs): string[] {
  return inputs.volumes.flatMap((volume) => {
    const source = volume.hostPath === "" ? volume.volumeName : volume.hostPath;
    if (source === "" || volume.containerPath === "") return [];
    const mode = [volume.readOnly ? "ro" : "rw", volume.selinuxRelabel]
      .filter((part) => part !== "")
      .join(",");
    return [`${source}:${volume.containerPath}:${mode}`];
  });
}

function mountOf(mount: ContainerInputs["mounts"][number]): Record<string, unknown> {
  return {
    Type: mount.type,
    Target: mount.target,
    Source: mount.source === "" ? undefined : mount.source,
    ReadOnly: mount.readOnly,
    BindOptions: mount.bindOptions && { Propagation: mount.bindOptions.propagation },
    TmpfsOptions: mount.tmpfsOptions && {
      SizeBytes: mount.tmpfsOptions.sizeBytes,
      Mode: mount.tmpfsOptions.mode,
    },
  };
}

function portBindings(inputs: ContainerInputs): Record<string, object[]> {
  const bindings: Record<string, object[]> = {};
  for (const port of inputs.ports) {
    const binding = { HostIp: port.ip, HostPort: port.external === undefined ? "" : `${port.external}` };
    (bindings[`${port.internal}/${port.protocol}`] ??= []).push(binding);
  }
  return bindings;
}

function networkingOf(inputs: ContainerInputs): Record<string, unknown> | undefined {
  const [first] = inputs.networksAdvanced;
  return first && { EndpointsConfig: { [first.name]: endpointOf(first) } };
}

/** Settings of one network a container joins; also the `EndpointConfig` of `POST /networks/{id}/connect`. */
export function endpointOf(network: ContainerInputs["networksAdvanced"][number]): Record<string, unknown> {
  const { aliases, ipv4Address, ipv6Address } = network;
  const addresses = ipv4Address !== "" || ipv6Address !== "";
  return {
    Aliases: aliases,
    IPAMConfig: addresses ? { IPv4Address: ipv4Address, IPv6Address: ipv6Address } : undefined,
  };
}
