/** The inputs of a container as a typed value, with the plugin's defaults. */
import { z } from "zod";
import type { Known, ResourceSchema } from "../../protocol/handler.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { UNKNOWN, isList, isMap } from "../../protocol/value.ts";

const texts = z.array(z.string()).default([]);
const map = z.record(z.string(), z.string()).default({});

const volume = z.object({
  volumeName: z.string().default(""),
  hostPath: z.string().default(""),
  containerPath: z.string().default(""),
  fromContainer: z.string().default(""),
  readOnly: z.boolean().default(false),
  selinuxRelabel: z.string().default(""),
});

const mount = z.object({
  type: z.enum(["bind", "volume", "tmpfs"]),
  target: z.string(),
  source: z.string().default(""),
  readOnly: z.boolean().default(false),
  bindOptions: z.object({ propagation: z.string().optional() }).optional(),
  tmpfsOptions: z.object({ mode: z.number().optional(), sizeBytes: z.number().optional() }).optional(),
});

const healthcheck = z.object({
  tests: texts,
  interval: z.string().default("0s"),
  timeout: z.string().default("0s"),
  startPeriod: z.string().default("0s"),
  startInterval: z.string().default("0s"),
  retries: z.number().default(0),
});

const port = z.object({
  internal: z.number(),
  external: z.number().optional(),
  ip: z.string().default("0.0.0.0"),
  protocol: z.string().default("tcp"),
});

const upload = z.object({
  file: z.string(),
  content: z.string().optional(),
  contentBase64: z.string().optional(),
  executable: z.boolean().default(false),
  /** Octal digits. */
  permissions: z.string().optional(),
});

const containerInputs = z.object({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  entrypoints: z.array(z.string()).optional(),
  hostname: z.string().optional(),
  domainname: z.string().optional(),
  user: z.string().optional(),
  workingDir: z.string().optional(),
  stopSignal: z.string().optional(),
  /** Seconds. */
  stopTimeout: z.number().optional(),
  envs: texts,
  labels: z.array(z.object({ label: z.string(), value: z.string() })).default([]),
  healthcheck: healthcheck.optional(),
  tty: z.boolean().default(false),
  stdinOpen: z.boolean().default(false),
  ports: z.array(port).default([]),
  volumes: z.array(volume).default([]),
  mounts: z.array(mount).default([]),
  tmpfs: map,
  uploads: z.array(upload).default([]),
  hosts: z.array(z.object({ host: z.string(), ip: z.string() })).default([]),
  dns: texts,
  dnsOpts: texts,
  dnsSearches: texts,
  networkMode: z.string().default("bridge"),
  networksAdvanced: z
    .array(
      z.object({
        name: z.string(),
        aliases: texts,
        ipv4Address: z.string().default(""),
        ipv6Address: z.string().default(""),
      }),
    )
    .default([]),
  restart: z.string().default("no"),
  maxRetryCount: z.number().default(0),
  init: z.boolean().optional(),
  capabilities: z.object({ adds: texts, drops: texts }).optional(),
  privileged: z.boolean().default(false),
  publishAllPorts: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  rm: z.boolean().default(false),
  runtime: z.string().optional(),
  securityOpts: texts,
  groupAdds: texts,
  sysctls: map,
  storageOpts: map,
  ulimits: z.array(z.object({ name: z.string(), soft: z.number(), hard: z.number() })).default([]),
  /** MiB. */
  shmSize: z.number().optional(),
  pidMode: z.string().optional(),
  ipcMode: z.string().optional(),
  usernsMode: z.string().optional(),
  cgroupnsMode: z.string().optional(),
  cgroupParent: z.string().optional(),
  logDriver: z.string().optional(),
  logOpts: map,
  /** MiB. */
  memory: z.number().optional(),
  /** MiB; -1 is no limit. */
  memorySwap: z.number().optional(),
  /** MiB. */
  memoryReservation: z.number().optional(),
  cpuShares: z.number().optional(),
  cpuSet: z.string().optional(),
  cpuPeriod: z.number().optional(),
  cpuQuota: z.number().optional(),
  /** Number of processors, as text: `1.5`. */
  cpus: z.string().optional(),
  start: z.boolean().default(true),
  mustRun: z.boolean().default(true),
  wait: z.boolean().default(false),
  /** Seconds. */
  waitTimeout: z.number().default(60),
  removeVolumes: z.boolean().default(true),
  /** Seconds. */
  destroyGraceSeconds: z.number().optional(),
  containerReadRefreshTimeoutMilliseconds: z.number().default(15_000),
});

