/**
 * `hcloud.Volume`. Calls: POST, poll, GET; GET; GET, PUT for each of name and labels, `detach`, `attach` and `resize`
 * where asked for, GET; GET, `detach` where it is attached, DELETE.
 *
 * A format or automount that changes is stored and not done. A smaller size is refused by the vendor alone.
 *
 * @see https://github.com/hetznercloud/terraform-provider-hcloud internal/volume/resource.go, v1.66.1
 */
import { compareInputs } from "../../protocol/diff.ts";
import { PartialFailure } from "../../protocol/handler.ts";
import type { CallContext, Deployed, DiffArguments, DiffResult, Known } from "../../protocol/handler.ts";
import type { ResourceHandler, ResourceSchema } from "../../protocol/handler.ts";
import { named, numberOf, refreshed, textOf } from "../../protocol/inputs.ts";
import { sdkStep, sdkText } from "../../protocol/sdkWording.ts";
import type { Properties } from "../../protocol/value.ts";
import { type HcloudApi, isLocked, isNotFound } from "../api.ts";
import type { Action } from "../model.ts";
import { act } from "../primaryIp.ts";
import { changedFields } from "../sshKey.ts";
import { findVolume, type Volume, volumeOutputs } from "./model.ts";

const IMPORTED = ["deleteProtection", "labels", "location", "name", "size"];

const schema: ResourceSchema = {
  inputs: [...IMPORTED, "automount", "format", "serverId"],
  required: ["size"],
  replaceOn: ["location"],
  computed: ["id", "linuxDevice", "location", "serverId"],
  optionalComputed: ["location", "serverId"],
  defaults: { deleteProtection: false },
  customTimeouts: [],
};

/** The resource, on an API that is there once the provider is configured. */
export function volumeResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [] }),
    diff: compareVolume,
    create: (inputs, context) => sdkStep(context, "", () => create(api(), inputs, context)),
    read: (id, outputs, inputs, context) =>
      sdkStep(context, "", async () => {
        const volume = await findVolume(api(), id, context.signal);
        if (volume === undefined) return undefined;
        const now = volumeOutputs(volume, outputs);
        return { id, outputs: now, inputs: refreshed(inputs, now, IMPORTED) };
      }),
    update: (id, olds, news, context) =>
      sdkStep(context, "updating", () => update(api(), id, olds, news, context)),
    delete: (id, _olds, context) => sdkStep(context, "deleting", () => remove(api(), id, context.signal)),
  };
}

/** With a name that the program gave and that stays, the bridge deletes before it replaces: the vendor knows a name once. */
function compareVolume(change: DiffArguments, { urn }: CallContext): DiffResult {
  const result = compareInputs({ schema }, change);
  const name = textOf(change.newInputs, "name") ?? "";
  const made = name.startsWith(`${urn.split("::").at(-1) ?? ""}-`) && /-[0-9a-f]{7}$/.test(name);
  const stays = !made && name === change.oldInputs.name;
  return { ...result, deleteBeforeReplace: stays && result.replaces.length > 0 };
}

interface Created {
  readonly volume: Volume;
  readonly action?: Action | null;
  readonly next_actions?: readonly Action[];
}

async function create(api: HcloudApi, inputs: Known, { signal }: CallContext): Promise<Deployed> {
  const made = await order(api, inputs, signal);
  const id = `${made.volume.id}`;
  try {
    await api.wait([made.action, ...(made.next_actions ?? [])], signal);
    if (inputs.deleteProtection === true) await protect(api, id, true, signal);
    return { id, outputs: volumeOutputs(await getVolume(api, id, signal), inputs) };
  } catch (thrown) {
    const half = { id, outputs: volumeOutputs(made.volume, inputs), inputs: { ...inputs } };
    throw new PartialFailure(sdkText(thrown), half);
  }
}

/** What is off or empty is not sent. A server that is locked is asked again, at once and without end. */
async function order(api: HcloudApi, inputs: Known, signal: AbortSignal): Promise<Created> {
  const given = { location: inputs.location, format: inputs.format, server: inputs.serverId };
  const body = {
    name: inputs.name,
    size: inputs.size,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => Boolean(value))),
    ...(inputs.labels === undefined ? {} : { labels: inputs.labels }),
    ...(inputs.automount === true ? { automount: true } : {}),
  };
  for (;;) {
    try {
      return await api.request<Created>("POST", "/volumes", signal, body);
    } catch (thrown) {
      if (!isLocked(thrown)) throw thrown;
    }
  }
}

async function getVolume(api: HcloudApi, id: string, signal: AbortSignal): Promise<Volume> {
  return (await api.request<{ volume: Volume }>("GET", `/volumes/${id}`, signal)).volume;
}

async function protect(api: HcloudApi, id: string, on: boolean, signal: AbortSignal): Promise<void> {
  await act(api, `/volumes/${id}/actions/change_protection`, { delete: on }, signal);
}

async function update(
  api: HcloudApi,
  id: string,
  olds: { readonly inputs: Known; readonly outputs: Known },
  news: Known,
  { signal }: CallContext,
): Promise<Properties> {
  const path = `/volumes/${id}`;
  const changes = (key: string): boolean =>
    Object.keys(changedFields(olds.inputs, news, { [key]: key })).length > 0;
  const volume = await findVolume(api, id, signal);
  const put = async (key: string): Promise<void> => {
    const body = changedFields(olds.inputs, news, { [key]: key });
    if (Object.keys(body).length > 0) await api.request("PUT", path, signal, body);
  };
  const touched = ["name", "serverId", "size", "labels", "deleteProtection"].some(changes);
  if (volume === undefined && touched)
    throw new Error("panic: the volume is gone, and the plugin looks into it");
  await put("name");
  const server = numberOf(news, "serverId");
  if (server !== undefined && server !== numberOf(olds.outputs, "serverId"))
    await move(api, path, volume?.server ?? null, server, news, signal);
  if (changes("size")) await act(api, `${path}/actions/resize`, { size: news.size }, signal);
  await put("labels");
  const kept = news.deleteProtection === true;
  if (kept !== (olds.outputs.deleteProtection === true)) await protect(api, id, kept, signal);
  return volumeOutputs(await getVolume(api, id, signal), {
    ...news,
    serverId: olds.outputs.serverId ?? null,
  });
}

/** To another server, or with 0 to none. Whatever refuses is asked again. */
async function move(
  api: HcloudApi,
  path: string,
  from: number | null,
  to: number,
  { automount }: Known,
  signal: AbortSignal,
): Promise<void> {
  const detach = () => act(api, `${path}/actions/detach`, undefined, signal);
  const body = { server: to, ...(automount === true ? { automount } : {}) };
  if (to === 0 || from !== null) await api.retry(detach, isRefused, signal);
  if (to !== 0) await api.retry(() => act(api, `${path}/actions/attach`, body, signal), isRefused, signal);
}

function isRefused(): boolean {
  return true;
}

async function remove(api: HcloudApi, id: string, signal: AbortSignal): Promise<void> {
  const path = `/volumes/${id}`;
  const volume = await findVolume(api, id, signal);
  if (volume === undefined) return;
  const unlessGone = (work: () => Promise<unknown>) => async (): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
    }
  };
  const detach = unlessGone(() => act(api, `${path}/actions/detach`, undefined, signal));
  if (volume.server !== null) await api.retry(detach, isRefused, signal);
  await api.retry(
    unlessGone(() => api.request("DELETE", path, signal)),
    isRefused,
    signal,
  );
}
