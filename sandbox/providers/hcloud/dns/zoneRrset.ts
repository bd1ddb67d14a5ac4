/**
 * `hcloud.ZoneRrset`. Calls: POST, (protection), GET; GET; `change_ttl`, `set_records`, then always a PUT; DELETE, where
 * 404 is as good. A SOA is taken over instead of made, and let go instead of deleted.
 *
 * The id is `NAME/TYPE`; an import takes `ZONE/NAME/TYPE`.
 */
import type {
  CallContext,
  Deployed,
  Known,
  ResourceHandler,
  ResourceSchema,
} from "../../protocol/handler.ts";
import { asText } from "../../protocol/value.ts";
import type { Properties } from "../../protocol/value.ts";
import { type HcloudApi, isNotFound } from "../api.ts";
import { missing, named } from "../../protocol/inputs.ts";
import type { Action } from "../model.ts";
import { changedFields } from "../sshKey.ts";
import { frameworkStep } from "../wording.ts";
import { recordsOf, type Rrset, rrsetOutputs, rrsetPath, step } from "./model.ts";
import { act } from "./zone.ts";

const schema: ResourceSchema = {
  inputs: ["changeProtection", "labels", "name", "records", "ttl", "type", "zone"],
  required: ["records", "type", "zone"],
  replaceOn: ["name", "type", "zone"],
  computed: ["changeProtection", "id"],
  unknownOnUpdate: ["changeProtection"],
  optionalComputed: ["changeProtection"],
  sets: ["records"],
};

interface Answer {
  readonly rrset: Rrset;
  readonly action?: Action;
}

/** The resource, on an API that is there once the provider is configured. */
export function zoneRrsetResource(api: () => HcloudApi): ResourceHandler {
  return {
    schema,
    check: (news, olds, context) => ({ inputs: named(news, olds, context), failures: [] }),
    create: (inputs, context) => frameworkStep(context, () => create(api(), inputs, context)),
    read: (id, outputs, inputs, context) =>
      frameworkStep(context, async () => {
        const { zone, set } = placeOf(id, outputs);
        const found = await api().find<Answer>(rrsetPath(zone, set), context.signal);
        if (found === undefined) return missing(id, outputs);
        const now = rrsetOutputs(zone, found.rrset);
        return { id: found.rrset.id, outputs: now, inputs: inputsNow(inputs, now) };
      }),
    update: (id, olds, news, context) => frameworkStep(context, () => update(api(), id, olds, news, context)),
    delete: (id, olds, context) => frameworkStep(context, () => remove(api(), id, olds.outputs, context)),
  };
}

function placeOf(id: string, outputs: Known): { zone: string; set: string } {
  if (outputs.zone !== undefined) return { zone: asText(outputs.zone), set: id };
  const [zone = "", ...rest] = id.split("/");
  if (rest.length !== 2) {
    throw new Error(`invalid import id '${id}', want $ZONE_ID_OR_NAME/$RRSET_NAME/$RRSET_TYPE`);
  }
  return { zone, set: rest.join("/") };
}

/** What the program would have to say: a value that it leaves out and the vendor has is a change, and the other way. */
function inputsNow(inputs: Known, now: Properties): Properties {
  const { zone, name, type, records, ttl, labels, changeProtection } = now;
  const protection = inputs.changeProtection === undefined ? undefined : changeProtection;
  return { ...inputs, zone, name, type, records, ttl, labels, changeProtection: protection };
}

async function create(api: HcloudApi, inputs: Known, context: CallContext): Promise<Deployed> {
  const { signal } = context;
  const [zone, name, type] = [asText(inputs.zone), asText(inputs.name), asText(inputs.type)];
  const path = rrsetPath(zone, `${name}/${type}`);
  const actions: (Action | undefined)[] = [];
  if (type === "SOA") {
    context.log("warning", "SOA records are managed by the API: importing it in the state");
    await api.request("GET", path, signal);
  } else {
    const records = recordsOf(inputs.records);
    const body = { name, type, ttl: inputs.ttl, labels: inputs.labels ?? {}, records };
    const made = await api.request<Answer>("POST", `/zones/${step(zone)}/rrsets`, signal, body);
    actions.push(made.action);
  }
  if (inputs.changeProtection !== undefined) {
    actions.push(await act(api, path, "change_protection", { change: inputs.changeProtection }, signal));
  }
  await api.wait(actions, signal);
  const { rrset } = await api.request<Answer>("GET", path, signal);
  return { id: rrset.id, outputs: rrsetOutputs(zone, rrset) };
}

async function update(
  api: HcloudApi,
  id: string,
  olds: { readonly inputs: Known; readonly outputs: Known },
  news: Known,
  { signal }: CallContext,
): Promise<Properties> {
  const zone = asText(olds.outputs.zone);
  const path = rrsetPath(zone, id);
  const change = news.changeProtection;
  const protects = change !== undefined && change !== olds.outputs.changeProtection;
  // Off before everything else, on after it.
  if (protects && change === false) {
    await api.wait([await act(api, path, "change_protection", { change }, signal)], signal);
  }
  const actions: Action[] = [];
  if (news.ttl !== olds.outputs.ttl) {
    actions.push(await act(api, path, "change_ttl", { ttl: news.ttl ?? null }, signal));
  }
  const records = recordsOf(news.records);
  if (JSON.stringify(records) !== JSON.stringify(recordsOf(olds.outputs.records))) {
    actions.push(await act(api, path, "set_records", { records }, signal));
  }
  await api.wait(actions, signal);
  const body = changedFields(olds.outputs, { labels: {}, ...news }, { labels: "labels" });
  const { rrset } = await api.request<Answer>("PUT", path, signal, body);
  const outputs = rrsetOutputs(zone, rrset);
  if (!protects || change !== true) return outputs;
  await api.wait([await act(api, path, "change_protection", { change }, signal)], signal);
  return { ...outputs, changeProtection: change };
}

async function remove(api: HcloudApi, id: string, outputs: Known, context: CallContext): Promise<void> {
  if (outputs.type === "SOA") {
    context.log("warning", "SOA records are managed by the API: removing it from the state");
    return;
  }
  try {
    const path = rrsetPath(asText(outputs.zone), id);
    const { action } = await api.request<{ action: Action }>("DELETE", path, context.signal);
    await api.wait([action], context.signal);
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
}
