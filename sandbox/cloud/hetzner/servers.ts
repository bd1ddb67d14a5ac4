/** `/v1/servers`. */
import { z } from "zod";
import type { Fault } from "../serve/faults.ts";
import { findServerType } from "./catalog.ts";
import { checkUnprotected, find, type HetznerCloud, serverQueue } from "./cloud.ts";
import { HetznerError, invalid, parseBody } from "./errors.ts";
import { listAnswer } from "./listing.ts";
import { reverseAction, reverseSchema } from "./reverse.ts";
import { checkName, hostNameSchema, labelsSchema, newRoutes, readBody, type Routes } from "./routes.ts";
import { serverAnswer } from "./serverAnswer.ts";
import {
  checkUnlocked,
  makeMachine,
  removeMachine,
  type Switch,
  SWITCHES,
  switchMachine,
} from "./serverLife.ts";
import { orderSchema, placeOrder } from "./serverOrder.ts";
import type { Action, CloudServer } from "./state.ts";

const updateSchema = z.strictObject({ name: hostNameSchema.optional(), labels: labelsSchema.optional() });
const protectionSchema = z.strictObject({ delete: z.boolean().optional(), rebuild: z.boolean().optional() });
const typeSchema = z.strictObject({
  server_type: z.union([z.string(), z.int()]),
  upgrade_disk: z.boolean(),
});

/** Create, list, read, update, delete and the actions. */
export function serverRoutes(cloud: HetznerCloud): Routes {
  const app = newRoutes();
  app.get("/", async (context) => {
    const status = context.req.queries("status");
    const servers = cloud.store.data.servers.filter(
      (one) => status === undefined || status.includes(one.status),
    );
    const answer = listAnswer("servers", servers, context.req.queries(), (server) => server);
    const listed = answer["servers"] as CloudServer[];
    const shown = await Promise.all(listed.map((server) => serverAnswer(cloud, server)));
    return context.json({ ...answer, servers: shown });
  });
  app.post("/", async (context) => {
    const order = parseBody(orderSchema, await readBody(context));
    const path = new URL(context.req.url).pathname;
    const target = { vendor: "hetzner", method: "POST", path, body: await context.req.text() } as const;
    const fault = cloud.faults.take(target, ["slow_boot", "boot_failure"]);
    if (fault !== undefined) context.set("fault", fault.kind);
    return context.json(await create(cloud, order, fault), 201);
  });
  app.get("/:id", async (context) =>
    context.json({ server: await serverAnswer(cloud, find(cloud, "servers", context.req.param("id"))) }),
  );
  app.put("/:id", async (context) => {
    const server = find(cloud, "servers", context.req.param("id"));
    const body = parseBody(updateSchema, await readBody(context));
    if (body.name !== undefined) checkName(cloud.store.data.servers, body.name, "server", server.id);
    server.name = body.name ?? server.name;
    server.labels = body.labels ?? server.labels;
    cloud.store.save();
    return context.json({ server: await serverAnswer(cloud, server) });
  });
  app.delete("/:id", (context) =>
    context.json({ action: remove(cloud, find(cloud, "servers", context.req.param("id"))) }),
  );
  actionRoutes(cloud, app);
  return app;
}

async function create(cloud: HetznerCloud, order: z.infer<typeof orderSchema>, fault: Fault | undefined) {
  const server = await placeOrder(cloud, order);
  const resources = [{ id: server.id, type: "server" }];
  const queue = serverQueue(server);
  const action = cloud.actions.run("create_server", resources, queue, () =>
    makeMachine(cloud, server, fault),
  );
  const next = server.startAfterCreate
    ? [cloud.actions.run("start_server", resources, queue, () => startResult(action))]
    : [];
  cloud.store.save();
  return { server: await serverAnswer(cloud, server), action, next_actions: next, root_password: null };
}

function startResult(created: Action): Promise<void> {
  if (created.status === "error") return Promise.reject(new Error(created.error?.message ?? "not created"));
  return Promise.resolve();
}

function remove(cloud: HetznerCloud, server: CloudServer): Action {
  checkUnprotected(server, "server");
  const resources = [{ id: server.id, type: "server" }];
  if (server.status === "deleting") {
    const running = cloud.store.data.actions.find(
      (one) =>
        one.command === "delete_server" && one.status === "running" && one.resources[0]?.id === server.id,
    );
    // Asked again while it goes: the same action, so that who lost the first answer gets on.
    if (running !== undefined) return running;
  }
  const action = cloud.actions.run("delete_server", resources, serverQueue(server), () => {
    server.status = "deleting";
    return removeMachine(cloud, server);
  });
  server.status = "deleting";
  cloud.store.save();
  return action;
}

function actionRoutes(cloud: HetznerCloud, app: Routes): void {
  for (const how of Object.keys(SWITCHES) as Switch[]) {
    app.post(`/:id/actions/${how}`, (context) => {
      const server = find(cloud, "servers", context.req.param("id"));
      checkUnlocked(server);
      const { command, during } = SWITCHES[how];
      const resources = [{ id: server.id, type: "server" }];
      server.status = during;
      const work = () => switchMachine(cloud, server, how);
      const action = cloud.actions.run(command, resources, serverQueue(server), work);
      cloud.store.save();
      return context.json({ action }, 201);
    });
  }
  app.post("/:id/actions/change_type", async (context) => {
    const server = find(cloud, "servers", context.req.param("id"));
    changeType(server, parseBody(typeSchema, await readBody(context)));
    return context.json({ action: done(cloud, "change_server_type", server) }, 201);
  });
  app.post("/:id/actions/change_protection", async (context) => {
    const server = find(cloud, "servers", context.req.param("id"));
    const body = parseBody(protectionSchema, await readBody(context));
    if (body.delete !== body.rebuild) throw invalid("rebuild", "must be the same as delete");
    server.protected = body.delete ?? server.protected;
    return context.json({ action: done(cloud, "change_protection", server) }, 201);
  });
  app.post("/:id/actions/change_dns_ptr", async (context) => {
    const server = find(cloud, "servers", context.req.param("id"));
    const body = parseBody(reverseSchema, await readBody(context));
    const own = cloud.store.data.primaryIps.filter((address) => address.assignee === server.id);
    const action = reverseAction(cloud, own, { id: server.id, type: "server" }, body);
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post("/:id/actions/:command", (context) => {
    find(cloud, "servers", context.req.param("id"));
    const command = context.req.param("command");
    throw new HetznerError(422, "unsupported_error", `${command} is not part of this sandbox`);
  });
}

function done(cloud: HetznerCloud, command: string, server: CloudServer): Action {
  const action = cloud.actions.done(command, [{ id: server.id, type: "server" }]);
  cloud.store.save();
  return action;
}

/** The type changes in the books; the sandbox's machines have no sizes. The server stays off. */
function changeType(server: CloudServer, body: z.infer<typeof typeSchema>): void {
  const wanted = findServerType(body.server_type);
  const now = findServerType(server.type);
  if (wanted === undefined) throw invalid("server_type", `server type ${body.server_type} does not exist`);
  checkUnlocked(server);
  if (server.status !== "off")
    throw new HetznerError(422, "server_not_stopped", "server must be powered off");
  if (wanted.architecture !== now?.architecture || wanted.disk < server.diskGb) {
    throw new HetznerError(422, "invalid_server_type", "the server type does not fit for the given server");
  }
  server.type = wanted.name;
  if (body.upgrade_disk) server.diskGb = wanted.disk;
}
