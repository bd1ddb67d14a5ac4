/**
 * `hcloud.Firewall`. Calls: POST, poll, GET; GET; GET, PUT for each of name and labels, `set_rules`, GET; GET, DELETE.
 *
 * Rules and their addresses are sets; host bits in a block are refused before anything is sent.
 */
import { isList, isMap } from "../protocol/value.ts";
import type { Properties, Value } from "../protocol/value.ts";
import type {
  CallContext,
  CheckFailure,
  Known,
  ResourceHandler,
  ResourceSchema,
} from "../protocol/handler.ts";
import { cidrFault } from "./address.ts";
import type { HcloudApi } from "./api.ts";
import { named, refreshed } from "../protocol/inputs.ts";
import type { Action, Firewall, FirewallRule, FirewallTarget } from "./model.ts";
import { changedFields } from "./sshKey.ts";
import { sdkStep } from "../protocol/sdkWording.ts";

const schema: ResourceSchema = {
  inputs: ["applyTos", "labels", "name", "rules"],
  replaceOn: [],
  computed: ["id"],
  optionalComputed: ["applyTos"],
  sets: ["rules", "rules.sourceIps", "rules.destinationIps", "applyTos"],
  customTimeouts: [],
  timeouts: { create: 5400, update: 5400, delete: 5400 },
};

/** The resource, on an API that is there once the provider is configured. */
export function firewallResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [...refused(news)] }),
    normalise: (inputs) => ({ ...inputs, rules: rulesOf(inputs).map(bare) }),
    create: (inputs, context) => sdkStep(context, "", () => create(api(), inputs, context)),
    read: (id, _outputs, inputs, context) =>
      sdkStep(context, "", async () => {
        const found = await api().find<{ firewall: Firewall }>(`/firewalls/${id}`, context.signal);
        if (found === undefined) return undefined;
        const outputs = outputsOf(found.firewall);
        const now = { ...outputs, rules: rulesOf({ rules: outputs.rules ?? [] }).map(bare) };
        return { id, outputs, inputs: refreshed(inputs, now, ["labels", "name", "rules"]) };
      }),
    update: (id, olds, news, context) =>
      sdkStep(context, "updating", () => update(api(), id, olds.inputs, news, context)),
    delete: (id, _olds, context) => sdkStep(context, "deleting", () => remove(api(), id, context)),
  };
}

function rulesOf(properties: Known): readonly { readonly [key: string]: Value }[] {
  return isList(properties.rules) ? properties.rules.filter(isMap) : [];
}

/** A rule without empty fields and without the bridge's own. */
function bare(rule: Known): { readonly [key: string]: Value } {
  const told = Object.entries(rule).filter(
    ([key, value]) =>
      !key.startsWith("__") && value !== "" && value !== null && !(isList(value) && value.length === 0),
  );
  return Object.fromEntries(told);
}

function* refused(news: Known): Generator<CheckFailure> {
  for (const rule of rulesOf(news)) {
    for (const cidr of [rule.sourceIps, rule.destinationIps].filter(isList).flat()) {
      const reason = typeof cidr === "string" ? cidrFault(cidr) : undefined;
      if (reason !== undefined) yield { property: "rules", reason };
    }
  }
}

function apiRules(inputs: Known): readonly Properties[] {
  return rulesOf(inputs)
    .map(bare)
    .map((rule) => ({
      direction: rule.direction,
      protocol: rule.protocol,
      port: rule.port,
      description: rule.description,
      ...(rule.direction === "out"
        ? { destination_ips: rule.destinationIps }
        : { source_ips: rule.sourceIps }),
    }));
}

function apiTargets(inputs: Known): readonly Properties[] | undefined {
  if (!isList(inputs.applyTos)) return undefined;
  return inputs.applyTos
    .filter(isMap)
    .map((target) =>
      typeof target.server === "number" && target.server !== 0
        ? { type: "server", server: { id: target.server } }
        : { type: "label_selector", label_selector: { selector: target.labelSelector ?? "" } },
    );
}

async function create(
  api: HcloudApi,
  inputs: Known,
  context: CallContext,
): Promise<{ id: string; outputs: Properties }> {
  const { signal } = context;
  const body = {
    name: inputs.name,
    labels: inputs.labels ?? {},
    rules: apiRules(inputs),
    apply_to: apiTargets(inputs),
  };
  const made = await api.request<{ firewall: Firewall; actions?: Action[] }>(
    "POST",
    "/firewalls",
    signal,
    body,
  );
  await api.wait(made.actions ?? [], signal);
  return { id: `${made.firewall.id}`, outputs: await get(api, made.firewall.id, signal) };
}

async function get(api: HcloudApi, id: number | string, signal: AbortSignal): Promise<Properties> {
  const { firewall } = await api.request<{ firewall: Firewall }>("GET", `/firewalls/${id}`, signal);
  return outputsOf(firewall);
}

async function update(
  api: HcloudApi,
  id: string,
  olds: Known,
  news: Known,
  context: CallContext,
): Promise<Properties> {
  const { signal } = context;
  const path = `/firewalls/${id}`;
  await get(api, id, signal);
  for (const key of ["name", "labels"]) {
    const body = changedFields(olds, news, { [key]: key });
    if (Object.keys(body).length > 0) await api.request("PUT", path, signal, body);
  }
  if (JSON.stringify(apiRules(olds)) !== JSON.stringify(apiRules(news))) {
    await actAll(api, `${path}/actions/set_rules`, { rules: apiRules(news) }, signal);
  }
  return get(api, id, signal);
}

async function remove(api: HcloudApi, id: string, context: CallContext): Promise<void> {
  const { signal } = context;
  const path = `/firewalls/${id}`;
  const found = await api.find<{ firewall: Firewall }>(path, signal);
  if (found === undefined) return;
  const targets = found.firewall.applied_to.map(bareTarget);
  if (targets.length > 0) {
    await actAll(api, `${path}/actions/remove_from_resources`, { remove_from: targets }, signal);
  }
  await api.request("DELETE", path, signal);
}

/** Starts actions and waits for all of them. */
export async function actAll(
  api: HcloudApi,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<void> {
  const { actions } = await api.request<{ actions?: Action[] }>("POST", path, signal, body);
  await api.wait(actions ?? [], signal);
}

function bareTarget({ type, server, label_selector }: FirewallTarget): FirewallTarget {
  return { type, ...(server ? { server } : {}), ...(label_selector ? { label_selector } : {}) };
}

function outputsOf(firewall: Firewall): Properties {
  return {
    id: `${firewall.id}`,
    name: firewall.name,
    labels: firewall.labels,
    rules: firewall.rules.map(outputRule),
    applyTos: firewall.applied_to.map((target) => ({
      server: target.server?.id ?? 0,
      labelSelector: target.label_selector?.selector ?? "",
    })),
  };
}

function outputRule(rule: FirewallRule): { readonly [key: string]: Value } {
  return {
    direction: rule.direction,
    protocol: rule.protocol,
    port: rule.port ?? "",
    description: rule.description ?? "",
    sourceIps: rule.source_ips ?? [],
    destinationIps: rule.destination_ips ?? [],
  };
}
