/** What the host itself says, asked over the pinned SSH connection. */
import { onHost, succeed, waitFor } from "./sandbox.ts";

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
}

/** Every container on the host, by name. */
export async function containers(): Promise<Map<string, Seen>> {
  const printed = await onHost("docker ps -aq | xargs -r docker inspect\n");
  const inspected = (printed.trim() === "" ? [] : JSON.parse(printed)) as Inspected[];
  const seen = inspected.map(({ Name, Id, Image, State }) => ({
    name: Name.replace(/^\//, ""),
    id: Id,
    image: Image,
    startedAt: State.StartedAt,
    running: State.Running,
    health: State.Health?.Status ?? "none",
  }));
  return new Map(seen.map((container) => [container.name, container]));
}

/** Names of containers that the plan has, with whether they have a health check. */
export async function planned(): Promise<{ name: string; checked: boolean; ports: number[] }[]> {
  const printed = await succeed([
    "node",
    "cli/mailstead.js",
    "render",
    "containers",
    "--json",
    "--stack",
    "dev",
  ]);
  const plan = JSON.parse(printed) as {
    containers: { name: string; healthCheck?: object; ports: number[] }[];
  };
  return plan.containers.map(({ name, healthCheck, ports }) => ({
    name,
    checked: healthCheck !== undefined,
    ports,
  }));
}

/** Names of containers that are not as the plan wants them; empty when all is well. */
export async function unwell(): Promise<string[]> {
  const [plan, seen] = await Promise.all([planned(), containers()]);
  const faults = plan.flatMap(({ name, checked }) => {
    const container = seen.get(name);
    if (container?.running !== true) return [`${name} does not run`];
    return checked && container.health !== "healthy" ? [`${name} is ${container.health}`] : [];
  });
  const names = new Set(plan.map(({ name }) => name));
  return [
    ...faults,
    ...[...seen.keys()].filter((name) => !names.has(name)).map((name) => `${name} is not planned`),
  ];
}

/** Waits until every container is as the plan wants it; what is not is named when the wait ends. */
export async function healthyAgain(limitSeconds: number): Promise<void> {
  await waitFor("every container to be healthy", limitSeconds, async () => {
    const faults = await unwell();
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
