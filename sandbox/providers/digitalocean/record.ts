/**
 * `digitalocean.DnsRecord`. Calls: POST, GET; GET; PUT without a type, GET; DELETE, where 404 is as good.
 *
 * State has what the API answers, targets with a final dot put back. An import takes `DOMAIN,ID`.
 */
import type { CallContext, Deployed, Known, ResourceHandler } from "../protocol/handler.ts";
import { PartialFailure } from "../protocol/handler.ts";
import { compareInputs } from "../protocol/diff.ts";
import { named, refreshed } from "../protocol/inputs.ts";
import { plannedCreate } from "../protocol/preview.ts";
import { sdkStep } from "../protocol/sdkWording.ts";
import { asText } from "../protocol/value.ts";
import type { Properties } from "../protocol/value.ts";
import { type DigitaloceanApi, isNotFound } from "./api.ts";
import { numbers, recordSchema, refusedInputs, requiredByType } from "./recordInputs.ts";

/** A record as the API shows it. */
interface Answer {
  readonly domain_record: {
    readonly id: number;
    readonly type: string;
    readonly name: string;
    readonly data: string;
    readonly ttl: number;
    readonly tag: string | null;
  } & Readonly<Record<(typeof numbers)[number], number | null>>;
}

/** The resource, on an API that is there once the provider is configured. */
export function dnsRecordResource(api: () => DigitaloceanApi): ResourceHandler {
  return {
    schema: recordSchema,
    check: (news, olds, context) => {
      const inputs = named(news, olds, context);
      return { inputs, failures: [...refusedInputs(inputs)] };
    },
    diff: (change, context) =>
      step(context, "diffing", () => {
        const replaced = recordSchema.replaceOn.some(
          (key) => change.newInputs[key] !== change.oldOutputs[key],
        );
        requireByType(replaced ? change.newInputs : { ...change.oldOutputs, ...change.newInputs });
        return compareInputs({ schema: recordSchema, normalise }, change);
      }),
    previewCreate: (inputs, context) =>
      step(context, "", () => {
        requireByType(inputs);
        return plannedCreate(recordSchema, inputs);
      }),
    create: (inputs, context) => step(context, "", () => create(api(), inputs)),
    read: async (id, outputs, inputs) => {
      const place = placeOf(id, outputs);
      const now = await find(api(), place.domain, place.id);
      if (now === undefined) return undefined;
      return { id: place.id, outputs: now, inputs: refreshed(inputs, now, imported(now)) };
    },
    update: (id, olds, news, context) =>
      step(context, "updating", async () => {
        requireByType({ ...olds.outputs, ...news });
        const domain = asText(news.domain);
        const body = bodyOf({ ttl: olds.outputs.ttl ?? null, ...news });
        await said("Failed to update record", api().request("PUT", recordPath(domain, id), body));
        const now = await find(api(), domain, id);
        if (now === undefined) throw new Error(`record ${id} is gone`);
        return now;
      }),
    delete: (id, olds, context) =>
      step(context, "deleting", async () => {
        const path = recordPath(asText(olds.outputs.domain), id);
        try {
          await api().request("DELETE", path);
        } catch (thrown) {
          if (!isNotFound(thrown)) await said("Error deleting record", Promise.reject(thrown as Error));
        }
      }),
  };
}

async function create(api: DigitaloceanApi, inputs: Known): Promise<Deployed> {
  requireByType(inputs);
  if (inputs.type === "SRV" && inputs.port === undefined) throw new Error(requiredText("port", "SRV"));
  const domain = asText(inputs.domain);
  const body = { type: inputs.type, ...bodyOf(inputs) };
  const path = `/v2/domains/${domain}/records`;
  const made = await said("Failed to create record", api.request<Answer>("POST", path, body));
  const id = String(made.domain_record.id);
  try {
    const outputs = await find(api, domain, id);
    if (outputs !== undefined) return { id, outputs };
    throw new Error(`record ${id} is gone`);
  } catch (thrown) {
    // It is there; the state must not lose it.
    const outputs = { ...recordSchema.defaults, ...inputs, id };
    throw new PartialFailure(String(thrown), { id, outputs, inputs });
  }
}

/** The real plugin tells the engine of an error before it fails with it. */
function step<T>(context: CallContext, name: Parameters<typeof sdkStep>[1], work: () => T | Promise<T>) {
  return sdkStep(context, name, async () => {
    try {
      return await work();
    } catch (thrown) {
      context.log("error", thrown instanceof Error ? thrown.message : String(thrown));
      throw thrown;
    }
  });
}

async function said<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw new Error(`${what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}

function recordPath(domain: string, id: string): string {
  return `/v2/domains/${domain}/records/${id}`;
}

function placeOf(id: string, outputs: Known): { domain: string; id: string } {
  const [domain = "", record] = id.split(",");
  const place = record === undefined ? { domain: asText(outputs.domain), id } : { domain, id: record };
  if (/^\d+$/.test(place.id)) return place;
  throw new Error(`invalid record ID: strconv.Atoi: parsing "${place.id}": invalid syntax`);
}

/** Numbers go with every type, 0 where they are not given. */
function bodyOf(inputs: Known): Record<string, unknown> {
  const { name, value, ttl, tag } = inputs;
  return {
    name,
    data: value,
    ...Object.fromEntries(numbers.map((key) => [key, inputs[key] ?? 0])),
    ...(typeof ttl === "number" ? { ttl } : {}),
    ...(tag === undefined || tag === "" ? {} : { tag }),
  };
}

async function find(api: DigitaloceanApi, domain: string, id: string): Promise<Properties | undefined> {
  try {
    const { domain_record: record } = await api.request<Answer>("GET", recordPath(domain, id));
    return outputsOf(domain, record);
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

const TARGETS = ["CNAME", "MX", "NS", "SRV", "CAA"];

function outputsOf(domain: string, record: Answer["domain_record"]): Properties {
  const { id, type, name, data, ttl, tag } = record;
  const dotted = TARGETS.includes(type) && data !== "@" && tag !== "iodef";
  return {
    id: String(id),
    domain,
    type,
    name,
    value: dotted ? `${data}.` : data,
    ttl,
    tag: tag ?? "",
    fqdn: fqdn(name, domain),
    ...Object.fromEntries(numbers.map((key) => [key, record[key] ?? 0])),
  };
}

function fqdn(name: string, domain: string): string {
  if (name === "@") return domain;
  const lower = name.toLowerCase();
  return lower.endsWith(`${domain}.`) ? lower.replace(/\.$/, "") : `${name}.${domain}`;
}

/** What a record has that is not the same as nothing. */
function imported(now: Properties): string[] {
  return (recordSchema.inputs ?? []).filter((key) => now[key] !== 0 && now[key] !== "");
}

/** The domain's own name is `@`, and a name may be given whole. */
function normalise(inputs: Known): Properties {
  const { domain, name, value } = inputs;
  if (typeof domain !== "string") return inputs;
  const whole = `${domain}.`;
  const short =
    typeof name === "string" && name.endsWith(`.${whole}`) ? name.slice(0, -whole.length - 1) : name;
  return { ...inputs, name: short === whole ? "@" : short, value: value === whole ? "@" : value };
}

/** What the state has counts as given, so that a 0 which an import left out is none that is missing. */
function requireByType(inputs: Known): void {
  const type = asText(inputs.type);
  const missing = requiredByType[type]?.find((key) => inputs[key] === undefined);
  if (missing !== undefined) throw new Error(requiredText(missing, type));
}

function requiredText(key: string, type: string): string {
  return `\`${key}\` is required for when type is \`${type}\``;
}
