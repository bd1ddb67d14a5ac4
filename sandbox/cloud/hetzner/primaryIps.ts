/** `/v1/primary_ips`: addresses that outlive servers. */
import { z } from "zod";
import { takeId, timestamp } from "./actions.ts";
import { defaultReverse, releaseAddress, takeAddress } from "./addresses.ts";
import { dataCenterAnswer, LOCATIONS, locationNamed } from "./catalog.ts";
import { checkLimit, checkUnprotected, find, type HetznerCloud } from "./cloud.ts";
import { HetznerError, invalid, parseBody } from "./errors.ts";
import { listAnswer } from "./listing.ts";
import { reverseAction, reverseSchema } from "./reverse.ts";
import { checkName, labelsSchema, nameSchema, newRoutes, readBody, type Routes } from "./routes.ts";
import type { CloudServer, PrimaryIp } from "./state.ts";

// The plugin leaves assignee_type out, against the spec.
const createSchema = z.strictObject({
  name: nameSchema,
  type: z.enum(["ipv4", "ipv6"]),
  assignee_type: z.literal("server").optional(),
  assignee_id: z.int().nullable().optional(),
  auto_delete: z.boolean().default(false),
  labels: labelsSchema.default({}),
  location: z.string().optional(),
});
const updateSchema = z.strictObject({
  name: nameSchema.optional(),
  auto_delete: z.boolean().optional(),
  labels: labelsSchema.optional(),
});
const assignSchema = z.strictObject({ assignee_id: z.int(), assignee_type: z.literal("server") });
const protectionSchema = z.strictObject({ delete: z.boolean().optional() });

/** Create, list, read, update, delete and the four actions. */
export function primaryIpRoutes(cloud: HetznerCloud): Routes {
  const { data } = cloud.store;
  const app = newRoutes();
  app.get("/", (context) => {
    const ip = context.req.query("ip");
    const addresses = data.primaryIps.filter((one) => ip === undefined || one.address === ip);
    return context.json(listAnswer("primary_ips", addresses, context.req.queries(), primaryIpAnswer));
  });
  app.post("/", async (context) => {
    const address = await orderAddress(cloud, parseBody(createSchema, await readBody(context)));
    cloud.store.save();
    return context.json({ primary_ip: primaryIpAnswer(address) }, 201);
  });
  app.get("/:id", (context) =>
    context.json({ primary_ip: primaryIpAnswer(find(cloud, "primaryIps", context.req.param("id"))) }),
  );
  app.put("/:id", async (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    const body = parseBody(updateSchema, await readBody(context));
    if (body.name !== undefined) checkName(data.primaryIps, body.name, "primary_ip", address.id);
    address.name = body.name ?? address.name;
    address.autoDelete = body.auto_delete ?? address.autoDelete;
    address.labels = body.labels ?? address.labels;
    cloud.store.save();
    return context.json({ primary_ip: primaryIpAnswer(address) });
  });
  app.delete("/:id", async (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    checkUnprotected(address, "primary_ip");
    if (address.assignee !== null) {
      throw new HetznerError(
        422,
        "must_be_unassigned",
        "primary_ip must be unassigned before it can be deleted",
      );
    }
    await removeAddress(cloud, address);
    cloud.store.save();
    return context.body(null, 204);
  });
  actionRoutes(cloud, app);
  return app;
}

