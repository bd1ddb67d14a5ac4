/** `/v1/zones`: zones and their actions. Only primary zones: nothing here transfers one from elsewhere. */
import { z } from "zod";
import { checkLimit, checkUnprotected, type HetznerCloud } from "../cloud.ts";
import { HetznerError, invalid, notUnique, parseBody } from "../errors.ts";
import { listAnswer } from "../listing.ts";
import { labelsSchema, newRoutes, readBody, type Routes } from "../routes.ts";
import type { Zone } from "../state.ts";
import { addZone, findZone, makeRrset, rrsetSchema, ttlSchema, zoneAnswer } from "./books.ts";
import { publish, zoneResource } from "./publish.ts";
import { rrsetActionRoutes } from "./rrsetActions.ts";
import { rrsetRoutes } from "./rrsets.ts";
import { exportZoneFile, parseZoneFile } from "./zoneFile.ts";

const ZONE_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

const createSchema = z.strictObject({
  name: z.string().max(255).regex(ZONE_NAME, "must be a domain name in lower case without a final dot"),
  mode: z.enum(["primary", "secondary"]),
  ttl: ttlSchema.optional(),
  labels: labelsSchema.optional(),
  rrsets: z.array(rrsetSchema).optional(),
  zonefile: z.string().optional(),
  primary_nameservers: z.array(z.unknown()).optional(),
});

/** Create, list, read, label, protect, delete; then the record sets of a zone. */
export function zoneRoutes(cloud: HetznerCloud): Routes {
  const { data } = cloud.store;
  const app = newRoutes();
  app.get("/", (context) => {
    const mode = context.req.query("mode");
    const zones = data.zones.filter(() => mode === undefined || mode === "primary");
    return context.json(listAnswer("zones", zones, context.req.queries(), (zone) => zoneAnswer(cloud, zone)));
  });
  app.post("/", async (context) => {
    const zone = createZone(cloud, parseBody(createSchema, await readBody(context)));
    const action = publish(cloud, zone, "create_zone");
    cloud.store.save();
    return context.json({ zone: zoneAnswer(cloud, zone), action }, 201);
  });
  app.get("/:zone", (context) =>
    context.json({ zone: zoneAnswer(cloud, findZone(cloud, context.req.param("zone"))) }),
  );
  app.put("/:zone", async (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    const body = parseBody(z.strictObject({ labels: labelsSchema.optional() }), await readBody(context));
    zone.labels = body.labels ?? zone.labels;
    cloud.store.save();
    return context.json({ zone: zoneAnswer(cloud, zone) });
  });
  app.delete("/:zone", (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    checkUnprotected(zone, "zone");
    data.zones.splice(data.zones.indexOf(zone), 1);
    const action = cloud.actions.run("delete_zone", zoneResource(zone), `zone ${zone.id}`, () =>
      cloud.zones.remove(zone),
    );
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.get("/:zone/zonefile", (context) =>
    context.json({ zonefile: exportZoneFile(findZone(cloud, context.req.param("zone"))) }),
  );
  actionRoutes(cloud, app);
  rrsetRoutes(cloud, app);
  rrsetActionRoutes(cloud, app);
  return app;
}

function actionRoutes(cloud: HetznerCloud, app: Routes): void {
  app.post("/:zone/actions/change_protection", async (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    const body = parseBody(z.strictObject({ delete: z.boolean().optional() }), await readBody(context));
    zone.protected = body.delete ?? zone.protected;
    const action = cloud.actions.done("change_zone_protection", zoneResource(zone));
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post("/:zone/actions/change_ttl", async (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    zone.ttl = parseBody(z.strictObject({ ttl: ttlSchema }), await readBody(context)).ttl;
    const action = publish(cloud, zone, "change_zone_ttl");
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post("/:zone/actions/change_primary_nameservers", (context) => {
    findZone(cloud, context.req.param("zone"));
    const message = "zone mode 'primary' does not support this operation";
    throw new HetznerError(422, "incorrect_zone_mode", message);
  });
  app.post("/:zone/actions/import_zonefile", async (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    const body = parseBody(z.strictObject({ zonefile: z.string() }), await readBody(context));
    if (zone.rrsets.some((rrset) => rrset.protected)) {
      throw new HetznerError(423, "protected", "an RRSet of the zone is protected");
    }
    fill(zone, parseZoneFile(zone, body.zonefile));
    const action = publish(cloud, zone, "import_zonefile");
    cloud.store.save();
    return context.json({ action }, 201);
  });
}

function createZone(cloud: HetznerCloud, body: z.infer<typeof createSchema>): Zone {
  const { data } = cloud.store;
  const { name, mode, rrsets = [], zonefile } = body;
  // Who needs one gets a clear refusal instead of a zone that stays empty.
  if (mode === "secondary") throw invalid("mode", "the sandbox keeps primary zones only");
  if (zonefile !== undefined && rrsets.length > 0) throw invalid("rrsets", "must be empty beside a zonefile");
  checkLimit(cloud, "zones");
  if (data.zones.some((zone) => zone.name === name)) throw notUnique("name", "zone name");
  if (data.zones.some((zone) => name.endsWith(`.${zone.name}`))) {
    throw invalid("name", "subdomains are not supported");
  }
  const zone = addZone(data, name, cloud.nameServers, {
    ...(body.ttl === undefined ? {} : { ttl: body.ttl }),
    ...(body.labels === undefined ? {} : { labels: body.labels }),
  });
  try {
    fill(zone, zonefile === undefined ? rrsets : parseZoneFile(zone, zonefile));
  } catch (refusal) {
    data.zones.splice(data.zones.indexOf(zone), 1);
    throw refusal;
  }
  return zone;
}

/** Replaces everything in a zone but its own SOA and NS; all or nothing. */
function fill(zone: Zone, bodies: readonly z.infer<typeof rrsetSchema>[]): void {
  const fresh: Zone = { ...zone, rrsets: zone.rrsets.filter(isOwn) };
  for (const body of bodies) fresh.rrsets.push(makeRrset(fresh, body));
  zone.rrsets = fresh.rrsets;
}

function isOwn({ name, type }: Zone["rrsets"][number]): boolean {
  return name === "@" && (type === "SOA" || type === "NS");
}
