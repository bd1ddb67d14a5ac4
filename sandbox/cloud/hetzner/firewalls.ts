/** `/v1/firewalls`. */
import { z } from "zod";
import { takeId, timestamp } from "./actions.ts";
import { checkLimit, find, type HetznerCloud, hostKey } from "./cloud.ts";
import { HetznerError, parseBody } from "./errors.ts";
import { pushFirewall, rulesSchema } from "./firewallRules.ts";
import { listAnswer } from "./listing.ts";
import { checkName, labelsSchema, nameSchema, newRoutes, readBody, type Routes } from "./routes.ts";
import type { Action, CloudServer, Firewall } from "./state.ts";

// Label selectors are not kept here: who needs them gets a clear refusal instead of a rule that does nothing.
const resourcesSchema = z.array(
  z.strictObject({ type: z.literal("server"), server: z.strictObject({ id: z.int() }) }),
);
const createSchema = z.strictObject({
  name: nameSchema,
  labels: labelsSchema.default({}),
  rules: rulesSchema.default([]),
  apply_to: resourcesSchema.default([]),
});
const updateSchema = z.strictObject({ name: nameSchema.optional(), labels: labelsSchema.optional() });
const MOST_PER_SERVER = 5;

/** Create, list, read, update, delete. */
export function firewallRoutes(cloud: HetznerCloud): Routes {
  const { data } = cloud.store;
  const app = newRoutes();
  app.get("/", (context) =>
    context.json(listAnswer("firewalls", data.firewalls, context.req.queries(), firewallAnswer)),
  );
  app.post("/", async (context) => {
    const body = parseBody(createSchema, await readBody(context));
    checkLimit(cloud, "firewalls");
    checkName(data.firewalls, body.name, "firewall");
    const { name, labels, rules } = body;
    const servers = body.apply_to.map(({ server }) => resourceServer(cloud, server.id, 422));
    const id = takeId(data, "firewalls");
    const firewall: Firewall = { id, name, labels, rules, servers: [], created: timestamp() };
    data.firewalls.push(firewall);
    const actions = [
      rulesAction(cloud, firewall),
      ...servers.map((server) => attach(cloud, firewall, server)),
    ];
    cloud.store.save();
    return context.json({ firewall: firewallAnswer(firewall), actions }, 201);
  });
  app.get("/:id", (context) =>
    context.json({ firewall: firewallAnswer(find(cloud, "firewalls", context.req.param("id"))) }),
  );
  app.put("/:id", async (context) => {
    const firewall = find(cloud, "firewalls", context.req.param("id"));
    const body = parseBody(updateSchema, await readBody(context));
    if (body.name !== undefined) checkName(data.firewalls, body.name, "firewall", firewall.id);
    firewall.name = body.name ?? firewall.name;
    firewall.labels = body.labels ?? firewall.labels;
    cloud.store.save();
    return context.json({ firewall: firewallAnswer(firewall) });
  });
  app.delete("/:id", (context) => {
    const firewall = find(cloud, "firewalls", context.req.param("id"));
    if (firewall.servers.length > 0) {
      throw new HetznerError(422, "resource_in_use", "firewall is still applied to a resource");
    }
    data.firewalls.splice(data.firewalls.indexOf(firewall), 1);
    cloud.store.save();
    return context.body(null, 204);
  });
  actionRoutes(cloud, app);
  return app;
}

function actionRoutes(cloud: HetznerCloud, app: Routes): void {
  app.post("/:id/actions/set_rules", async (context) => {
    const firewall = find(cloud, "firewalls", context.req.param("id"));
    firewall.rules = parseBody(z.strictObject({ rules: rulesSchema }), await readBody(context)).rules;
    const servers = cloud.store.data.servers.filter((server) => firewall.servers.includes(server.id));
    const actions = [
      rulesAction(cloud, firewall),
      ...servers.map((one) => applyAction(cloud, firewall, one)),
    ];
    cloud.store.save();
    return context.json({ actions }, 201);
  });
  app.post("/:id/actions/apply_to_resources", async (context) => {
    const firewall = find(cloud, "firewalls", context.req.param("id"));
    const body = parseBody(z.strictObject({ apply_to: resourcesSchema }), await readBody(context));
    const servers = body.apply_to.map(({ server }) => resourceServer(cloud, server.id, 404));
    const actions = servers.map((server) => attach(cloud, firewall, server));
    cloud.store.save();
    return context.json({ actions }, 201);
  });
  app.post("/:id/actions/remove_from_resources", async (context) => {
    const firewall = find(cloud, "firewalls", context.req.param("id"));
    const body = parseBody(z.strictObject({ remove_from: resourcesSchema }), await readBody(context));
    const servers = body.remove_from.map(({ server }) => resourceServer(cloud, server.id, 404));
    const actions = servers.map((server) => detach(cloud, firewall, server));
    cloud.store.save();
    return context.json({ actions }, 201);
  });
}

function resourceServer(cloud: HetznerCloud, id: number, status: number): CloudServer {
  const server = cloud.store.data.servers.find((one) => one.id === id);
  if (server !== undefined) return server;
  throw new HetznerError(status, "firewall_resource_not_found", `server with ID '${id}' not found`);
}

function rulesAction(cloud: HetznerCloud, firewall: Firewall): Action {
  return cloud.actions.done("set_firewall_rules", [{ id: firewall.id, type: "firewall" }]);
}

/** @throws HetznerError 422 when it is on the server already, or the server has five. */
function attach(cloud: HetznerCloud, firewall: Firewall, server: CloudServer): Action {
  noteAttached(cloud, firewall, server);
  return applyAction(cloud, firewall, server);
}

/** Attaches a firewall in the books alone; the server's own action brings the rules to the machine. */
export function noteAttached(cloud: HetznerCloud, firewall: Firewall, server: CloudServer): void {
  if (firewall.servers.includes(server.id)) {
    throw new HetznerError(422, "firewall_already_applied", "firewall is already applied to this server");
  }
  const count = cloud.store.data.firewalls.filter((one) => one.servers.includes(server.id)).length;
  if (count >= MOST_PER_SERVER) {
    throw new HetznerError(403, "resource_limit_exceeded", "a server can have at most 5 firewalls");
  }
  firewall.servers.push(server.id);
}

function detach(cloud: HetznerCloud, firewall: Firewall, server: CloudServer): Action {
  if (!firewall.servers.includes(server.id)) {
    throw new HetznerError(422, "firewall_already_removed", "firewall is not applied to this server");
  }
  firewall.servers = firewall.servers.filter((id) => id !== server.id);
  return applyAction(cloud, firewall, server, "remove_firewall");
}

function applyAction(
  cloud: HetznerCloud,
  firewall: Firewall,
  server: CloudServer,
  command = "apply_firewall",
) {
  const resources = [
    { id: firewall.id, type: "firewall" },
    { id: server.id, type: "server" },
  ];
  // A queue of its own: rules must get through while the machine hangs in a shutdown.
  return cloud.actions.run(command, resources, `firewall ${hostKey(server)}`, () =>
    pushFirewall(cloud, server),
  );
}

function firewallAnswer(firewall: Firewall): Record<string, unknown> {
  const { id, name, labels, created, rules } = firewall;
  const applied_to = firewall.servers.map((server) => ({ type: "server", server: { id: server } }));
  return { id, name, labels, created, rules, applied_to };
}
