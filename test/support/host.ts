/** What the host itself says, asked over the pinned SSH connection. */
import type { Plan, PlannedContainer } from "../../stack/model/plan.ts";
import { onHost, STACK, succeed, waitFor } from "./sandbox.ts";

/** A container as `docker inspect` tells it. */
export interface Seen {
  readonly name: string;
  readonly id: string;
  readonly running: boolean;
  /** `none` where it has no health check. */
  readonly health: string;
  readonly image: string;
  readonly startedAt: string;
}

/** Of what `docker inspect` says (Docker Engine API, ContainerInspect). Durations are nanoseconds. */
interface Inspected {
  readonly Name: string;
  readonly Id: string;
  readonly Image: string;
  /** Health is there only with a health check. */
  readonly State: {
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: {
    readonly Cmd: readonly string[] | null;
    readonly Hostname: string;
    readonly User: string;
    readonly StopTimeout?: number;
    readonly Healthcheck?: {
      readonly Test?: readonly string[];
      readonly Interval?: number;
      readonly Timeout?: number;
      readonly Retries?: number;
      readonly StartPeriod?: number;
      readonly StartInterval?: number;
    };
  };
  readonly HostConfig: {
    readonly NetworkMode: string;
    readonly ExtraHosts: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Source: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
}

async function inspectAll(): Promise<Inspected[]> {
  const printed = await onHost("docker ps -aq | xargs -r docker inspect\n");
  return (printed.trim() === "" ? [] : JSON.parse(printed)) as Inspected[];
}

/** Every container on the host, by name. */
export async function containers(): Promise<Map<string, Seen>> {
  const seen = (await inspectAll()).map(({ Name, Id, Image, State }) => ({
    name: Name.replace(/^\//, ""),
    id: Id,
    image: Image,
    startedAt: State.StartedAt,
    running: State.Running,
    health: State.Health?.Status ?? "none",
  }));
  return new Map(seen.map((container) => [container.name, container]));
}

/** What the plan has, as the command prints it. */
async function rendered(): Promise<Pick<Plan, "images" | "containers">> {
  const words = ["render", "containers", "--json", "--stack", STACK];
  const printed = await succeed(["node", "cli/mailstead.js", ...words]);
  return JSON.parse(printed) as Pick<Plan, "images" | "containers">;
}

/** Containers that the plan has. */
export async function planned(): Promise<Plan["containers"]> {
  return (await rendered()).containers;
}

/** Names of those planned containers that a question is true for, in order. */
export async function plannedNames(
  isMeant: (container: Plan["containers"][number]) => boolean,
): Promise<string[]> {
  return (await planned())
    .filter(isMeant)
    .map(({ name }) => name)
    .sort();
}

/** Names of containers that are not as the plan wants them; empty when all is well. */
export async function unwell(): Promise<string[]> {
  return unlike(await planned());
}

async function unlike(plan: Plan["containers"]): Promise<string[]> {
  const seen = await containers();
  const faults = plan.flatMap(({ name, healthCheck }) => {
    const container = seen.get(name);
    if (container?.running !== true) return [`${name} does not run`];
    return healthCheck !== undefined && container.health !== "healthy"
      ? [`${name} is ${container.health}`]
      : [];
  });
  const names = new Set(plan.map(({ name }) => name));
  return [
    ...faults,
    ...[...seen.keys()].filter((name) => !names.has(name)).map((name) => `${name} is not planned`),
  ];
}

/** Waits until every container is as the plan wants it; what is not is named when the wait ends. */
export async function healthyAgain(limitSeconds: number): Promise<void> {
  const plan = await planned();
  await waitFor("every container to be healthy", limitSeconds, async () => {
    const faults = await unlike(plan);
    if (faults.length > 0) throw new Error(faults.join(", "));
    return true;
  });
}

/** Names of containers that are the same ones, and were started between two looks. */
export function restarted(before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): string[] {
  return [...after.values()]
    .filter(({ name, id, startedAt }) => {
      const earlier = before.get(name);
      return earlier?.id === id && earlier.startedAt !== startedAt;
    })
    .map(({ name }) => name)
    .sort();
}

/** Names of containers that were made anew between two looks. */
export function madeAnew(before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): string[] {
  return [...after.values()]
    .filter(({ name, id }) => before.get(name)?.id !== id)
    .map(({ name }) => name)
    .sort();
}

/** One container's make, in the same words for what is planned and what is there. */
interface Make {
  readonly digest: string;
  readonly command: readonly string[];
  readonly hostname: string | undefined;
  /** User, then what was dropped, added and forbidden. */
  readonly rights: readonly string[];
  readonly network: string;
  readonly mounts: readonly string[];
  readonly hosts: readonly string[];
  readonly stopTimeout: number | undefined;
  readonly healthCheck: readonly (string | number)[];
}

/**
 * The make of every container twice: as it is planned, and as docker on the host tells it. With the ports that are
 * planned and on which no process of their container listens.
 */
export async function makes(): Promise<{
  planned: Record<string, Make>;
  seen: Record<string, Make>;
  deafPorts: string[];
}> {
  const [plan, inspected, digests, listening] = await Promise.all([
    rendered(),
    inspectAll(),
    digestsById(),
    onHost(LISTENING),
  ]);
  const digest = new Map(plan.images.map(({ role, reference }) => [role, reference.replace(/^.*@/, "")]));
  const byName = new Map(inspected.map((container) => [container.Name.replace(/^\//, ""), container]));
  const hears = ({ name, ports }: PlannedContainer): string[] => {
    const id = byName.get(name)?.Id ?? "none";
    const heard = listening.split("\n").filter((line) => line.includes(id));
    return ports
      .filter((port) => !heard.some((line) => line.startsWith(`${port} `)))
      .map((port) => `${name} ${port}`);
  };
  return {
    planned: Object.fromEntries(
      plan.containers.map((container) => [
        container.name,
        plannedMake(container, digest.get(container.image) ?? ""),
      ]),
    ),
    seen: Object.fromEntries(
      plan.containers.flatMap((container) => {
        const there = byName.get(container.name);
        return there === undefined ? [] : [[container.name, seenMake(there, container, digests)]];
      }),
    ),
    deafPorts: plan.containers.flatMap(hears),
  };
}

/** Lines `PORT CGROUP` for each process that listens; a container's cgroup has its id in its name. */
const LISTENING = `
ss -Hltnp | while read -r _ _ _ address _ process; do
  for pid in $(grep -o 'pid=[0-9]*' <<<"$process" | cut -d= -f2 | sort -u); do
    printf '%s %s\\n' "\${address##*:}" "$(tr '\\n' ' ' <"/proc/$pid/cgroup")"
  done
done
`;

/** Digests of the manifests that an image was pulled by. */
async function digestsById(): Promise<Map<string, string>> {
  const printed = await onHost("docker images -q --no-trunc | sort -u | xargs -r docker image inspect\n");
  const images = JSON.parse(printed) as { Id: string; RepoDigests: string[] | null }[];
  return new Map(
    images.map(({ Id, RepoDigests }) => [
      Id,
      [...new Set((RepoDigests ?? []).map((name) => name.replace(/^.*@/, "")))].join(" "),
    ]),
  );
}

function plannedMake(container: PlannedContainer, digest: string): Make {
  const check = container.healthCheck;
  return {
    digest,
    command: container.command,
    hostname: container.hostname,
    rights: [container.rights.user, "-ALL", ...container.rights.capabilities, "no-new-privileges"],
    network: "host",
    mounts: container.mounts
      .map(
        ({ hostPath, containerPath, readOnly }) => `${hostPath} ${containerPath} ${readOnly ? "ro" : "rw"}`,
      )
      .sort(),
    hosts: Object.entries(container.hosts)
      .map(([host, ip]) => `${host}:${ip}`)
      .sort(),
    stopTimeout: container.stopTimeoutSeconds,
    healthCheck:
      check === undefined
        ? ["NONE"]
        : [
            ...check.test,
            check.intervalSeconds,
            check.timeoutSeconds,
            check.retries,
            check.startPeriodSeconds,
            check.startIntervalSeconds,
          ],
  };
}

function seenMake(
  { Image, Config, HostConfig, Mounts }: Inspected,
  plan: PlannedContainer,
  digests: ReadonlyMap<string, string>,
): Make {
  const check = Config.Healthcheck ?? {};
  const seconds = (nanoseconds = 0): number => nanoseconds / 1e9;
  const test = check.Test ?? ["NONE"];
  return {
    digest: digests.get(Image) ?? `none of ${Image}`,
    command: Config.Cmd ?? [],
    // Without one of its own, a container in the host's network has the host's.
    hostname: plan.hostname === undefined ? undefined : Config.Hostname,
    rights: [
      Config.User,
      ...(HostConfig.CapDrop ?? []).map((name) => `-${name}`),
      ...(HostConfig.CapAdd ?? []).toSorted(),
      ...(HostConfig.SecurityOpt ?? []),
    ],
    network: HostConfig.NetworkMode,
    mounts: Mounts.filter(({ Type }) => Type === "bind")
      .map(({ Source, Destination, RW }) => `${Source} ${Destination} ${RW ? "rw" : "ro"}`)
      .sort(),
    hosts: (HostConfig.ExtraHosts ?? []).toSorted(),
    stopTimeout: Config.StopTimeout,
    healthCheck:
      test[0] === "NONE"
        ? test
        : [
            ...test,
            seconds(check.Interval),
            seconds(check.Timeout),
            check.Retries ?? 0,
            seconds(check.StartPeriod),
            seconds(check.StartInterval),
          ],
  };
}
