/** Look-ups: `getZone`, `getZones`, `getZoneRrset`, `getZoneRrsets`. */
import { createHash } from "node:crypto";
import type { FunctionHandler, Known } from "../../protocol/handler.ts";
import { asText } from "../../protocol/value.ts";
import type { Properties, Value } from "../../protocol/value.ts";
import type { HcloudApi } from "../api.ts";
import { numberOf, textOf } from "../../protocol/inputs.ts";
import { type Rrset, rrsetOutputs, rrsetPath, step, type Zone, zoneOutputs } from "./model.ts";

interface Paged {
  readonly meta: { readonly pagination: { readonly next_page: number | null } };
}

/** The functions, on an API that is there once the provider is configured. */
export function dnsFunctions(api: () => HcloudApi): Readonly<Record<string, FunctionHandler>> {
  return {
    "hcloud:index/getZone:getZone": async (args, { signal }) => {
      const name = numberOf(args, "id") ?? textOf(args, "name");
      const zone =
        name === undefined
          ? onlyOne(await allZones(api(), args, signal), "zone", args)
          : await lookUp<{ zone: Zone }>(api(), `/zones/${step(`${name}`)}`, "zone", signal);
      return { ...args, ...zoneLookedUp("zone" in zone ? zone.zone : zone) };
    },
    "hcloud:index/getZones:getZones": async (args, { signal }) => {
      const zones = await allZones(api(), args, signal);
      return { ...args, id: idOf(zones.map(({ id }) => `${id}`)), zones: zones.map(zoneLookedUp) };
    },
    "hcloud:index/getZoneRrset:getZoneRrset": async (args, { signal }) => {
      const zone = asText(args.zone);
      const id = textOf(args, "id") ?? [textOf(args, "name"), textOf(args, "type")].join("/");
      const rrset = args.withSelector
        ? onlyOne(await allRrsets(api(), args, signal), "zone rrset", args)
        : await lookUp<{ rrset: Rrset }>(api(), rrsetPath(zone, id), "zone rrset", signal);
      return { ...args, ...rrsetLookedUp(zone, "rrset" in rrset ? rrset.rrset : rrset) };
    },
    "hcloud:index/getZoneRrsets:getZoneRrsets": async (args, { signal }) => {
      const zone = asText(args.zone);
      const rrsets = await allRrsets(api(), args, signal);
      const shown = rrsets.map((rrset) => rrsetLookedUp(zone, rrset));
      return { ...args, id: idOf(rrsets.map(({ id }) => id)), rrsets: shown };
    },
  };
}

async function lookUp<T>(api: HcloudApi, path: string, what: string, signal: AbortSignal): Promise<T> {
  const found = await api.find<T>(path, signal);
  if (found === undefined) throw new Error(`Resource (${what}) was not found: ${path}`);
  return found;
}

async function allPages<T>(
  api: HcloudApi,
  path: string,
  args: Known,
  signal: AbortSignal,
  take: (answer: Record<string, T[]>) => T[],
): Promise<T[]> {
  const selector = textOf(args, "withSelector");
  const query = new URLSearchParams(selector === undefined ? {} : { label_selector: selector });
  const things: T[] = [];
  for (let page: number | null = 1; page !== null;) {
    query.set("page", `${page}`);
    query.set("per_page", "50");
    const answer: unknown = await api.request("GET", `${path}?${query.toString()}`, signal);
    things.push(...take(answer as Record<string, T[]>));
    page = (answer as Paged).meta.pagination.next_page;
  }
  return things;
}

function allZones(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Zone[]> {
  return allPages<Zone>(api, "/zones", args, signal, ({ zones = [] }) => zones);
}

function allRrsets(api: HcloudApi, args: Known, signal: AbortSignal): Promise<Rrset[]> {
  const path = `/zones/${step(asText(args.zone))}/rrsets`;
  return allPages<Rrset>(api, path, args, signal, ({ rrsets = [] }) => rrsets);
}

function onlyOne<T>(things: readonly T[], what: string, args: Known): T {
  const [found] = things;
  if (found === undefined || things.length > 1) {
    const count = things.length === 0 ? "no" : "more than one";
    throw new Error(`${count} ${what} found for label selector: ${asText(args.withSelector)}`);
  }
  return found;
}

/** A zone as a look-up answers it: the id a number. */
function zoneLookedUp(zone: Zone): { readonly [key: string]: Value } {
  return { ...known(zoneOutputs(zone)), id: zone.id };
}

/** A set as a look-up answers it: comments always there. */
function rrsetLookedUp(zone: string, rrset: Rrset): { readonly [key: string]: Value } {
  const records = rrset.records.map(({ value, comment = "" }) => ({ value, comment }));
  return { ...known(rrsetOutputs(zone, rrset)), ttl: rrset.ttl ?? 0, records };
}

function known(properties: Properties): { readonly [key: string]: Value } {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function idOf(ids: readonly string[]): string {
  return createHash("sha1").update(ids.join("-")).digest("hex");
}
