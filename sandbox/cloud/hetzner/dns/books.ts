/** Zones and record sets in the books: how they are found, made, checked, shown and served. */
import { z } from "zod";
import { answeredText } from "../../serve/text.ts";
import type { ServedRecord, ServedZone } from "../../serve/zoneWriter.ts";
import { takeId, timestamp } from "../actions.ts";
import type { HetznerCloud } from "../cloud.ts";
import { HetznerError, invalid, notFound } from "../errors.ts";
import { labelsSchema } from "../routes.ts";
import type { HetznerState, Rrset, Zone } from "../state.ts";
import { rdataOf, RRSET_TYPES } from "./recordValue.ts";

/** Seconds, as every time to live is limited. */
export const ttlSchema = z.int().min(60).max(2_147_483_647);

const recordSchema = z.strictObject({ value: z.string().min(1), comment: z.string().optional() });
/** Records of an action: 1 to 50 with values of their own. */
export const recordsSchema = z.array(recordSchema).min(1).max(50);
/** A record set as a request makes it. */
export const rrsetSchema = z.strictObject({
  name: z.string(),
  type: z.enum(RRSET_TYPES),
  ttl: ttlSchema.nullish(),
  labels: labelsSchema.optional(),
  records: z.array(recordSchema).min(1),
});

const LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
const RELATIVE = new RegExp(`^(@|\\*|(\\*\\.)?${LABEL}(\\.${LABEL})*)$`);
/** Of the SOA: refresh, retry, expire, minimum. */
const SOA_TIMES = "86400 10800 3600000 3600";

/** A zone by number or name. @throws HetznerError 404 */
export function findZone(cloud: HetznerCloud, idOrName: string): Zone {
  const found = cloud.store.data.zones.find(({ id, name }) => String(id) === idOrName || name === idOrName);
  if (found === undefined) throw notFound("zone", idOrName);
  return found;
}

/** A record set by name and type. @throws HetznerError 404 */
export function findRrset(zone: Zone, name: string, type: string): Rrset {
  const found = zone.rrsets.find((one) => one.name === name && one.type === type);
  if (found === undefined) throw notFound("rrset", `${name}/${type}`);
  return found;
}

/** Adds a zone with its SOA and NS. Nothing is checked. */
export function addZone(
  state: HetznerState,
  name: string,
  nameServers: readonly string[],
  more: { readonly ttl?: number; readonly labels?: Record<string, string> } = {},
): Zone {
  const dotted = nameServers.map((server) => ({ value: `${server}.` }));
  const own = { name: "@", ttl: null, labels: {}, protected: false };
  const soa = { value: `${dotted[0]?.value ?? ""} dns.hetzner.com. 1 ${SOA_TIMES}` };
  const zone: Zone = {
    id: takeId(state, "zones"),
    name,
    ttl: more.ttl ?? 3600,
    labels: more.labels ?? {},
    protected: false,
    created: timestamp(),
    rrsets: [
      { ...own, type: "SOA", records: [soa] },
      { ...own, type: "NS", records: dotted },
    ],
  };
  state.zones.push(zone);
  return zone;
}

/** Adds the zones that an account has from the start and that are not there yet. */
export function seedHetznerZones(
  state: HetznerState,
  names: readonly string[],
  nameServers: readonly string[],
): void {
  // Books from before there were zones have no number for them.
  state.nextId["zones"] ??= 6001;
  for (const name of names) {
    if (!state.zones.some((zone) => zone.name === name)) addZone(state, name, nameServers);
  }
}

/**
 * Makes a record set, which is not in the zone yet.
 * @throws HetznerError 409 where there is one of the name and type, 422 for what does not fit.
 */
