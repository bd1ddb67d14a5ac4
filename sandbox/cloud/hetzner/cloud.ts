/** What all Hetzner routes share. */
import type { DnsDriver, HostDriver } from "../drivers.ts";
import type { FaultBook } from "../serve/faults.ts";
import type { JsonStore } from "../serve/jsonStore.ts";
import type { TextForm } from "../serve/text.ts";
import type { ZoneWriter } from "../serve/zoneWriter.ts";
import type { ActionBook } from "./actions.ts";
import type { AddressPool } from "./addresses.ts";
import { HetznerError, notFound } from "./errors.ts";
import type { CloudServer, Firewall, HetznerState, PrimaryIp, SshKey, Volume, Zone } from "./state.ts";

/** How many of each a project may have. */
export interface HetznerLimits {
  readonly servers: number;
  readonly primaryIps: number;
  readonly firewalls: number;
  readonly sshKeys: number;
  readonly zones: number;
  readonly volumes: number;
}

/** Books, drivers and settings of one project. */
export interface HetznerCloud {
  readonly store: JsonStore<HetznerState>;
  readonly actions: ActionBook;
  /** Addresses that may be handed out here. */
  readonly pool: AddressPool;
  readonly hosts: HostDriver;
  readonly dns: DnsDriver;
  readonly faults: FaultBook;
  /** Brings zones to the name server. */
  readonly zones: ZoneWriter<Zone>;
  /** Of every zone, without final dots. */
  readonly nameServers: readonly string[];
  /** In which form TXT is answered; asked at each answer. */
  textForm(): TextForm;
  readonly limits: HetznerLimits;
  /** Images that may be ordered; undefined leaves it to the host driver. */
  readonly bootableImages: readonly string[] | undefined;
  /** Ends waits at close. */
  readonly stopping: AbortSignal;
}

/** The driver's name of a server. */
export function hostKey(server: { readonly id: number }): string {
  return `server-${server.id}`;
}

/** The driver's name of a volume. */
export function volumeKey(volume: { readonly id: number }): string {
  return `volume-${volume.id}`;
}

/** Queue of a server's actions: what changes a machine is done one after another. */
export function serverQueue(server: { readonly id: number }): string {
  return `server ${server.id}`;
}

interface Things {
  sshKeys: SshKey;
  primaryIps: PrimaryIp;
  firewalls: Firewall;
  servers: CloudServer;
  zones: Zone;
  volumes: Volume;
}

const NAMES = {
  sshKeys: "ssh_key",
  primaryIps: "primary_ip",
  firewalls: "firewall",
  servers: "server",
  zones: "zone",
  volumes: "volume",
} as const;

/** A thing by number. @throws HetznerError 404 */
export function find<K extends keyof Things>(cloud: HetznerCloud, kind: K, id: string | number): Things[K] {
  const list = cloud.store.data[kind] as Things[K][];
  const found = list.find((thing) => String(thing.id) === String(id));
  if (found === undefined) throw notFound(NAMES[kind], id);
  return found;
}

/** @throws HetznerError 403 when the project is full. */
export function checkLimit(cloud: HetznerCloud, kind: keyof Things): void {
  if (cloud.store.data[kind].length < cloud.limits[kind]) return;
  throw new HetznerError(403, "resource_limit_exceeded", `${NAMES[kind]} limit exceeded`);
}

/** @throws HetznerError 423 */
export function checkUnprotected(thing: { readonly protected: boolean }, what: string): void {
  if (thing.protected) throw new HetznerError(423, "protected", `${what} deletion is protected`);
}
