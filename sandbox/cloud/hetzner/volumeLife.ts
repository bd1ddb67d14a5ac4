/** What happens to volumes: made, attached, detached, made larger. Each is the work of an action. */
import { type HetznerCloud, hostKey, serverQueue, volumeKey } from "./cloud.ts";
import { HetznerError } from "./errors.ts";
import type { Action, Volume } from "./state.ts";

/** Where the vendor's machines show a volume. */
export function linuxDevice(volume: { readonly id: number }): string {
  return `/dev/disk/by-id/${linkOf(volume)}`;
}

function linkOf({ id }: { readonly id: number }): string {
  return `scsi-0HC_Volume_${id}`;
}

/** @throws HetznerError 423 while an action runs on it. */
export function checkFree(cloud: HetznerCloud, volume: Volume): void {
  const busy = cloud.store.data.actions.some(
    ({ status, resources }) =>
      status === "running" && resources.some(({ type, id }) => type === "volume" && id === volume.id),
  );
  if (busy) throw new HetznerError(423, "locked", "volume is locked by a running action");
}

/** Starts to make it, with its file system; a server that it is for waits for that. */
export function createActions(cloud: HetznerCloud, volume: Volume, server?: number): [Action, ...Action[]] {
  volume.server = server ?? null;
  const made = start(cloud, "create_volume", volume);
  return server === undefined ? [made] : [made, attachAction(cloud, volume, server)];
}

/** Starts to attach it; the books say so at once. A failure takes that back. */
export function attachAction(cloud: HetznerCloud, volume: Volume, server: number): Action {
  volume.server = server;
  return start(cloud, "attach_volume", volume);
}

/** Starts to detach it; the books say so at its end. */
export function detachAction(cloud: HetznerCloud, volume: Volume): Action {
  return start(cloud, "detach_volume", volume);
}

/** Starts to make it larger. */
export function resizeAction(cloud: HetznerCloud, volume: Volume, sizeGb: number): Action {
  volume.sizeGb = sizeGb;
  return start(cloud, "resize_volume", volume);
}

/** Takes up what an earlier process began. @returns whether the action is about a volume. */
export function resumeVolumeAction(cloud: HetznerCloud, action: Action): boolean {
  const about = action.resources.find(({ type }) => type === "volume");
  const volume = cloud.store.data.volumes.find(({ id }) => id === about?.id);
  const work = volume === undefined ? undefined : workOf(cloud, action.command, volume);
  if (volume === undefined || work === undefined) return false;
  cloud.actions.resume(action, queueOf(volume), work);
  return true;
}

function start(cloud: HetznerCloud, command: Command, volume: Volume): Action {
  const server = command === "resize_volume" || volume.server === null ? [] : [volume.server];
  const resources = [...server.map((id) => ({ id, type: "server" })), { id: volume.id, type: "volume" }];
  return cloud.actions.run(command, resources, queueOf(volume), workOf(cloud, command, volume));
}

/** What changes a machine is done one after another; a volume alone is locked while something goes on. */
function queueOf({ server, id }: Volume): string {
  return server === null ? `volume ${id}` : serverQueue({ id: server });
}

type Command = "create_volume" | "attach_volume" | "detach_volume" | "resize_volume";

function workOf(cloud: HetznerCloud, command: Command, volume: Volume): () => Promise<void>;
function workOf(cloud: HetznerCloud, command: string, volume: Volume): (() => Promise<void>) | undefined;
function workOf(cloud: HetznerCloud, command: string, volume: Volume): (() => Promise<void>) | undefined {
  const { hosts } = cloud;
  const key = volumeKey(volume);
  switch (command) {
    case "create_volume":
      return async () => {
        const { sizeGb, format } = volume;
        const link = linkOf(volume);
        await hosts.createVolume({ key, sizeGb, link, ...(format === null ? {} : { format }) });
        volume.status = "available";
      };
    case "attach_volume":
      return () => attach(cloud, volume);
    case "detach_volume":
      return async () => {
        await hosts.detachVolume(key);
        volume.server = null;
      };
    case "resize_volume":
      return () => hosts.resizeVolume(key, volume.sizeGb);
    default:
      return undefined;
  }
}

async function attach(cloud: HetznerCloud, volume: Volume): Promise<void> {
  const { server: id } = volume;
  try {
    // Before this had its turn, the server may have gone, or the volume not have been made.
    if (id === null) throw new Error("the server is gone");
    if (volume.status !== "available") throw new Error("the volume could not be created");
    await cloud.hosts.attachVolume(volumeKey(volume), hostKey({ id }));
  } catch (cause) {
    volume.server = null;
    throw cause;
  }
}