export function makeRrset(zone: Zone, body: z.infer<typeof rrsetSchema>): Rrset {
  const { name, type, ttl = null, labels = {}, records } = body;
  if (!RELATIVE.test(name) || name.endsWith(zone.name)) {
    throw invalid("name", "must be relative to the zone, lower case, @ for the apex");
  }
  if (zone.rrsets.some((one) => one.name === name && one.type === type)) {
    const message = `an RRSet with name '${name}' and type '${type}' already exists`;
    throw new HetznerError(409, "uniqueness_error", message, { fields: [{ name: "name" }] });
  }
  const others = zone.rrsets.filter((one) => one.name === name);
  if (others.length > 0 && (type === "CNAME" || others.some((one) => one.type === "CNAME"))) {
    throw new HetznerError(422, "invalid_input", "a CNAME must be alone at its name", { fields: [] });
  }
  const rrset: Rrset = { name, type, ttl, labels, protected: false, records: [] };
  setRecords(zone, rrset, records);
  return rrset;
}

/** Gives a record set its records. @throws HetznerError 422 for a value that does not fit, or is there twice. */
export function setRecords(zone: Zone, rrset: Rrset, records: z.infer<typeof recordsSchema>): void {
  const wrong = records.find(({ value }) => rdataOf(rrset.type, value, zone.name) === undefined);
  if (wrong !== undefined) {
    throw invalid("records", `invalid ${rrset.type} value: ${wrong.value.slice(0, 80)}`);
  }
  if (new Set(records.map(({ value }) => value)).size < records.length) {
    throw invalid("records", "must only contain distinct record values");
  }
  if (rrset.type === "CNAME" && records.length > 1) throw invalid("records", "a CNAME has one record");
  rrset.records = records.map(({ value, comment = "" }) => ({
    value,
    ...(comment === "" ? {} : { comment }),
  }));
}

/** What the name server answers with. The zone's own SOA and NS are the server's. */
export function servedZone(zone: Zone, nameServers: readonly string[]): ServedZone {
  const own = (rrset: Rrset): boolean => rrset.type === "SOA" || (rrset.type === "NS" && rrset.name === "@");
  const records = zone.rrsets
    .filter((rrset) => !own(rrset))
    .flatMap((rrset) =>
      rrset.records.flatMap(({ value }): ServedRecord[] => {
        const name = rrset.name === "@" ? zone.name : `${rrset.name}.${zone.name}`;
        const rdata = rdataOf(rrset.type, value, zone.name);
        return rdata === undefined
          ? []
          : [{ name, type: rrset.type, ttlSeconds: rrset.ttl ?? zone.ttl, rdata }];
      }),
    );
  return { nameServers, records };
}

/** A zone as the API shows it: `updating` while an action of it runs. */
export function zoneAnswer(cloud: HetznerCloud, zone: Zone): Record<string, unknown> {
  const { id, name, ttl, labels, created } = zone;
  const assigned = cloud.nameServers.map((server) => `${server}.`);
  const isAt = ({ resources }: HetznerState["actions"][number]): boolean =>
    resources.some((one) => one.type === "zone" && one.id === id);
  const actions = cloud.store.data.actions.filter(isAt);
  const busy = actions.some(({ status }) => status === "running");
  return {
    ...{ id, name, ttl, labels, created },
    mode: "primary",
    primary_nameservers: [],
    protection: { delete: zone.protected },
    authoritative_nameservers: {
      assigned,
      delegated: assigned,
      delegation_last_check: created,
      delegation_status: "valid",
    },
    record_count: zone.rrsets.reduce((sum, { records }) => sum + records.length, 0),
    registrar: "other",
    status: busy ? "updating" : actions.at(-1)?.status === "error" ? "error" : "ok",
  };
}

/** A record set as the API shows it. */
export function rrsetAnswer(cloud: HetznerCloud, zone: Zone, rrset: Rrset): Record<string, unknown> {
  const { name, type, ttl, labels } = rrset;
  const shown = (value: string): string => (type === "TXT" ? answeredText(value, cloud.textForm()) : value);
  const records = rrset.records.map((record) => ({ ...record, value: shown(record.value) }));
  const protection = { change: rrset.protected };
  return { id: `${name}/${type}`, name, type, ttl, labels, protection, records, zone: zone.id };
}
