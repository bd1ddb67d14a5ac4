/**
 * `hcloud.Zone`. Calls: POST, (protection), GET; GET; actions, then always a PUT; DELETE, where 404 is as good.
 *
 * An import takes the number or the name.
 */
import type {
  CallContext,
  CheckFailure,
  Deployed,
  Known,
  ResourceHandler,
  ResourceSchema,
} from "../../protocol/handler.ts";
import { isList, isMap, UNKNOWN } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import { type HcloudApi, isNotFound } from "../api.ts";
import { missing, named, refreshed } from "../../protocol/inputs.ts";
import type { Action } from "../model.ts";
import { changedFields } from "../sshKey.ts";
import { frameworkStep } from "../wording.ts";
import { step, type Zone, zoneOutputs } from "./model.ts";

const schema: ResourceSchema = {
  inputs: ["deleteProtection", "labels", "mode", "name", "primaryNameservers", "ttl"],
  required: ["mode"],
  replaceOn: ["mode", "name"],
  computed: ["authoritativeNameservers", "deleteProtection", "id", "primaryNameservers", "registrar"],
  unknownOnUpdate: ["authoritativeNameservers", "deleteProtection", "primaryNameservers", "registrar"],
  optionalComputed: ["deleteProtection", "primaryNameservers"],
  defaults: { ttl: 3600 },
};

const IMPORTED = ["deleteProtection", "labels", "mode", "name", "ttl"];

/** The resource, on an API that is there once the provider is configured. */
export function zoneResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [...refused(news)] }),
    create: (inputs, context) => frameworkStep(context, () => create(api(), inputs, context)),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        const found = await api().find<{ zone: Zone }>(`/zones/${step(id)}`, context.signal);
        if (found === undefined) return missing(id, outputs);
        const now = outputsOf(found.zone);
        const { labels, ttl } = now;
        // What the program leaves out has defaults, and the vendor's other values are a change.
        const inputsNow = { ...refreshed(inputs, now, IMPORTED), ...known({ labels, ttl }) };
        return { id: `${found.zone.id}`, outputs: now, inputs: inputsNow };
      }),
    update: (id, olds, news, context) => frameworkStep(context, () => update(api(), id, olds, news, context)),
    delete: (id, _olds, context) =>
      frameworkStep(context, async () => {
        try {
          const { action } = await api().request<{ action: Action }>(
            "DELETE",
            `/zones/${id}`,
            context.signal,
          );
          await api().wait([action], context.signal);
        } catch (thrown) {
          if (!isNotFound(thrown)) throw thrown;
        }
      }),
  };
}

function known(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function* refused(news: Known): Generator<CheckFailure> {
  const given = news.primaryNameservers !== undefined;
  if (news.mode === UNKNOWN) return;
  if (news.mode === "secondary" && !given) {
    const reason =
      "Required attribute. This attribute is required when mode is secondary.. Examine values at 'zone.primaryNameservers'.";
    yield { property: "primaryNameservers", reason };
  }
  if (news.mode === "primary" && given) {
    const reason =
      "Forbidden attribute. This attribute is forbidden when mode is primary.. Examine values at 'zone.primaryNameservers'.";
    yield { property: "primaryNameservers", reason };
  }
}

async function create(api: HcloudApi, inputs: Known, { signal }: CallContext): Promise<Deployed> {
  const body = {
    name: inputs.name,
    mode: inputs.mode,
    ttl: inputs.ttl ?? 3600,
    labels: inputs.labels ?? {},
    primary_nameservers: nameServers(inputs.primaryNameservers),
  };
  const made = await api.request<{ zone: Zone; action: Action }>("POST", "/zones", signal, body);
  const path = `/zones/${made.zone.id}`;
  const actions = [made.action];
  if (inputs.deleteProtection !== undefined) {
    actions.push(await act(api, path, "change_protection", { delete: inputs.deleteProtection }, signal));
  }
  await api.wait(actions, signal);
  const { zone } = await api.request<{ zone: Zone }>("GET", path, signal);
  return { id: `${zone.id}`, outputs: outputsOf(zone) };
}

async function update(
  api: HcloudApi,
  id: string,
  olds: { readonly inputs: Known; readonly outputs: Known },
  news: Known,
  { signal }: CallContext,
): Promise<Properties> {
  const path = `/zones/${id}`;
  const actions: Action[] = [];
  const ttl = news.ttl ?? 3600;
  if (ttl !== olds.outputs.ttl) actions.push(await act(api, path, "change_ttl", { ttl }, signal));
  const servers = news.primaryNameservers;
  if (servers !== undefined && JSON.stringify(servers) !== JSON.stringify(olds.outputs.primaryNameservers)) {
    const body = { primary_nameservers: nameServers(servers) };
    actions.push(await act(api, path, "change_primary_nameservers", body, signal));
  }
  const protect = news.deleteProtection;
  if (protect !== undefined && protect !== olds.outputs.deleteProtection) {
    actions.push(await act(api, path, "change_protection", { delete: protect }, signal));
  }
  await api.wait(actions, signal);
  const body = changedFields(olds.outputs, { labels: {}, ...news }, { labels: "labels" });
  return outputsOf((await api.request<{ zone: Zone }>("PUT", path, signal, body)).zone);
}

/** Starts an action of a thing; nothing is waited for. */
export async function act(
  api: HcloudApi,
  path: string,
  name: string,
  body: unknown,
  signal: AbortSignal,
): Promise<Action> {
  return (await api.request<{ action: Action }>("POST", `${path}/actions/${name}`, signal, body)).action;
}

function nameServers(value: Value | undefined): unknown {
  if (!isList(value)) return undefined;
  return value.filter(isMap).map(({ address, port, tsigAlgorithm, tsigKey }) => ({
    ...{ address, port: port ?? 53, tsig_algorithm: tsigAlgorithm, tsig_key: tsigKey },
  }));
}

function outputsOf(zone: Zone): Properties {
  return { id: `${zone.id}`, ...zoneOutputs(zone) };
}
