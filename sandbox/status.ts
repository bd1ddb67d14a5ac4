/** What of the sandbox runs. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { namespace, paths } from "./groundPlan.ts";
import { networkIsUp } from "./network/network.ts";
import { findCgroupRoots, isPopulated } from "./process/cgroup.ts";
import { logFile, serviceState } from "./process/service.ts";
import { allServices } from "./services.ts";

/** One part and how it is. */
export interface PartState {
  readonly name: string;
  readonly state: string;
  readonly good: boolean;
  /** Where more can be read. */
  readonly log?: string;
}

/** Looks at the network, every server and every host. Changes nothing. */
export async function sandboxState(): Promise<PartState[]> {
  const up = await networkIsUp();
  const network: PartState = { name: "network", state: up ? "up" : "down", good: up };
  if (!up) return [network];
  const servers = await Promise.all(
    allServices.map(async (service): Promise<PartState> => {
      const state = await serviceState(service);
      return { name: service.name, state, good: state === "ready", log: logFile(service.name) };
    }),
  );
  return [network, ...servers, ...(await hostStates())];
}

/** A host that is switched off is none that is broken. */
async function hostStates(): Promise<PartState[]> {
  const { unified } = await findCgroupRoots();
  const keys = await readdir(paths.hostsDir).catch(() => []);
  return Promise.all(
    keys.map(async (key): Promise<PartState> => {
      const runs = await isPopulated(join(unified, `${namespace}.hosts`, key));
      return { name: `host ${key}`, state: runs ? "on" : "off", good: true, log: logFile(`host-${key}`) };
    }),
  );
}
