/**
 * `hcloud.PrimaryIp`. Calls: POST, GET; GET; actions, then always a PUT; DELETE.
 *
 * State says `assigneeId` 0 after a create even when a server takes the address later; a refresh stores its id.
 */
import type {
  CallContext,
  CheckFailure,
  Known,
  ResourceHandler,
  ResourceSchema,
} from "../protocol/handler.ts";
import { UNKNOWN } from "../protocol/value.ts";
import type { Properties } from "../protocol/value.ts";
import { blockBase } from "./address.ts";
import type { HcloudApi } from "./api.ts";
import { missing, named, numberOf, refreshed } from "../protocol/inputs.ts";
import type { Action, PrimaryIp, Server } from "./model.ts";
import { changedFields } from "./sshKey.ts";
import { frameworkStep } from "./wording.ts";

const schema: ResourceSchema = {
  inputs: [
    "assigneeId",
    "assigneeType",
    "autoDelete",
    "datacenter",
    "deleteProtection",
    "labels",
    "location",
    "name",
    "type",
  ],
  required: ["type"],
  replaceOn: ["datacenter", "location", "type"],
  computed: ["assigneeId", "assigneeType", "id", "ipAddress", "ipNetwork"],
  unknownOnUpdate: ["assigneeId", "assigneeType"],
  optionalComputed: ["assigneeId", "assigneeType", "autoDelete", "location", "datacenter"],
  defaults: { deleteProtection: false },
};

/** The resource, on an API that is there once the provider is configured. */
export function primaryIpResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({
      inputs: named(news, olds, context),
      failures: [...refused(news, context)],
    }),
    previewCreate: (inputs) => ({
      ...unknownOutputs(inputs.type === "ipv6"),
      deleteProtection: false,
      ...inputs,
    }),
    create: (inputs, context) => frameworkStep(context, () => create(api(), inputs, context)),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        const found = await api().find<{ primary_ip: PrimaryIp }>(`/primary_ips/${id}`, context.signal);
        if (found === undefined) return missing(id, outputs);
        const now = addressOutputs(found.primary_ip);
        const imported = ["autoDelete", "deleteProtection", "labels", "location", "name", "type"];
        return { id, outputs: now, inputs: refreshed(inputs, now, imported) };
      }),
    update: (id, olds, news, context) => frameworkStep(context, () => update(api(), id, olds, news, context)),
    delete: (id, olds, context) => frameworkStep(context, () => remove(api(), id, olds.outputs, context)),
  };
}

function unknownOutputs(six: boolean): Properties {
  const known = schema.computed.filter((key) => six || key !== "ipNetwork");
  return Object.fromEntries(known.map((key) => [key, UNKNOWN]));
}

function* refused(news: Known, context: CallContext): Generator<CheckFailure> {
  if (news.datacenter !== undefined) {
    const reason = 'Unsupported argument. The argument "datacenter" was removed from the API; use "location"';
    yield { property: "datacenter", reason };
  }
  if (news.assigneeType !== undefined && news.assigneeId === undefined) {
    const advice =
      "This attribute is now optional and is only required together with the assigneeId attribute. " +
      "Please remove it from your configuration.";
    context.log("warning", `[WARNING] property "assigneeType": ${advice}`);
  }
}

async function create(
  api: HcloudApi,
  inputs: Known,
  context: CallContext,
): Promise<{ id: string; outputs: Properties }> {
  const { signal } = context;
  const body = {
    name: inputs.name,
    type: inputs.type,
    labels: inputs.labels ?? {},
    auto_delete: inputs.autoDelete ?? false,
    location: inputs.location,
    assignee_id: inputs.assigneeId,
    assignee_type: inputs.assigneeId === undefined ? undefined : (inputs.assigneeType ?? "server"),
  };
  const made = await api.request<{ primary_ip: PrimaryIp; action?: Action | null }>(
    "POST",
    "/primary_ips",
    signal,
    body,
  );
  await api.wait([made.action], signal);
  const path = `/primary_ips/${made.primary_ip.id}`;
  if (inputs.deleteProtection === true)
    await act(api, `${path}/actions/change_protection`, { delete: true }, signal);
  const { primary_ip } = await api.request<{ primary_ip: PrimaryIp }>("GET", path, signal);
  return { id: `${primary_ip.id}`, outputs: addressOutputs(primary_ip) };
}

async function update(
  api: HcloudApi,
  id: string,
  olds: { readonly inputs: Known; readonly outputs: Known },
  news: Known,
  context: CallContext,
): Promise<Properties> {
  const { signal } = context;
  const path = `/primary_ips/${id}`;
  const protection = news.deleteProtection ?? false;
  if (protection !== (olds.outputs.deleteProtection ?? false)) {
    await act(api, `${path}/actions/change_protection`, { delete: protection }, signal);
  }
  const assignee = numberOf(news, "assigneeId");
  const before = numberOf(olds.outputs, "assigneeId") ?? 0;
  if (assignee !== undefined && assignee !== before) {
    if (before !== 0) await act(api, `${path}/actions/unassign`, undefined, signal);
    const body = { assignee_id: assignee, assignee_type: news.assigneeType ?? "server" };
    if (assignee !== 0) await act(api, `${path}/actions/assign`, body, signal);
  }
  const body = changedFields(olds.inputs, news, {
    name: "name",
    labels: "labels",
    autoDelete: "auto_delete",
  });
  const { primary_ip } = await api.request<{ primary_ip: PrimaryIp }>("PUT", path, signal, body);
  return addressOutputs(primary_ip);
}

async function remove(api: HcloudApi, id: string, outputs: Known, context: CallContext): Promise<void> {
  const { signal } = context;
  const assignee = numberOf(outputs, "assigneeId") ?? 0;
  if (assignee !== 0) await release(api, id, assignee, signal);
  await api.request("DELETE", `/primary_ips/${id}`, signal);
}

/** Takes the address off its server, which must be off for that. */
async function release(api: HcloudApi, id: string, serverId: number, signal: AbortSignal): Promise<void> {
  const found = await api.find<{ server: Server }>(`/servers/${serverId}`, signal);
  if (found === undefined) return;
  const { ipv4, ipv6 } = found.server.public_net;
  if (![ipv4?.id, ipv6?.id].includes(Number(id))) return;
  const running = found.server.status !== "off";
  if (running) await act(api, `/servers/${serverId}/actions/poweroff`, undefined, signal);
  await act(api, `/primary_ips/${id}/actions/unassign`, undefined, signal);
  if (running) await act(api, `/servers/${serverId}/actions/poweron`, undefined, signal);
}

/** Starts an action and waits for its end. */
export async function act(api: HcloudApi, path: string, body: unknown, signal: AbortSignal): Promise<void> {
  const { action } = await api.request<{ action: Action }>("POST", path, signal, body);
  await api.wait([action], signal);
}

/** Outputs of an address: what the API says. */
export function addressOutputs(address: PrimaryIp): Properties {
  return {
    id: `${address.id}`,
    name: address.name,
    type: address.type,
    ipAddress: blockBase(address.ip),
    ...(address.type === "ipv6" ? { ipNetwork: address.ip } : {}),
    assigneeId: address.assignee_id ?? 0,
    assigneeType: address.assignee_type,
    autoDelete: address.auto_delete,
    deleteProtection: address.protection.delete,
    labels: address.labels,
    location: (address.location ?? address.datacenter?.location)?.name ?? null,
  };
}
