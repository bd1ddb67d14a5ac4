/** Docker's form of the planned containers and images. */
import type { ContainerArgs } from "@pulumi/docker/container.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedContainer, PlannedHealthCheck, PlannedRights } from "../stack/model/plan.ts";
import { goDuration } from "./goDuration.ts";

/** Label of a container: hash of the files that it reads, so that a changed one replaces exactly its readers. */
export const READS_LABEL = "mailstead.reads";

/** Longest wait for a container to become healthy, in seconds: a first start fills caches and indexes. */
const HEALTH_WAIT_SECONDS = 300;

/**
 * Containers, each after those that it starts after; otherwise in the plan's order.
 *
 * @throws Error when one waits for itself in a circle, or for one that is not planned: the plan is broken.
 */
export function inStartOrder(containers: readonly PlannedContainer[]): PlannedContainer[] {
  const planned = new Map(containers.map((container) => [container.name, container]));
  const ordered = new Set<PlannedContainer>();
  const visit = (name: string, waiting: readonly string[]): void => {
    const container = planned.get(name);
    const path = [...waiting, name].join(" → ");
    if (container === undefined) throw new Error(`The plan is broken: no container ${name} (${path}).`);
    if (waiting.includes(name)) throw new Error(`The plan is broken: containers wait in a circle (${path}).`);
    for (const before of container.startsAfter) visit(before, [...waiting, name]);
    ordered.add(container);
  };
  for (const { name } of containers) visit(name, []);
  return [...ordered];
}

/** One container as the docker provider is asked for it. */
export function containerArgs(
  container: PlannedContainer,
  image: pulumi.Input<string>,
  readHash: pulumi.Input<string> | undefined,
): ContainerArgs {
  const { healthCheck } = container;
  return {
    name: container.name,
    image,
    networkMode: "host",
    restart: "unless-stopped",
    ...(container.command.length === 0 ? {} : { command: [...container.command] }),
    ...rightsArgs(container.rights),
    ...(container.hostname === undefined ? {} : { hostname: container.hostname }),
    envs: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
    volumes: container.mounts.map((mount) => ({ ...mount })),
    hosts: Object.entries(container.hosts).map(([host, ip]) => ({ host, ip })),
    labels: readHash === undefined ? [] : [{ label: READS_LABEL, value: readHash }],
    // Written out also where there is none: the plugin does not see that a check was taken away.
    healthcheck: healthCheck === undefined ? { tests: ["NONE"] } : healthcheckArgs(healthCheck),
    ...(healthCheck === undefined ? {} : { wait: true, waitTimeout: HEALTH_WAIT_SECONDS }),
    stopTimeout: container.stopTimeoutSeconds,
    // Without it the plugin kills a container that it replaces, databases too.
    destroyGraceSeconds: container.stopTimeoutSeconds,
  };
}

/** An empty list of capabilities is left out: the plugin reads none back, and would find a change in it. */
function rightsArgs({ user, capabilities, noNewPrivileges }: PlannedRights) {
  return {
    user,
    capabilities: { drops: ["ALL"], ...(capabilities.length === 0 ? {} : { adds: [...capabilities] }) },
    securityOpts: noNewPrivileges ? ["no-new-privileges"] : [],
  };
}

function healthcheckArgs(check: PlannedHealthCheck) {
  return {
    tests: [...check.test],
    interval: goDuration(check.intervalSeconds),
    timeout: goDuration(check.timeoutSeconds),
    retries: check.retries,
    startPeriod: goDuration(check.startPeriodSeconds),
    startInterval: goDuration(check.startIntervalSeconds),
  };
}
