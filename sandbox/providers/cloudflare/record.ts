/**
 * `cloudflare.DnsRecord`. Calls: POST with no read back; GET; PUT of the whole record; DELETE.
 *
 * State keeps name and content as the program wrote them until a refresh; then the API's spelling counts, except that a
 * relative name stays relative.
 */
import { compareInputs } from "../protocol/diff.ts";
import type {
  CallContext,
  Deployed,
  DiffResult,
  Known,
  ResourceHandler,
  ResourceSchema,
} from "../protocol/handler.ts";
import { plannedCreate } from "../protocol/preview.ts";
import { asText, isMap } from "../protocol/value.ts";
import type { Properties, Value } from "../protocol/value.ts";
import { CloudflareError } from "./api.ts";
import type { CloudflareApi } from "./api.ts";
import { camelCased, snakeCased } from "./casing.ts";

const schema: ResourceSchema = {
  inputs: [
    "comment",
    "content",
    "data",
    "includeShadowMetadata",
    "name",
    "priority",
    "privateRouting",
    "proxied",
    "settings",
    "tags",
    "ttl",
    "type",
    "zoneId",
  ],
  required: ["name", "ttl", "type", "zoneId"],
  replaceOn: ["type", "zoneId"],
  computed: ["content", "createdOn", "id", "meta", "modifiedOn", "proxiable", "settings", "tags"],
  unknownOnUpdate: ["modifiedOn"],
  optionalComputed: ["content", "settings", "tags"],
  // Not computed: what stands in state without being asked for is to be removed.
  comparedWithOutput: ["priority", "comment"],
  sets: ["tags"],
  defaults: { proxied: false, includeShadowMetadata: false, privateRouting: false },
};

/** The resource, on an API that is there once the provider is configured. */
export function dnsRecordResource(api: () => CloudflareApi): ResourceHandler {
  return {
    schema,
    diff: (change): DiffResult => {
      const result = compareInputs({ schema }, change);
      if (result.details.comment === undefined) return result;
      return { ...result, details: { ...result.details, commentModifiedOn: "update" } };
    },
    previewCreate: (inputs, context) => {
      refuseProxiedTtl(inputs, context);
      return plannedCreate(schema, inputs);
    },
    create: async (inputs, context): Promise<Deployed> => {
      refuseProxiedTtl(inputs, context);
      const made = await api().request<Known>("POST", recordsPath(inputs), context, body(inputs));
      return { id: asText(made.id), outputs: { ...outputsOf(made, inputs), ...asWritten(inputs) } };
    },
    read: async (id, outputs, inputs, context) => {
      const imported = /^([^/]+)\/([^/]+)$/.exec(id);
      const zoneId = imported?.[1] ?? asText(outputs.zoneId);
      const path = `/zones/${zoneId}/dns_records/${imported?.[2] ?? id}`;
      // An import looks first and then reads as usual.
      if (imported !== null) await find(api(), path, context);
      const found = await find(api(), path, context);
      if (found === undefined) return undefined;
      const now = { ...outputsOf(found, { ...inputs, zoneId }), name: keptName(asText(found.name), outputs) };
      return { id: asText(found.id), outputs: now, inputs: inputsOf(inputs, now) };
    },
    update: async (id, olds, news, context) => {
      refuseProxiedTtl(news, context);
      const whole = { content: olds.outputs.content ?? null, ...kept(olds.outputs), ...body(news) };
      const changed = await api().request<Known>("PUT", `${recordsPath(news)}/${id}`, context, whole);
      return { ...outputsOf(changed, news), ...asWritten(news) };
    },
    delete: async (id, olds, context) => {
      await api().request("DELETE", `${recordsPath(olds.outputs)}/${id}`, context);
    },
  };
}

function recordsPath(properties: Known): string {
  return `/zones/${asText(properties.zoneId)}/dns_records`;
}

function refuseProxiedTtl(inputs: Known, context: CallContext): void {
  if (inputs.proxied !== true || typeof inputs.ttl !== "number" || inputs.ttl === 1) return;
  const reason =
    "When a DNS record is marked as `proxied` the TTL must be 1 as Cloudflare will control the TTL internally.";
  const summary = "ttl must be set to 1 when `proxied` is true";
  context.log("error", `[ERROR] ${reason}: ${summary}`);
  throw new Error(`${summary}: ${reason}`);
}

function body(inputs: Known): Known {
  const { comment, content, data, name, priority, settings, tags, ttl, type } = inputs;
  const told = Object.entries({ comment, content, data, name, priority, settings, tags, ttl, type }).filter(
    (entry): entry is [string, Value] => entry[1] !== undefined && entry[1] !== null,
  );
  const proxied = inputs.proxied ?? false;
  return {
    proxied,
    ...Object.fromEntries(told.map(([key, value]): [string, Value] => [key, snakeCased(value)])),
  };
}

/** Computed fields that a PUT sends as the state has them. */
function kept(outputs: Known): Known {
  return { settings: snakeCased(outputs.settings ?? {}), tags: outputs.tags ?? [] };
}

async function find(api: CloudflareApi, path: string, context: CallContext): Promise<Known | undefined> {
  try {
    return await api.request<Known>("GET", path, context);
  } catch (thrown) {
    if (!(thrown instanceof CloudflareError) || thrown.status !== 404) throw thrown;
    const detail = "The resource was not found on the server and will be removed from state.";
    context.log("warning", `[WARNING] ${detail}: Resource not found`);
    return undefined;
  }
}

/** What the API says, and nothing it does not. */
function outputsOf(record: Known, inputs: Known): Properties {
  const told = camelCased(record);
  const fields = without(isMap(told) ? told : {}, "zoneName", "locked");
  return {
    ...fields,
    meta: JSON.stringify(record.meta ?? {}),
    settings: fields.settings ?? {},
    tags: fields.tags ?? [],
    zoneId: inputs.zoneId,
    includeShadowMetadata: inputs.includeShadowMetadata ?? false,
    privateRouting: fields.privateRouting ?? false,
  };
}

function without(properties: Known, ...names: readonly string[]): Known {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !names.includes(key)));
}

/** What state keeps as the program wrote it; a priority or comment that was not asked for is not in state yet. */
function asWritten(inputs: Known): Properties {
  const { name, content, data, priority, comment } = inputs;
  return {
    name,
    ...(content === undefined ? {} : { content }),
    ...(data === undefined ? {} : { data }),
    priority,
    comment,
  };
}

/** A name relative to the zone, or `@`, is hidden drift: it stays as state has it. */
function keptName(now: string, outputs: Known): string {
  const { name } = outputs;
  if (typeof name !== "string") return now;
  return name === "@" || now.startsWith(`${name}.`) ? name : now;
}

/** Inputs after a refresh, or all of a record at an import. */
function inputsOf(inputs: Known, now: Properties): Properties {
  const imported = Object.keys(inputs).length === 0;
  const keys = imported
    ? [
        "comment",
        now.data === undefined ? "content" : "data",
        "name",
        "priority",
        "proxied",
        "ttl",
        "type",
        "zoneId",
      ]
    : Object.keys(inputs).filter((key) => now[key] !== undefined);
  const present = Object.fromEntries(keys.map((key) => [key, now[key]]));
  const { data } = inputs;
  return {
    ...inputs,
    ...present,
    ...(isMap(data) && isMap(now.data) ? { data: sameFields(data, now.data) } : {}),
  };
}

/** The fields of `data` that the program gave, as they are now; the API may tell more. */
function sameFields(given: Known, now: Known): { readonly [key: string]: Value } {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, now[key] ?? value]));
}
