/** What a running daemon says of a container, and the outputs it becomes. Pure. */
import { z } from "zod";
import type { Known } from "../../protocol/handler.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { isList, isMap } from "../../protocol/value.ts";
import { formatDuration } from "./duration.ts";
import { containerSchema } from "./inputs.ts";

const list = z.array(z.string()).nullish();

const inspection = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Platform: z.string().default("linux"),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Hostname: z.string().default(""),
    User: z.string().default(""),
    Cmd: list,
    Entrypoint: list,
    StopSignal: z.string().optional(),
    StopTimeout: z.number().nullish(),
    Healthcheck: z
      .object({
        Test: list,
        Interval: z.number().default(0),
        Timeout: z.number().default(0),
        StartPeriod: z.number().default(0),
        StartInterval: z.number().default(0),
        Retries: z.number().default(0),
      })
      .nullish(),
  }),
  HostConfig: z.object({
    NetworkMode: z.string(),
    IpcMode: z.string().default(""),
    Runtime: z.string().default(""),
    ShmSize: z.number().default(0),
    Init: z.boolean().nullish(),
    ExtraHosts: list,
    CapAdd: list,
    CapDrop: list,
    SecurityOpt: list,
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().default(0) }),
    LogConfig: z.object({ Type: z.string() }),
  }),
  NetworkSettings: z.object({
    Bridge: z.string().default(""),
    Networks: z
      .record(
        z.string(),
        z.object({
          Gateway: z.string().default(""),
          IPAddress: z.string().default(""),
          IPPrefixLen: z.number().default(0),
          IPv6Gateway: z.string().default(""),
          GlobalIPv6Address: z.string().default(""),
          GlobalIPv6PrefixLen: z.number().default(0),
          MacAddress: z.string().default(""),
        }),
      )
      .nullish(),
  }),
});

/** `GET /containers/{id}/json`, as far as it is looked at. */
export type Inspection = z.infer<typeof inspection>;

/** Reads an inspection. Throws when it is not one. */
export function inspectionOf(answer: unknown): Inspection {
  return inspection.parse(answer);
}

/**
 * Outputs: what was asked for, overlaid with what the daemon says. Where the program asked for nothing, only what the
 * plugin computes is taken. What the daemon cannot be asked (uploads, wait) stays as it was.
 */
export function outputsOf(asked: Known, found: Inspection): Properties {
  const { Config: config, HostConfig: host } = found;
  const restart = host.RestartPolicy.Name === "" ? "no" : host.RestartPolicy.Name;
  return {
    ...containerSchema.defaults,
    envs: [],
    labels: [],
    containerLogs: "",
    ...asked,
    // Also where the program asked for none: then it is the image's.
    ...(config.User === "" ? {} : { user: config.User }),
    securityOpts: host.SecurityOpt ?? [],
    name: found.Name.replace(/^\//, ""),
    restart,
    ...(host.RestartPolicy.MaximumRetryCount > 0 || asked.maxRetryCount !== undefined
      ? { maxRetryCount: host.RestartPolicy.MaximumRetryCount }
      : {}),
    command: config.Cmd ?? [],
    entrypoints: config.Entrypoint ?? [],
    hostname: config.Hostname,
    stopSignal: config.StopSignal ?? asked.stopSignal ?? "",
    stopTimeout: config.StopTimeout ?? asked.stopTimeout ?? 0,
    healthcheck: healthcheckOf(config.Healthcheck) ?? asked.healthcheck,
    init: host.Init ?? asked.init ?? false,
    networkMode: isList(asked.networksAdvanced) ? (asked.networkMode ?? "bridge") : host.NetworkMode,
    ipcMode: host.IpcMode,
    runtime: host.Runtime,
    shmSize: host.ShmSize / (1024 * 1024),
    logDriver: host.LogConfig.Type,
    platform: found.Platform,
    hosts: asked.hosts === undefined ? undefined : hostsOf(host.ExtraHosts ?? []),
    capabilities: capabilitiesOf(asked.capabilities, host),
    bridge: found.NetworkSettings.Bridge,
    exitCode: found.State.ExitCode,
    networkDatas: networkDatas(found),
  };
}

function healthcheckOf(check: Inspection["Config"]["Healthcheck"]): Value | undefined {
  if (!check) return undefined;
  return {
    tests: check.Test ?? [],
    interval: formatDuration(check.Interval),
    timeout: formatDuration(check.Timeout),
    startPeriod: formatDuration(check.StartPeriod),
    startInterval: formatDuration(check.StartInterval),
    retries: check.Retries,
  };
}

/** The plugin cuts at the first colon and takes the next piece, so an IPv6 address is lost: an endless diff, as measured. */
function hostsOf(extraHosts: readonly string[]): Value {
  return extraHosts.map((line) => {
    const [host = "", ip = ""] = line.split(":");
    return { host, ip };
  });
}

function capabilitiesOf(asked: Value | undefined, host: Inspection["HostConfig"]): Value | undefined {
  if (!isMap(asked)) return undefined;
  return {
    ...(asked.adds === undefined ? {} : { adds: host.CapAdd ?? [] }),
    ...(asked.drops === undefined ? {} : { drops: host.CapDrop ?? [] }),
  };
}

function networkDatas(found: Inspection): Value {
  return Object.entries(found.NetworkSettings.Networks ?? {}).map(([networkName, network]) => ({
    networkName,
    gateway: network.Gateway,
    ipAddress: network.IPAddress,
    ipPrefixLength: network.IPPrefixLen,
    ipv6Gateway: network.IPv6Gateway,
    globalIpv6Address: network.GlobalIPv6Address,
    globalIpv6PrefixLength: network.GlobalIPv6PrefixLen,
    macAddress: network.MacAddress,
  }));
}
