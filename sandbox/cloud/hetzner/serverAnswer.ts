/** A server as the API shows it. */
import {
  dataCenterAnswer,
  findImage,
  findServerType,
  imageAnswer,
  locationNamed,
  serverTypeAnswer,
} from "./catalog.ts";
import { hostKey, type HetznerCloud } from "./cloud.ts";
import { reverseAnswer } from "./primaryIps.ts";
import type { CloudServer, HetznerState, PrimaryIp } from "./state.ts";

const TERABYTES_20 = 21_990_232_555_520;

/** The server with the status that its machine has now: it may have gone down by itself. */
export async function serverAnswer(
  cloud: HetznerCloud,
  server: CloudServer,
): Promise<Record<string, unknown>> {
  const up = server.status !== "running" || (await cloud.hosts.isRunning(hostKey(server)));
  return describe(cloud.store.data, server, up ? server.status : "off");
}

function describe(state: HetznerState, server: CloudServer, status: string): Record<string, unknown> {
  const type = findServerType(server.type);
  const image = findImage(server.imageId, "");
  if (type === undefined) throw new Error(`no server type ${server.type}`);
  const location = locationNamed(server.location);
  return {
    id: server.id,
    name: server.name,
    status,
    created: server.created,
    public_net: publicNet(state, server),
    private_net: [],
    server_type: serverTypeAnswer(type),
    datacenter: dataCenterAnswer(location),
    location,
    image: image === undefined ? null : imageAnswer(image),
    iso: null,
    rescue_enabled: false,
    locked: server.status === "deleting",
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: TERABYTES_20,
    protection: { delete: server.protected, rebuild: server.protected },
    labels: server.labels,
    volumes: state.volumes.filter((volume) => volume.server === server.id).map(({ id }) => id),
    load_balancers: [],
    primary_disk_size: server.diskGb,
    placement_group: null,
  };
}

function publicNet(state: HetznerState, server: CloudServer): Record<string, unknown> {
  const byId = (id: number | null): PrimaryIp | undefined => state.primaryIps.find((one) => one.id === id);
  const ipv4 = byId(server.ipv4);
  const ipv6 = byId(server.ipv6);
  const firewalls = state.firewalls.filter((firewall) => firewall.servers.includes(server.id));
  return {
    ipv4:
      ipv4 === undefined
        ? null
        : { id: ipv4.id, ip: ipv4.address, blocked: false, dns_ptr: reverseAnswer(ipv4)[0]?.dns_ptr ?? "" },
    ipv6:
      ipv6 === undefined
        ? null
        : { id: ipv6.id, ip: `${ipv6.address}/64`, blocked: false, dns_ptr: reverseAnswer(ipv6) },
    floating_ips: [],
    firewalls: firewalls.map(({ id }) => ({ id, status: "applied" })),
  };
}
