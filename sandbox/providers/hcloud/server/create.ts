/** Making a server: look-ups, POST, the actions one after another, GET. */
import { PartialFailure } from "../../protocol/handler.ts";
import type { CallContext, Deployed, Known } from "../../protocol/handler.ts";
import { asText, isList } from "../../protocol/value.ts";
import type { Properties } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";
import { textOf } from "../../protocol/inputs.ts";
import type { Action, Server, SshKey } from "../model.ts";
import { act } from "../primaryIp.ts";
import { sdkText } from "../../protocol/sdkWording.ts";
import { publicNetOf, serverInputs, serverOutputs } from "./outputs.ts";

interface Created {
  readonly server: Server;
  readonly action?: Action | null;
  readonly next_actions?: readonly Action[];
}

/** Makes a server. When it exists but one of its actions failed, it is kept in state with the error. */
export async function createServer(api: HcloudApi, inputs: Known, context: CallContext): Promise<Deployed> {
  const { signal } = context;
  const body = await requestBody(api, inputs, signal);
  const made = await api.request<Created>("POST", "/servers", signal, body);
  const id = `${made.server.id}`;
  try {
    await api.wait([made.action, ...(made.next_actions ?? [])], signal);
    await settle(api, id, inputs, signal);
    return { id, outputs: serverOutputs(await getServer(api, id, signal), inputs) };
  } catch (thrown) {
    const outputs = serverOutputs(made.server, inputs);
    const half = { id, outputs, inputs: serverInputs(made.server, inputs, outputs) };
    throw new PartialFailure(sdkText(thrown), half);
  }
}

/** A server by id; throws when there is none. */
export async function getServer(api: HcloudApi, id: string, signal: AbortSignal): Promise<Server> {
  return (await api.request<{ server: Server }>("GET", `/servers/${id}`, signal)).server;
}

async function requestBody(api: HcloudApi, inputs: Known, signal: AbortSignal): Promise<Properties> {
  const serverType = textOf(inputs, "serverType") ?? "";
  const architecture = await architectureOf(api, serverType, signal);
  const image = await imageId(api, textOf(inputs, "image") ?? "", architecture, signal);
  const keys: number[] = [];
  const given = isList(inputs.sshKeys) ? inputs.sshKeys : [];
  for (const key of given) keys.push(await sshKeyId(api, asText(key), signal));
  const net = publicNetOf(inputs) ?? {};
  return {
    name: inputs.name,
    server_type: serverType,
    image,
    ...(keys.length === 0 ? {} : { ssh_keys: keys }),
    location: inputs.location,
    user_data: inputs.userData,
    labels: inputs.labels ?? {},
    ...(isList(inputs.firewallIds) && inputs.firewallIds.length > 0
      ? { firewalls: inputs.firewallIds.map((firewall) => ({ firewall })) }
      : {}),
    placement_group: inputs.placementGroupId,
    public_net: {
      enable_ipv4: net.ipv4Enabled ?? true,
      enable_ipv6: net.ipv6Enabled ?? true,
      ...(net.ipv4 ? { ipv4: net.ipv4 } : {}),
      ...(net.ipv6 ? { ipv6: net.ipv6 } : {}),
    },
  };
}

/** What a POST cannot say: backups and protection. */
async function settle(api: HcloudApi, id: string, inputs: Known, signal: AbortSignal): Promise<void> {
  const path = `/servers/${id}/actions`;
  if (inputs.backups === true) await act(api, `${path}/enable_backup`, undefined, signal);
  if (inputs.deleteProtection === true || inputs.rebuildProtection === true) {
    const body = { delete: inputs.deleteProtection ?? false, rebuild: inputs.rebuildProtection ?? false };
    await act(api, `${path}/change_protection`, body, signal);
  }
}

async function architectureOf(api: HcloudApi, name: string, signal: AbortSignal): Promise<string> {
  const query = new URLSearchParams({ name });
  const { server_types } = await api.request<{ server_types: { architecture: string }[] }>(
    "GET",
    `/server_types?${query.toString()}`,
    signal,
  );
  const [found] = server_types;
  if (found === undefined) throw new Error(`server type ${name} not found`);
  return found.architecture;
}

async function imageId(
  api: HcloudApi,
  name: string,
  architecture: string,
  signal: AbortSignal,
): Promise<number> {
  const query = new URLSearchParams({ architecture, include_deprecated: "true", name });
  if (/^\d+$/.test(name)) {
    const found = await api.find<{ image: { id: number } }>(`/images/${name}`, signal);
    if (found !== undefined) return found.image.id;
  }
  const { images } = await api.request<{ images: { id: number }[] }>(
    "GET",
    `/images?${query.toString()}`,
    signal,
  );
  const [found] = images;
  if (found === undefined) throw new Error(`image ${name} for architecture ${architecture} not found`);
  return found.id;
}

async function sshKeyId(api: HcloudApi, key: string, signal: AbortSignal): Promise<number> {
  if (/^\d+$/.test(key)) {
    const found = await api.find<{ ssh_key: SshKey }>(`/ssh_keys/${key}`, signal);
    if (found !== undefined) return found.ssh_key.id;
  }
  const query = new URLSearchParams({ name: key });
  const { ssh_keys } = await api.request<{ ssh_keys: SshKey[] }>(
    "GET",
    `/ssh_keys?${query.toString()}`,
    signal,
  );
  const [found] = ssh_keys;
  if (found === undefined) throw new Error(`SSH key not found: ${key}`);
  return found.id;
}