function actionRoutes(cloud: HetznerCloud, app: Routes): void {
  app.post("/:id/actions/change_dns_ptr", async (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    const body = parseBody(reverseSchema, await readBody(context));
    const resource = { id: address.id, type: "primary_ip" };
    const action = reverseAction(cloud, [address], resource, body);
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post("/:id/actions/change_protection", async (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    address.protected = parseBody(protectionSchema, await readBody(context)).delete ?? address.protected;
    const action = cloud.actions.done("change_protection", [{ id: address.id, type: "primary_ip" }]);
    cloud.store.save();
    return context.json({ action }, 201);
  });
  app.post("/:id/actions/assign", async (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    const server = find(cloud, "servers", parseBody(assignSchema, await readBody(context)).assignee_id);
    if (address.assignee !== null) {
      throw new HetznerError(422, "primary_ip_already_assigned", "primary IP is already assigned");
    }
    checkStopped(server);
    if (server[address.type] !== null) {
      throw new HetznerError(
        422,
        `server_has_${address.type}`,
        `the server already has an ${address.type} address`,
      );
    }
    attachAddress(server, address);
    return context.json({ action: assignmentAction(cloud, "assign_primary_ip", server, address) }, 201);
  });
  app.post("/:id/actions/unassign", (context) => {
    const address = find(cloud, "primaryIps", context.req.param("id"));
    if (address.assignee === null) throw invalid("id", "primary IP is not assigned");
    const server = find(cloud, "servers", address.assignee);
    checkStopped(server);
    detachAddress(server, address);
    return context.json({ action: assignmentAction(cloud, "unassign_primary_ip", server, address) }, 201);
  });
}

function assignmentAction(cloud: HetznerCloud, command: string, server: CloudServer, address: PrimaryIp) {
  const action = cloud.actions.done(command, [
    { id: server.id, type: "server" },
    { id: address.id, type: "primary_ip" },
  ]);
  cloud.store.save();
  return action;
}

function checkStopped(server: CloudServer): void {
  if (server.status !== "off")
    throw new HetznerError(422, "server_not_stopped", "server must be powered off");
}

/** Puts an address on a server, in the books. */
export function attachAddress(server: CloudServer, address: PrimaryIp): void {
  server[address.type] = address.id;
  address.assignee = server.id;
}

/** Takes it off again. */
export function detachAddress(server: CloudServer, address: PrimaryIp): void {
  server[address.type] = null;
  address.assignee = null;
}

async function orderAddress(cloud: HetznerCloud, body: z.infer<typeof createSchema>): Promise<PrimaryIp> {
  const assignee = body.assignee_id ?? undefined;
  if ((assignee === undefined) === (body.location === undefined)) {
    throw invalid("location", "exactly one of location and assignee_id must be given");
  }
  checkName(cloud.store.data.primaryIps, body.name, "primary_ip");
  const server = assignee === undefined ? undefined : find(cloud, "servers", assignee);
  const location = LOCATIONS.find((place) =>
    [place.name, String(place.id)].includes(body.location ?? server?.location ?? ""),
  );
  if (location === undefined) throw invalid("location", `unknown location ${body.location ?? ""}`);
  if (server !== undefined) checkStopped(server);
  if (server !== undefined && server[body.type] !== null) {
    throw new HetznerError(422, `server_has_${body.type}`, `the server already has an ${body.type} address`);
  }
  const address = await createAddress(cloud, {
    ...body,
    location: location.name,
    autoDelete: body.auto_delete,
  });
  if (server !== undefined) attachAddress(server, address);
  return address;
}

/** What is said of an address when it is made. */
export interface NewAddress {
  /** Default: `primary_ip-` and its number. */
  readonly name?: string;
  readonly type: "ipv4" | "ipv6";
  readonly location: string;
  readonly autoDelete: boolean;
  readonly labels: Record<string, string>;
}

/** Takes an address from the pool and gives an IPv4 one its default reverse name. */
export async function createAddress(cloud: HetznerCloud, wanted: NewAddress): Promise<PrimaryIp> {
  const { data } = cloud.store;
  checkLimit(cloud, "primaryIps");
  const id = takeId(data, "primaryIps");
  const made: PrimaryIp = {
    id,
    name: wanted.name ?? `primary_ip-${id}`,
    type: wanted.type,
    address: takeAddress(data, cloud.pool, wanted.type),
    location: wanted.location,
    autoDelete: wanted.autoDelete,
    protected: false,
    assignee: null,
    reverse: {},
    labels: wanted.labels,
    created: timestamp(),
  };
  data.primaryIps.push(made);
  if (made.type === "ipv4") await cloud.dns.setReverse(made.address, defaultReverse(made.address));
  return made;
}

/** Gives an address back to the pool and takes its reverse names away. */
export async function removeAddress(cloud: HetznerCloud, address: PrimaryIp): Promise<void> {
  const { data } = cloud.store;
  data.primaryIps.splice(data.primaryIps.indexOf(address), 1);
  releaseAddress(data, address.address);
  const named = new Set(Object.keys(address.reverse));
  if (address.type === "ipv4") named.add(address.address);
  await Promise.all([...named].map((one) => cloud.dns.setReverse(one, undefined)));
}

/** Reverse names as the API shows them. */
export function reverseAnswer(address: PrimaryIp): { ip: string; dns_ptr: string }[] {
  const names = { ...address.reverse };
  if (address.type === "ipv4") names[address.address] ??= defaultReverse(address.address);
  return Object.entries(names).map(([ip, dns_ptr]) => ({ ip, dns_ptr }));
}

/** A primary IP as the API shows it. */
export function primaryIpAnswer(address: PrimaryIp): Record<string, unknown> {
  const location = locationNamed(address.location);
  return {
    id: address.id,
    name: address.name,
    type: address.type,
    ip: address.type === "ipv4" ? address.address : `${address.address}/64`,
    assignee_id: address.assignee,
    assignee_type: "server",
    auto_delete: address.autoDelete,
    blocked: false,
    created: address.created,
    datacenter: dataCenterAnswer(location),
    location,
    dns_ptr: reverseAnswer(address),
    labels: address.labels,
    protection: { delete: address.protected },
  };
}
