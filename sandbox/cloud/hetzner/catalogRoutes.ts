/** What can be ordered, and the actions: `/v1/locations`, `/server_types`, `/images`, `/datacenters`, `/actions`. */
import {
  dataCenterAnswer,
  dataCenterOf,
  IMAGES,
  imageAnswer,
  LOCATIONS,
  SERVER_TYPES,
  serverTypeAnswer,
} from "./catalog.ts";
import type { HetznerCloud } from "./cloud.ts";
import { findZone } from "./dns/books.ts";
import { invalid, notFound } from "./errors.ts";
import { type Listed, listAnswer } from "./listing.ts";
import type { Routes } from "./routes.ts";

/** Adds the read-only lists to the API. */
export function addCatalog(app: Routes): void {
  addList(app, "locations", "location", LOCATIONS, (place) => ({ ...place }));
  addList(app, "server_types", "server_type", SERVER_TYPES, serverTypeAnswer);
  const centres = LOCATIONS.map((place) => ({ ...dataCenterOf(place), place }));
  const recommendation = centres[0]?.id;
  addList(app, "datacenters", "datacenter", centres, ({ place }) => dataCenterAnswer(place), {
    recommendation,
  });
  app.get("/images", (context) => {
    const wanted = context.req.queries("architecture");
    const type = context.req.queries("type");
    const images = IMAGES.filter(
      (image) =>
        (wanted === undefined || wanted.includes(image.architecture)) &&
        (type === undefined || type.includes("system")) &&
        context.req.query("bound_to") === undefined,
    );
    return context.json(listAnswer("images", images, context.req.queries(), imageAnswer));
  });
  app.get("/images/:id", (context) => {
    const image = IMAGES.find((one) => String(one.id) === context.req.param("id"));
    if (image === undefined) throw notFound("image", context.req.param("id"));
    return context.json({ image: imageAnswer(image) });
  });
}

function addList<T extends Listed>(
  app: Routes,
  many: string,
  one: string,
  things: readonly T[],
  show: (thing: T) => Record<string, unknown>,
  more: Record<string, unknown> = {},
): void {
  app.get(`/${many}`, (context) =>
    context.json({ ...listAnswer(many, things, context.req.queries(), show), ...more }),
  );
  app.get(`/${many}/:id`, (context) => {
    const found = things.find((thing) => String(thing.id) === context.req.param("id"));
    if (found === undefined) throw notFound(one, context.req.param("id"));
    return context.json({ [one]: show(found) });
  });
}

const OWNERS = {
  servers: "server",
  primary_ips: "primary_ip",
  firewalls: "firewall",
  zones: "zone",
  volumes: "volume",
} as const;

/** Adds the ways to look at actions. They come before the groups, whose `/:id` would take `actions` for a number. */
export function addActions(app: Routes, cloud: HetznerCloud): void {
  const { data } = cloud.store;
  app.get("/actions", (context) => {
    const ids = context.req.queries("id");
    if (ids === undefined) throw invalid("id", "is required");
    const actions = data.actions.filter((action) => ids.includes(String(action.id)));
    return context.json(listAnswer("actions", actions, context.req.queries(), (action) => action));
  });
  app.get("/actions/:id", (context) => context.json({ action: actionOf(cloud, context.req.param("id")) }));
  for (const [group, type] of Object.entries(OWNERS)) {
    app.get(`/${group}/actions`, (context) => {
      const actions = data.actions.filter((action) => action.resources.some((one) => one.type === type));
      return context.json(listAnswer("actions", actions, context.req.queries(), (action) => action));
    });
    app.get(`/${group}/actions/:id`, (context) =>
      context.json({ action: actionOf(cloud, context.req.param("id"), type) }),
    );
    app.get(`/${group}/:owner/actions`, (context) => {
      const owner = ownerId(cloud, type, context.req.param("owner"));
      const actions = data.actions.filter((action) =>
        action.resources.some((one) => one.type === type && String(one.id) === owner),
      );
      return context.json(listAnswer("actions", actions, context.req.queries(), (action) => action));
    });
    app.get(`/${group}/:owner/actions/:id`, (context) =>
      context.json({
        action: actionOf(
          cloud,
          context.req.param("id"),
          type,
          ownerId(cloud, type, context.req.param("owner")),
        ),
      }),
    );
  }
}

/** A zone is named by its number or its name, all else by number. */
function ownerId(cloud: HetznerCloud, type: string, owner: string): string {
  return type === "zone" ? String(findZone(cloud, owner).id) : owner;
}

function actionOf(cloud: HetznerCloud, id: string, type?: string, owner?: string) {
  const action = cloud.store.data.actions.find((one) => String(one.id) === id);
  const fits = action?.resources.some(
    (one) => (type ?? one.type) === one.type && (owner ?? String(one.id)) === String(one.id),
  );
  if (action === undefined || fits !== true) throw notFound("action", id);
  return action;
}