/** Inputs of a container. Units stand at the fields above; sizes are MiB, times seconds or Go durations. */
export type ContainerInputs = z.infer<typeof containerInputs>;

/** Reads known inputs. Throws with the path of what does not fit. */
export function containerInputsOf(inputs: Known): ContainerInputs {
  const answer = containerInputs.safeParse(inputs);
  if (answer.success) return answer.data;
  throw new Error(answer.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}

/** Inputs that the real plugin knows and the stand-in does not; given, they are refused. */
export const unsupportedInputs = [
  "attach",
  "deviceCgroupRules",
  "deviceReadBps",
  "deviceReadIops",
  "deviceRequests",
  "deviceWriteBps",
  "deviceWriteIops",
  "devices",
  "gpus",
  "logs",
  "platform",
] as const;

/** Facts of the type. Source of what replaces: the plugin's schema (docker 5.1). */
export const containerSchema: ResourceSchema = {
  inputs: [...Object.keys(containerInputs.shape), ...unsupportedInputs],
  required: ["image"],
  customTimeouts: [],
  replaceOn: [
    ...[
      "capabilities",
      "cgroupParent",
      "cgroupnsMode",
      "command",
      "cpus",
      "deviceRequests",
      "devices",
      "dns",
    ],
    ...[
      "dnsOpts",
      "dnsSearches",
      "domainname",
      "entrypoints",
      "envs",
      "gpus",
      "groupAdds",
      "hostname",
      "hosts",
    ],
    ...[
      "image",
      "ipcMode",
      "labels",
      "logDriver",
      "logOpts",
      "mounts",
      "name",
      "networkMode",
      "networksAdvanced",
    ],
    ...[
      "pidMode",
      "platform",
      "ports",
      "privileged",
      "publishAllPorts",
      "readOnly",
      "runtime",
      "securityOpts",
    ],
    ...[
      "shmSize",
      "stdinOpen",
      "stopSignal",
      "stopTimeout",
      "storageOpts",
      "sysctls",
      "tty",
      "ulimits",
      "uploads",
    ],
    ...["user", "usernsMode", "volumes", "workingDir"],
  ],
  computed: ["bridge", "containerLogs", "exitCode", "networkDatas"],
  optionalComputed: [
    ...[
      "command",
      "entrypoints",
      "envs",
      "healthcheck",
      "hostname",
      "init",
      "ipcMode",
      "labels",
      "logDriver",
    ],
    ...["platform", "runtime", "securityOpts", "shmSize", "stopSignal", "stopTimeout"],
  ],
  defaults: {
    attach: false,
    containerReadRefreshTimeoutMilliseconds: 15_000,
    logs: false,
    mustRun: true,
    networkMode: "bridge",
    privileged: false,
    publishAllPorts: false,
    readOnly: false,
    removeVolumes: true,
    restart: "no",
    rm: false,
    start: true,
    stdinOpen: false,
    tty: false,
    wait: false,
    waitTimeout: 60,
  },
  deleteBeforeReplace: true,
  sets: [
    ...[
      "capabilities.adds",
      "capabilities.drops",
      "dns",
      "dnsOpts",
      "dnsSearches",
      "envs",
      "groupAdds",
      "hosts",
    ],
    ...[
      "labels",
      "mounts",
      "networksAdvanced",
      "networksAdvanced.aliases",
      "securityOpts",
      "ulimits",
      "uploads",
    ],
    "volumes",
  ],
};

const nestedDefaults: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  healthcheck: { interval: "0s", timeout: "0s", startPeriod: "0s", startInterval: "0s", retries: 0 },
  ports: { ip: "0.0.0.0", protocol: "tcp" },
  volumes: { readOnly: false, hostPath: "", volumeName: "", containerPath: "", fromContainer: "" },
  mounts: { readOnly: false, source: "" },
  uploads: { executable: false },
};

/** Inputs with defaults inside lists and objects filled in, and empty lists and objects left out, for comparing. */
export function normalisedInputs(inputs: Known): Properties {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([key, value]): [string, Value][] => {
      const filled = completed(nestedDefaults[key], value);
      return isEmpty(filled) ? [] : [[key, filled]];
    }),
  );
}

function completed(defaults: Readonly<Record<string, Value>> | undefined, value: Value): Value {
  if (defaults === undefined || value === UNKNOWN) return value;
  if (isList(value)) return value.map((item) => completed(defaults, item));
  return isMap(value) ? { ...defaults, ...value } : value;
}

function isEmpty(value: Value): boolean {
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every((item) => isList(item) && item.length === 0);
}
