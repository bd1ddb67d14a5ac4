/**
 * `/v1/volumes`.
 *
 * Measured or told of the vendor: 409 `uniqueness_error`, 422 `volume_already_attached`, 422 `service_error` of a volume
 * that is not attached (hetznercloud/csi-driver issue 41), 423 `locked` and `protected`. Codes of the other refusals
 * are this sandbox's choice; the vendor's document has none.
 */
import { z } from "zod";
import { takeId, timestamp } from "./actions.ts";
import { LOCATIONS, locationNamed } from "./catalog.ts";
import { checkLimit, checkUnprotected, find, type HetznerCloud, volumeKey } from "./cloud.ts";
import { HetznerError, invalid, parseBody } from "./errors.ts";
import { listAnswer } from "./listing.ts";
import { checkName, labelsSchema, newRoutes, readBody, type Routes } from "./routes.ts";
import { checkUnlocked } from "./serverLife.ts";
import type { Action, CloudServer, Volume } from "./state.ts";
import {
  attachAction,
  checkFree,
  createActions,
  detachAction,
  linuxDevice,
  resizeAction,
} from "./volumeLife.ts";

const MOST_PER_SERVER = 16;

const nameSchema = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/, "is not a volume name");
const sizeSchema = z.int().min(10).max(10_240);
// The vendor mounts by an agent in its machines, which the sandbox's have not.
const automountSchema = z.literal(false, "automount is not part of this sandbox").optional();
const createSchema = z.strictObject({
  name: nameSchema,
  size: sizeSchema,
  location: z.string().optional(),
  server: z.int().optional(),
  labels: labelsSchema.default({}),
  format: z.enum(["xfs", "ext4"]).optional(),
  automount: automountSchema,
});
const updateSchema = z.strictObject({ name: nameSchema.optional(), labels: labelsSchema.optional() });
const attachSchema = z.strictObject({ server: z.int(), automount: automountSchema });
const protectionSchema = z.strictObject({ delete: z.boolean().optional() });

/** Create, list, read, update, delete and the four actions. */
export function volumeRoutes(cloud: HetznerCloud): Routes {
  const { data } = cloud.store;
  const app = newRoutes();
  app.get("/", (context) => {
    const status = context.req.queries("status");
    const volumes = data.volumes.filter((one) => status === undefined || status.includes(one.status));
    return context.json(listAnswer("volumes", volumes, context.req.queries(), volumeAnswer));
  });
  app.post("/", async (context) => {
    const { volume, server } = order(cloud, parseBody(createSchema, await readBody(context)));
    const [action, ...next] = createActions(cloud, volume, server?.id);
    cloud.store.save();
    return context.json({ volume: volumeAnswer(volume), action, next_actions: next }, 201);
  });
  app.get("/:id", (context) =>
    context.json({ volume: volumeAnswer(find(cloud, "volumes", context.req.param("id"))) }),
  );
  app.put("/:id", async (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    const body = parseBody(updateSchema, await readBody(context));
    if (body.name !== undefined) checkName(data.volumes, body.name, "volume", volume.id);
    volume.name = body.name ?? volume.name;
    volume.labels = body.labels ?? volume.labels;
    cloud.store.save();
    return context.json({ volume: volumeAnswer(volume) });
  });
  app.delete("/:id", async (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    checkFree(cloud, volume);
    checkUnprotected(volume, "volume");
    if (volume.server !== null) {
      throw new HetznerError(422, "resource_in_use", "volume must be detached before it can be deleted");
    }
    // Out of the books first, so that nobody attaches what goes.
    data.volumes.splice(data.volumes.indexOf(volume), 1);
    cloud.store.save();
    await cloud.hosts.deleteVolume(volumeKey(volume));
    return context.body(null, 204);
  });
  actionRoutes(cloud, app);
  return app;
}

function actionRoutes(cloud: HetznerCloud, app: Routes): void {
  const answer = (action: Action): { action: Action } => {
    cloud.store.save();
    return { action };
  };
  app.post("/:id/actions/attach", async (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    const body = parseBody(attachSchema, await readBody(context));
    const server = find(cloud, "servers", body.server);
    checkFree(cloud, volume);
    if (volume.server !== null) {
      throw new HetznerError(
        422,
        "volume_already_attached",
        "volume is already attached to a server, please detach it first",
      );
    }
    checkTaker(cloud, server, volume.location);
    return context.json(answer(attachAction(cloud, volume, server.id)), 201);
  });
  app.post("/:id/actions/detach", (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    checkFree(cloud, volume);
    if (volume.server === null)
      throw new HetznerError(422, "service_error", "volume not attached to a server");
    return context.json(answer(detachAction(cloud, volume)), 201);
  });
  app.post("/:id/actions/resize", async (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    const { size } = parseBody(z.strictObject({ size: sizeSchema }), await readBody(context));
    checkFree(cloud, volume);
    if (size <= volume.sizeGb) throw invalid("size", `must be greater than the current ${volume.sizeGb}`);
    return context.json(answer(resizeAction(cloud, volume, size)), 201);
  });
  app.post("/:id/actions/change_protection", async (context) => {
    const volume = find(cloud, "volumes", context.req.param("id"));
    const body = parseBody(protectionSchema, await readBody(context));
    checkFree(cloud, volume);
    volume.protected = body.delete ?? volume.protected;
    return context.json(
      answer(cloud.actions.done("change_protection", [{ id: volume.id, type: "volume" }])),
      201,
    );
  });
}

/** Writes a volume into the books; it comes with the action. */
function order(
  cloud: HetznerCloud,
  body: z.infer<typeof createSchema>,
): { volume: Volume; server: CloudServer | undefined } {
  const { data } = cloud.store;
  if ((body.server === undefined) === (body.location === undefined)) {
    throw invalid("location", "exactly one of location and server must be given");
  }
  checkLimit(cloud, "volumes");
  checkName(data.volumes, body.name, "volume");
  const server = body.server === undefined ? undefined : find(cloud, "servers", body.server);
  const location = LOCATIONS.find((place) =>
    [place.name, String(place.id)].includes(body.location ?? server?.location ?? ""),
  );
  if (location === undefined) throw invalid("location", `unknown location ${body.location ?? ""}`);
  if (server !== undefined) checkTaker(cloud, server, location.name);
  const volume: Volume = {
    ...{ id: takeId(data, "volumes"), name: body.name, sizeGb: body.size, location: location.name },
    ...{ format: body.format ?? null, status: "creating", server: null, protected: false },
    ...{ labels: body.labels, created: timestamp() },
  };
  data.volumes.push(volume);
  return { volume, server };
}

/** @throws HetznerError where a server cannot take a volume of a location. */
function checkTaker(cloud: HetznerCloud, server: CloudServer, location: string): void {
  checkUnlocked(server);
  if (server.location !== location) {
    throw new HetznerError(422, "invalid_input", "volume and server are not in the same location", {});
  }
  const count = cloud.store.data.volumes.filter((one) => one.server === server.id).length;
  if (count >= MOST_PER_SERVER) {
    throw new HetznerError(403, "resource_limit_exceeded", "a server can have at most 16 volumes");
  }
}

function volumeAnswer(volume: Volume): Record<string, unknown> {
  const { id, name, sizeGb, format, status, server, labels, created } = volume;
  const location = locationNamed(volume.location);
  return {
    ...{ id, name, size: sizeGb, format, status, server, labels, created, location },
    linux_device: linuxDevice(volume),
    protection: { delete: volume.protected },
  };
}
