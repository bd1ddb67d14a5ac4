/** `/v1/zones/{zone}/rrsets/{name}/{type}/actions`: changes of a record set. */
import type { Context } from "hono";
import { z } from "zod";
import type { NodeEnv } from "../../serve/listen.ts";
import type { HetznerCloud } from "../cloud.ts";
import { invalid, notFound, parseBody } from "../errors.ts";
import { readBody, type Routes } from "../routes.ts";
import type { Action, Rrset, Zone } from "../state.ts";
import { findZone, makeRrset, recordsSchema, rrsetSchema, setRecords, ttlSchema } from "./books.ts";
import { checkChangeable, RRSET_PATH, rrsetOf } from "./rrsets.ts";
import { publish, zoneResource } from "./publish.ts";

const onlyRecords = z.strictObject({ records: recordsSchema });
const commentsSchema = z.strictObject({
  records: z
    .array(z.strictObject({ value: z.string(), comment: z.string() }))
    .min(1)
    .max(50),
});
const addSchema = z.strictObject({ records: recordsSchema, ttl: ttlSchema.nullish() });

/** Adds them to the routes of zones. */
export function rrsetActionRoutes(cloud: HetznerCloud, app: Routes): void {
  const path = `${RRSET_PATH}/actions` as const;
  app.post(`${path}/change_protection`, async (context) => {
    const { zone, rrset } = rrsetOf(cloud, context);
    rrset.protected = parseBody(z.strictObject({ change: z.boolean() }), await readBody(context)).change;
    const action = cloud.actions.done("change_rrset_protection", zoneResource(zone));
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post(`${path}/change_ttl`, async (context) => {
    const { zone, rrset } = changeable(cloud, context);
    rrset.ttl = parseBody(z.strictObject({ ttl: ttlSchema.nullable() }), await readBody(context)).ttl;
    return context.json({ action: changed(cloud, zone, rrset, "change_rrset_ttl") }, 201);
  });
  app.post(`${path}/set_records`, async (context) => {
    const { zone, rrset } = changeable(cloud, context);
    setRecords(zone, rrset, parseBody(onlyRecords, await readBody(context)).records);
    return context.json({ action: changed(cloud, zone, rrset, "set_rrset_records") }, 201);
  });
  app.post(`${path}/add_records`, async (context) => {
    const body = parseBody(addSchema, await readBody(context));
    const { zone, rrset } = addRecords(cloud, context, body);
    return context.json({ action: changed(cloud, zone, rrset, "add_rrset_records") }, 201);
  });
  app.post(`${path}/remove_records`, async (context) => {
    const { zone, rrset } = changeable(cloud, context);
    const { records } = parseBody(onlyRecords, await readBody(context));
    for (const { value } of records) recordOf(rrset, value);
    const gone = records.map(({ value }) => value);
    rrset.records = rrset.records.filter(({ value }) => !gone.includes(value));
    if (rrset.records.length === 0) zone.rrsets.splice(zone.rrsets.indexOf(rrset), 1);
    return context.json({ action: changed(cloud, zone, rrset, "remove_rrset_records") }, 201);
  });
  app.post(`${path}/update_records`, async (context) => {
    const { zone, rrset } = changeable(cloud, context);
    const { records } = parseBody(commentsSchema, await readBody(context));
    for (const { value } of records) recordOf(rrset, value);
    for (const { value, comment } of records) recordOf(rrset, value).comment = comment;
    // The document answers this action alone with 200.
    return context.json({ action: changed(cloud, zone, rrset, "update_rrset_records") });
  });
}

function changeable(cloud: HetznerCloud, context: Context<NodeEnv>): { zone: Zone; rrset: Rrset } {
  const found = rrsetOf(cloud, context);
  checkChangeable(found.rrset);
  return found;
}

/** Makes the set where there is none. @throws HetznerError 422 for another time to live than the set's. */
function addRecords(
  cloud: HetznerCloud,
  context: Context<NodeEnv>,
  { records, ttl }: z.infer<typeof addSchema>,
): { zone: Zone; rrset: Rrset } {
  const zone = findZone(cloud, context.req.param("zone") ?? "");
  const [name, type] = [context.req.param("name"), context.req.param("type")];
  const rrset = zone.rrsets.find((one) => one.name === name && one.type === type);
  if (rrset === undefined) {
    const made = makeRrset(zone, parseBody(rrsetSchema, { name, type, ttl, records }));
    zone.rrsets.push(made);
    return { zone, rrset: made };
  }
  checkChangeable(rrset);
  if (ttl !== undefined && ttl !== null && ttl !== rrset.ttl)
    throw invalid("ttl", "is not that of the RRSet");
  setRecords(zone, rrset, [...rrset.records, ...records]);
  return { zone, rrset };
}

function recordOf(rrset: Rrset, value: string): Rrset["records"][number] {
  const found = rrset.records.find((record) => record.value === value);
  if (found === undefined) throw notFound("record", value);
  return found;
}

function changed(cloud: HetznerCloud, zone: Zone, rrset: Rrset, command: string): Action {
  const action = publish(cloud, zone, command, `${rrset.name}/${rrset.type}`);
  cloud.store.save();
  return action;
}
