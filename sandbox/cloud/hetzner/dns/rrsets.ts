/** `/v1/zones/{zone}/rrsets`: record sets. Every change is an action that ends when the name server answers so. */
import type { Context } from "hono";
import { z } from "zod";
import type { NodeEnv } from "../../serve/listen.ts";
import type { HetznerCloud } from "../cloud.ts";
import { HetznerError, invalid, parseBody } from "../errors.ts";
import { listAnswer } from "../listing.ts";
import { labelsSchema, readBody, type Routes } from "../routes.ts";
import type { Rrset, Zone } from "../state.ts";
import { findRrset, findZone, makeRrset, rrsetAnswer, rrsetSchema } from "./books.ts";
import { publish } from "./publish.ts";

/** Path of one record set below `/v1/zones`. */
export const RRSET_PATH = "/:zone/rrsets/:name/:type";
const MOST_PER_PAGE = 100;

/** Adds them to the routes of zones. */
export function rrsetRoutes(cloud: HetznerCloud, app: Routes): void {
  app.get("/:zone/rrsets", (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    const types = context.req.queries("type");
    const sets = zone.rrsets
      .filter(({ type }) => types === undefined || types.includes(type))
      .map((rrset) => ({ id: `${rrset.name}/${rrset.type}`, name: rrset.name, labels: rrset.labels, rrset }));
    const show = ({ rrset }: (typeof sets)[number]): unknown => rrsetAnswer(cloud, zone, rrset);
    return context.json(listAnswer("rrsets", sets, context.req.queries(), show, MOST_PER_PAGE));
  });
  app.post("/:zone/rrsets", async (context) => {
    const zone = findZone(cloud, context.req.param("zone"));
    const rrset = makeRrset(zone, parseBody(rrsetSchema, await readBody(context)));
    zone.rrsets.push(rrset);
    const action = publish(cloud, zone, "create_rrset", `${rrset.name}/${rrset.type}`);
    cloud.store.save();
    return context.json({ rrset: rrsetAnswer(cloud, zone, rrset), action }, 201);
  });
  app.get(RRSET_PATH, (context) => {
    const { zone, rrset } = rrsetOf(cloud, context);
    return context.json({ rrset: rrsetAnswer(cloud, zone, rrset) });
  });
  app.put(RRSET_PATH, async (context) => {
    const { zone, rrset } = rrsetOf(cloud, context);
    const body = parseBody(z.strictObject({ labels: labelsSchema.optional() }), await readBody(context));
    rrset.labels = body.labels ?? rrset.labels;
    cloud.store.save();
    return context.json({ rrset: rrsetAnswer(cloud, zone, rrset) });
  });
  app.delete(RRSET_PATH, (context) => {
    const { zone, rrset } = rrsetOf(cloud, context);
    checkChangeable(rrset);
    zone.rrsets.splice(zone.rrsets.indexOf(rrset), 1);
    const action = publish(cloud, zone, "delete_rrset", `${rrset.name}/${rrset.type}`);
    cloud.store.save();
    return context.json({ action }, 201);
  });
}

/** Zone and record set of a request. @throws HetznerError 404 */
export function rrsetOf(cloud: HetznerCloud, context: Context<NodeEnv>): { zone: Zone; rrset: Rrset } {
  const zone = findZone(cloud, context.req.param("zone") ?? "");
  const [name = "", type = ""] = [context.req.param("name"), context.req.param("type")];
  return { zone, rrset: findRrset(zone, name, type) };
}

/** @throws HetznerError 423 where it is protected, 422 for the zone's own: a change would be in the books alone. */
export function checkChangeable(rrset: Rrset): void {
  if (rrset.protected) throw new HetznerError(423, "protected", "rrset is protected against changes");
  if (rrset.name === "@" && (rrset.type === "SOA" || rrset.type === "NS")) {
    throw invalid("type", `the zone's own ${rrset.type} is kept by the sandbox`);
  }
}
