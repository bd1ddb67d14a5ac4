/** A volume: the parts of the API's object that the stand-in reads, and what resources and look-ups show of it. */
import type { Known } from "../../protocol/handler.ts";
import type { Properties } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";

/** A volume. */
export interface Volume {
  readonly id: number;
  readonly name: string;
  /** GB. */
  readonly size: number;
  readonly location: { readonly name: string };
  /** Number of the server that has it. */
  readonly server: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly linux_device: string;
  readonly protection: { readonly delete: boolean };
}

/** A volume by id; undefined where there is none. */
export async function findVolume(
  api: HcloudApi,
  id: string | number,
  signal: AbortSignal,
): Promise<Volume | undefined> {
  return (await api.find<{ volume: Volume }>(`/volumes/${id}`, signal))?.volume;
}

/**
 * Outputs of a volume. Format and automount are never read back, and a volume that is attached nowhere keeps the server
 * that was last known.
 *
 * @param known inputs or outputs so far.
 */
export function volumeOutputs(volume: Volume, known: Known): Properties {
  return {
    ...lookedUpVolume(volume),
    id: `${volume.id}`,
    serverId: volume.server ?? known.serverId ?? null,
    automount: known.automount ?? null,
    format: known.format ?? null,
  };
}

/** A volume as a look-up answers it: the id a number, the server where it is attached. */
export function lookedUpVolume(volume: Volume): Properties {
  const { id, name, size, labels, server } = volume;
  return {
    ...{ id, name, size, labels, location: volume.location.name, linuxDevice: volume.linux_device },
    deleteProtection: volume.protection.delete,
    ...(server === null ? {} : { serverId: server }),
  };
}
