/** What happens to machines: made, switched, removed. Each is the work of an action. */
import type { Fault } from "../serve/faults.ts";
import { wait } from "../serve/listen.ts";
import { type HetznerCloud, hostKey } from "./cloud.ts";
import { HetznerError } from "./errors.ts";
import { pushFirewall } from "./firewallRules.ts";
import { detachAddress, removeAddress } from "./primaryIps.ts";
import { hostSpec } from "./serverOrder.ts";
import type { CloudServer } from "./state.ts";

/** @throws HetznerError 423 while the server is made or removed. */
export function checkUnlocked(server: CloudServer): void {
  if (server.status !== "initializing" && server.status !== "deleting") return;
  throw new HetznerError(423, "locked", "the server is locked by a running action");
}

/** Boots a new machine. A fault makes it slow or fail. */
export async function makeMachine(cloud: HetznerCloud, server: CloudServer, fault?: Fault): Promise<void> {
  try {
    if (fault?.kind === "slow_boot") await wait((fault.seconds ?? 30) * 1000, cloud.stopping);
    if (fault?.kind === "boot_failure") throw new Error("the server could not be started");
    if (cloud.actions.closed) return;
    // Before it boots, so that it is open at no time; and after, for what was changed meanwhile.
    await pushFirewall(cloud, server);
    await cloud.hosts.create(hostSpec(cloud, server));
    await pushFirewall(cloud, server);
    if (!server.startAfterCreate) await cloud.hosts.powerOff(hostKey(server));
    server.status = server.startAfterCreate ? "running" : "off";
  } catch (cause) {
    server.status = "off";
    throw cause;
  } finally {
    if (!cloud.actions.closed) delete server.userData;
  }
}

/** Removes the machine, then the books: addresses unassigned or, with auto_delete, given back. */
export async function removeMachine(cloud: HetznerCloud, server: CloudServer): Promise<void> {
  const { data } = cloud.store;
  await cloud.hosts.destroy(hostKey(server));
  if (cloud.actions.closed) return;
  for (const volume of data.volumes) if (volume.server === server.id) volume.server = null;
  for (const firewall of data.firewalls) firewall.servers = firewall.servers.filter((id) => id !== server.id);
  data.servers.splice(data.servers.indexOf(server), 1);
  for (const address of data.primaryIps.filter((one) => one.assignee === server.id)) {
    detachAddress(server, address);
    if (address.autoDelete) await removeAddress(cloud, address);
  }
}

/** The ways to switch a machine, by the API's names. */
export const SWITCHES = {
  poweron: { command: "start_server", during: "starting", after: "running" },
  poweroff: { command: "stop_server", during: "stopping", after: "off" },
  shutdown: { command: "shutdown_server", during: "stopping", after: "off" },
  reboot: { command: "reboot_server", during: "running", after: "running" },
  reset: { command: "reset_server", during: "running", after: "running" },
} as const;

/** One of them. */
export type Switch = keyof typeof SWITCHES;

/** Switches a machine; on failure the status is what the machine says. */
export async function switchMachine(cloud: HetznerCloud, server: CloudServer, how: Switch): Promise<void> {
  const key = hostKey(server);
  try {
    await turn(cloud, key, how);
    server.status = SWITCHES[how].after;
  } catch (cause) {
    server.status = (await cloud.hosts.isRunning(key)) ? "running" : "off";
    throw cause;
  }
}

async function turn(cloud: HetznerCloud, key: string, how: Switch): Promise<void> {
  const { hosts } = cloud;
  switch (how) {
    case "poweron":
      return hosts.powerOn(key);
    case "poweroff":
      return hosts.powerOff(key);
    case "shutdown":
      return hosts.shutdown(key);
    case "reboot":
      return hosts.reboot(key);
    case "reset":
      await hosts.powerOff(key);
      return hosts.powerOn(key);
  }
}
