/**
 * `hcloud.VolumeAttachment`, whose id is the volume's. Calls: `attach`, poll, GET of volume and server; the same GETs;
 * GET of the volume, `detach` where it is attached to anything. There is no update.
 *
 * @see https://github.com/hetznercloud/terraform-provider-hcloud internal/volume/resource_attachment.go, v1.66.1
 */
import { PartialFailure } from "../../protocol/handler.ts";
import type { CallContext, Deployed, Known, ResourceHandler } from "../../protocol/handler.ts";
import type { ResourceSchema } from "../../protocol/handler.ts";
import { numberOf, refreshed } from "../../protocol/inputs.ts";
import { sdkStep, sdkText } from "../../protocol/sdkWording.ts";
import type { Properties } from "../../protocol/value.ts";
import { type HcloudApi, isLocked } from "../api.ts";
import type { Action, Server } from "../model.ts";
import { findVolume, type Volume } from "./model.ts";

const schema: ResourceSchema = {
  inputs: ["automount", "serverId", "volumeId"],
  required: ["serverId", "volumeId"],
  replaceOn: ["serverId", "volumeId"],
  computed: ["automount", "id"],
  optionalComputed: ["automount"],
  // Never read back: one that is off is no change to an attachment that was imported.
  defaults: { automount: false },
  customTimeouts: [],
};

/** The resource, on an API that is there once the provider is configured. */
export function volumeAttachmentResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    create: (inputs, context) => sdkStep(context, "", () => create(api(), inputs, context)),
    read: (id, outputs, inputs, context) =>
      sdkStep(context, "", async () => {
        const now = await attached(api(), id, outputs, context.signal);
        return now && { id, outputs: now, inputs: refreshed(inputs, now, ["serverId", "volumeId"]) };
      }),
    update: (_id, _olds, _news, context) =>
      sdkStep(context, "updating", () => Promise.reject(new Error("doesn't support update"))),
    delete: (id, _olds, context) => sdkStep(context, "deleting", () => detach(api(), id, context.signal)),
  };
}

async function create(api: HcloudApi, inputs: Known, { signal }: CallContext): Promise<Deployed> {
  const id = `${numberOf(inputs, "volumeId") ?? 0}`;
  const body = { server: inputs.serverId, ...(inputs.automount === true ? { automount: true } : {}) };
  const action = await api.retry(() => start(api, id, "attach", body, signal), isLocked, signal);
  const known: Known = { id, ...inputs, automount: inputs.automount ?? false };
  try {
    await api.wait([action], signal);
    const outputs = await attached(api, id, known, signal);
    if (outputs === undefined) throw new Error("the attachment is gone as soon as it was made");
    return { id, outputs };
  } catch (thrown) {
    throw new PartialFailure(sdkText(thrown), { id, outputs: known, inputs: { ...inputs } });
  }
}

/** Gone without the volume, without any server that has it, and without the server that the state names. */
async function attached(
  api: HcloudApi,
  id: string,
  known: Known,
  signal: AbortSignal,
): Promise<Properties | undefined> {
  const volume = await findVolume(api, id, signal);
  if (volume === undefined || volume.server === null) return undefined;
  const server = numberOf(known, "serverId") ?? volume.server;
  if ((await api.find<{ server: Server }>(`/servers/${server}`, signal)) === undefined) return undefined;
  return { id, volumeId: volume.id, serverId: volume.server, automount: known.automount ?? false };
}

/** A volume that cannot be read counts as gone. From whichever server it is on, it is taken. */
async function detach(api: HcloudApi, id: string, signal: AbortSignal): Promise<void> {
  let volume: Volume | undefined;
  try {
    volume = await findVolume(api, id, signal);
  } catch {
    return;
  }
  if (volume === undefined || volume.server === null) return;
  const action = await api.retry(() => start(api, id, "detach", undefined, signal), isLocked, signal);
  await api.wait([action], signal);
}

async function start(
  api: HcloudApi,
  id: string,
  command: "attach" | "detach",
  body: unknown,
  signal: AbortSignal,
): Promise<Action> {
  const path = `/volumes/${id}/actions/${command}`;
  return (await api.request<{ action: Action }>("POST", path, signal, body)).action;
}
