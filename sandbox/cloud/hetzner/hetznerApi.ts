/** Hetzner Cloud's API, put together; and the start that brings machines and names back to what the books say. */
import { z } from "zod";
import { sameText, type VendorApi } from "../serve/listen.ts";
import { addActions, addCatalog } from "./catalogRoutes.ts";
import { zoneRoutes } from "./dns/zones.ts";
import { type HetznerCloud, hostKey, serverQueue } from "./cloud.ts";
import { HetznerError, injectedError } from "./errors.ts";
import { pushFirewall } from "./firewallRules.ts";
import { firewallRoutes } from "./firewalls.ts";
import { primaryIpRoutes } from "./primaryIps.ts";
import { reverseNameOf } from "./reverse.ts";
import { newRoutes } from "./routes.ts";
import { makeMachine, removeMachine } from "./serverLife.ts";
import { serverRoutes } from "./servers.ts";
import { sshKeyRoutes } from "./sshKeys.ts";
import type { Action, CloudServer } from "./state.ts";
import { resumeVolumeAction } from "./volumeLife.ts";
import { volumeRoutes } from "./volumes.ts";

/** The API under `/v1` for one token. */
export function hetznerApi(cloud: HetznerCloud, token: string): VendorApi {
  const v1 = newRoutes();
  v1.use("*", (context, next) => {
    if (sameText(context.req.header("authorization") ?? "", `Bearer ${token}`)) return next();
    throw new HetznerError(401, "unauthorized", "unable to authenticate");
  });
  addCatalog(v1);
  addActions(v1, cloud);
  v1.route("/ssh_keys", sshKeyRoutes(cloud));
  v1.route("/primary_ips", primaryIpRoutes(cloud));
  v1.route("/firewalls", firewallRoutes(cloud));
  v1.route("/servers", serverRoutes(cloud));
  v1.route("/volumes", volumeRoutes(cloud));
  v1.route("/zones", zoneRoutes(cloud));
  const routes = newRoutes();
  routes.onError((cause) => {
    const known =
      cause instanceof HetznerError ? cause : new HetznerError(500, "server_error", cause.message);
    return Response.json(known.body(), { status: known.status });
  });
  routes.route("/v1", v1);
  routes.all("*", () => {
    throw new HetznerError(404, "not_found", "the requested path does not exist");
  });
  return { vendor: "hetzner", routes, failure: injectedError, errorOf };
}

const errorSchema = z.object({ error: z.object({ code: z.string() }) });

function errorOf(answer: unknown): string | undefined {
  return errorSchema.safeParse(answer).data?.error.code;
}

/**
 * Makes the world what the books say: reverse names, half-made or half-removed machines, machines that should run.
 * A machine that does not come up is shown as off; the cause is in its action.
 */
export async function resumeHetzner(cloud: HetznerCloud): Promise<void> {
  const { data } = cloud.store;
  for (const address of data.primaryIps) {
    const named = new Set(Object.keys(address.reverse));
    if (address.type === "ipv4") named.add(address.address);
    for (const ip of named) await cloud.dns.setReverse(ip, reverseNameOf(address, ip));
  }
  for (const zone of data.zones) await cloud.zones.write(zone);
  const unfinished = data.actions.filter((action) => action.status === "running");
  for (const action of unfinished) resumeAction(cloud, action);
  for (const server of data.servers) {
    if (server.status === "stopping") server.status = "off";
    if (server.status === "deleting" || server.status === "initializing" || server.status === "off") continue;
    const resources = [{ id: server.id, type: "server" }];
    const work = (): Promise<void> => bringUp(cloud, server);
    if (await cloud.hosts.isRunning(hostKey(server))) await work();
    else cloud.actions.run("start_server", resources, serverQueue(server), work);
  }
  cloud.store.save();
}

async function bringUp(cloud: HetznerCloud, server: CloudServer): Promise<void> {
  const key = hostKey(server);
  try {
    if (!(await cloud.hosts.isRunning(key))) await cloud.hosts.powerOn(key);
    await pushFirewall(cloud, server);
    server.status = "running";
  } catch (cause) {
    server.status = "off";
    throw cause;
  }
}

function resumeAction(cloud: HetznerCloud, action: Action): void {
  if (resumeVolumeAction(cloud, action)) return;
  const server = cloud.store.data.servers.find((one) => one.id === action.resources[0]?.id);
  const work = async (): Promise<void> => {
    if (server === undefined) return;
    if (action.command === "delete_server") return removeMachine(cloud, server);
    if (action.command !== "create_server") return;
    await cloud.hosts.destroy(hostKey(server));
    await makeMachine(cloud, server);
  };
  cloud.actions.resume(action, server === undefined ? `action ${action.id}` : serverQueue(server), work);
}
