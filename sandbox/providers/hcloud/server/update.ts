/** Changing a server in place, in the real plugin's order, between two GETs. */
import type { CallContext, Known } from "../../protocol/handler.ts";
import { isList } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";
import { actAll } from "../firewall.ts";
import { numberOf } from "../../protocol/inputs.ts";
import type { Server } from "../model.ts";
import { act } from "../primaryIp.ts";
import { changedFields } from "../sshKey.ts";
import { getServer } from "./create.ts";
import { publicNetOf, serverOutputs } from "./outputs.ts";

interface Change {
  readonly api: HcloudApi;
  readonly server: Server;
  /** `/servers/4001`. */
  readonly path: string;
  readonly olds: Known;
  readonly news: Known;
  readonly signal: AbortSignal;
}

/** Updates a server. A type change leaves it off, as the real plugin does. */
export async function updateServer(
  api: HcloudApi,
  id: string,
  olds: Known,
  news: Known,
  context: CallContext,
): Promise<Properties> {
  const { signal } = context;
  const server = await getServer(api, id, signal);
  const change: Change = { api, server, path: `/servers/${id}`, olds, news, signal };
  await putFields(change);
  await changeType(change);
  await changeBackups(change);
  await changeFirewalls(change);
  await changePublicNet(change);
  await changeRescue(change);
  await changeProtection(change);
  return serverOutputs(await getServer(api, id, signal), news);
}

async function putFields({ api, path, olds, news, signal }: Change): Promise<void> {
  for (const key of ["name", "labels"]) {
    const body = changedFields(olds, news, { [key]: key });
    if (Object.keys(body).length > 0) await api.request("PUT", path, signal, body);
  }
}

async function changeType({ api, server, path, olds, news, signal }: Change): Promise<void> {
  if (news.serverType === olds.serverType) return;
  if (server.status !== "off") await act(api, `${path}/actions/poweroff`, undefined, signal);
  const body = { server_type: news.serverType, upgrade_disk: news.keepDisk !== true };
  await act(api, `${path}/actions/change_type`, body, signal);
}

async function changeBackups({ api, path, olds, news, signal }: Change): Promise<void> {
  const wanted = news.backups === true;
  if (wanted === (olds.backups === true)) return;
  await act(api, `${path}/actions/${wanted ? "enable_backup" : "disable_backup"}`, undefined, signal);
}

async function changeFirewalls({ api, server, olds, news, signal }: Change): Promise<void> {
  const before = numbers(olds.firewallIds);
  const after = numbers(news.firewallIds);
  const target = [{ type: "server", server: { id: server.id } }];
  for (const id of before.filter((firewall) => !after.includes(firewall))) {
    await actAll(api, `/firewalls/${id}/actions/remove_from_resources`, { remove_from: target }, signal);
  }
  for (const id of after.filter((firewall) => !before.includes(firewall))) {
    await actAll(api, `/firewalls/${id}/actions/apply_to_resources`, { apply_to: target }, signal);
  }
}

async function changePublicNet(change: Change): Promise<void> {
  const { api, server, path, olds, news, signal } = change;
  const wanted = publicNetOf(news);
  if (wanted === undefined) return;
  const steps = (["ipv4", "ipv6"] as const).filter((family) => addressChanges(server, family, wanted));
  if (steps.length === 0) return;
  if (server.status !== "off") await act(api, `${path}/actions/poweroff`, undefined, signal);
  for (const family of steps) await changeAddress(change, family, publicNetOf(olds) ?? {}, wanted);
  await act(api, `${path}/actions/poweron`, undefined, signal);
}

function addressChanges(server: Server, family: "ipv4" | "ipv6", wanted: Known): boolean {
  const current = server.public_net[family]?.id ?? 0;
  if (wanted[`${family}Enabled`] === false) return current !== 0;
  const id = numberOf(wanted, family) ?? 0;
  return id !== 0 && id !== current;
}

/** Takes the old address off (an automatic one is deleted with that) and puts the new one on. */
async function changeAddress(
  change: Change,
  family: "ipv4" | "ipv6",
  olds: Known,
  wanted: Known,
): Promise<void> {
  const { api, server, signal } = change;
  const current = server.public_net[family]?.id ?? 0;
  if (current !== 0) {
    await act(api, `/primary_ips/${current}/actions/unassign`, undefined, signal);
    if (numberOf(olds, family) !== current) await api.request("DELETE", `/primary_ips/${current}`, signal);
  }
  const id = numberOf(wanted, family) ?? 0;
  if (wanted[`${family}Enabled`] === false || id === 0) return;
  const body = { assignee_id: server.id, assignee_type: "server" };
  await act(api, `/primary_ips/${id}/actions/assign`, body, signal);
}

async function changeRescue({ api, path, olds, news, signal }: Change): Promise<void> {
  if (news.rescue === olds.rescue) return;
  if (news.rescue === undefined) await act(api, `${path}/actions/disable_rescue`, undefined, signal);
  else await act(api, `${path}/actions/enable_rescue`, { type: news.rescue }, signal);
}

async function changeProtection({ api, server, path, news, signal }: Change): Promise<void> {
  const wanted = { delete: news.deleteProtection === true, rebuild: news.rebuildProtection === true };
  const { protection } = server;
  if (wanted.delete === protection.delete && wanted.rebuild === protection.rebuild) return;
  await act(api, `${path}/actions/change_protection`, wanted, signal);
}

function numbers(value: Value | undefined): number[] {
  return isList(value) ? value.map(Number) : [];
}
