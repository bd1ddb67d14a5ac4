/** Look-ups: `getZone`, `getZones`, `getDnsRecords`. */
import type { CallContext, FunctionHandler, Known } from "../protocol/handler.ts";
import { asText, isMap } from "../protocol/value.ts";
import type { Properties, Value } from "../protocol/value.ts";
import type { CloudflareApi } from "./api.ts";
import { camelCased } from "./casing.ts";

const MAX_ITEMS = 1000;

/** The functions, on an API that is there once the provider is configured. */
export function cloudflareFunctions(api: () => CloudflareApi): Readonly<Record<string, FunctionHandler>> {
  return {
    "cloudflare:index/getZone:getZone": (args, context) => getZone(api(), args, context),
    "cloudflare:index/getZones:getZones": async (args, context) => {
      const { maxItems, ...filter } = args;
      const results = await listAll(api(), "/zones", filter, maxItems, context);
      return { match: "all", ...args, id: "zones", results };
    },
    "cloudflare:index/getDnsRecords:getDnsRecords": async (args, context) => {
      const { zoneId, maxItems, includeShadowMetadata, ...filter } = args;
      const path = `/zones/${asText(zoneId)}/dns_records`;
      const results = await listAll(api(), path, filter, maxItems, context);
      const shadow = includeShadowMetadata ?? false;
      return {
        ...args,
        includeShadowMetadata: shadow,
        id: asText(zoneId),
        results: results.map(withMetaText),
      };
    },
  };
}

/** Two calls by name (the list, then the zone), one by id. */
async function getZone(api: CloudflareApi, args: Known, context: CallContext): Promise<Properties> {
  const id = typeof args.zoneId === "string" ? args.zoneId : await zoneIdByName(api, args, context);
  const told = camelCased(await api.request<Value>("GET", `/zones/${id}`, context));
  return { ...(isMap(told) ? told : {}), ...args, id, zoneId: id };
}

async function zoneIdByName(api: CloudflareApi, args: Known, context: CallContext): Promise<string> {
  const filter = isMap(args.filter) ? args.filter : {};
  const zones = await api.request<{ id: string }[]>("GET", `/zones${query(filter)}`, context);
  const [zone] = zones;
  if (zone === undefined || zones.length > 1) {
    throw new Error(`failed to find exactly one result: found ${zones.length}`);
  }
  return zone.id;
}

/** All pages: asks on until one is empty, so once more than there are pages. */
async function listAll(
  api: CloudflareApi,
  path: string,
  filter: Known,
  maxItems: Value | undefined,
  context: CallContext,
): Promise<Value[]> {
  const most = typeof maxItems === "number" ? maxItems : MAX_ITEMS;
  const results: Value[] = [];
  for (let page = 1; results.length < most; page++) {
    const asked = page === 1 ? filter : { ...filter, page };
    const items = await api.request<Value[]>("GET", `${path}${query(asked)}`, context);
    if (items.length === 0) break;
    results.push(...items.map(camelCased));
  }
  return results.slice(0, most);
}

/** Nested filters as `name.exact`, keys in alphabetical order. */
function query(filter: Known): string {
  const pairs = Object.entries(filter).flatMap(([key, value]): [string, string][] =>
    isMap(value)
      ? Object.entries(value).map(([inner, text]) => [`${key}.${inner}`, asText(text)])
      : [[key, asText(value)]],
  );
  if (pairs.length === 0) return "";
  return `?${new URLSearchParams(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))).toString()}`;
}

function withMetaText(record: Value): Value {
  return isMap(record) ? { ...record, meta: JSON.stringify(record.meta ?? {}) } : record;
}
