/** Cloudflare's API v4, put together: token, zones, DNS records. */
import type { Context } from "hono";
import { Hono } from "hono";
import { z } from "zod";
import type { Query } from "../hetzner/listing.ts";
import type { JsonStore } from "../serve/jsonStore.ts";
import { type NodeEnv, sameText, type VendorApi } from "../serve/listen.ts";
import type { TextForm } from "../serve/text.ts";
import type { ZoneWriter } from "../serve/zoneWriter.ts";
import { CloudflareError, injectedError, invalidRecord, noRoute, refused } from "./errors.ts";
import { listRecords, pageInfo, positive } from "./recordList.ts";
import { checkClashes, findRecord, makeRecord, recordAnswer } from "./records.ts";
import type { CloudflareState, DnsRecord, Zone } from "./state.ts";
import { zoneAnswer } from "./zones.ts";

/** What the routes share. */
export interface CloudflareCloud {
  readonly store: JsonStore<CloudflareState>;
  readonly writer: ZoneWriter<Zone>;
  readonly token: string;
  readonly nameServers: readonly string[];
  /** Asked at each answer. */
  textForm(): TextForm;
}

/** The API under `/client/v4`. */
export function cloudflareApi(cloud: CloudflareCloud): VendorApi {
  const v4 = new Hono<NodeEnv>();
  v4.use("*", (context: Context<NodeEnv>, next) => {
    checkToken(cloud.token, context);
    return next();
  });
  v4.get("/user/tokens/verify", (context) => {
    const messages = [{ code: 10000, message: "This API Token is valid and active", type: null }];
    const result = { id: "f".repeat(32), status: "active" };
    return context.json({ success: true, errors: [], messages, result });
  });
  zoneRoutes(cloud, v4);
  recordRoutes(cloud, v4);
  const routes = new Hono<NodeEnv>();
  routes.onError((cause) => {
    const known =
      cause instanceof CloudflareError
        ? cause
        : new CloudflareError(500, { code: 10000, message: cause.message });
    return Response.json(known.body(), { status: known.status });
  });
  routes.route("/client/v4", v4);
  routes.all("*", (context) => {
    throw noRoute(new URL(context.req.url).pathname);
  });
  return { vendor: "cloudflare", routes, failure: injectedError, errorOf };
}

const TOKEN_FORM = /^Bearer [0-9A-Za-z_-]{40,80}$/;

/** No header: 9106. Not the form of a token: 6003. Another token: 1000 on verify, 9109 elsewhere. */
function checkToken(token: string, context: Context<NodeEnv>): void {
  const header = context.req.header("authorization");
  if (header === undefined) {
    throw refused(9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  }
  if (!TOKEN_FORM.test(header)) {
    const error_chain = [{ code: 6111, message: "Invalid format for Authorization header" }];
    throw new CloudflareError(400, { code: 6003, message: "Invalid request headers", error_chain });
  }
  if (sameText(header, `Bearer ${token}`)) return;
  if (context.req.path.endsWith("/user/tokens/verify")) {
    throw new CloudflareError(401, { code: 1000, message: "Invalid API Token" });
  }
  throw new CloudflareError(403, { code: 9109, message: "Invalid access token" });
}

const ok = (result: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  success: true,
  errors: [],
  messages: [],
  result,
  ...more,
});

function zoneRoutes(cloud: CloudflareCloud, app: Hono<NodeEnv>): void {
  app.get("/zones", (context) => {
    const query: Query = context.req.queries();
    const name = query["name"]?.[0]?.toLowerCase();
    const status = query["status"]?.[0];
    const zones = cloud.store.data.zones.filter(
      (zone) => (name === undefined || zone.name === name) && (status === undefined || status === "active"),
    );
    const page = positive(query, "page", 1);
    const perPage = positive(query, "per_page", 20);
    const shown = zones.slice((page - 1) * perPage, page * perPage);
    const result_info = pageInfo(page, perPage, shown.length, zones.length);
    return context.json(
      ok(
        shown.map((zone) => zoneAnswer(zone, cloud.nameServers)),
        { result_info },
      ),
    );
  });
  app.post("/zones", () => {
    // The token may edit zones, not make them.
    throw new CloudflareError(403, { code: 10000, message: "Authentication error" });
  });
  app.get("/zones/:zone", (context) =>
    context.json(ok(zoneAnswer(zoneOf(cloud, context), cloud.nameServers))),
  );
  app.get("/zones/:zone/dnssec", (context) => {
    zoneOf(cloud, context);
    return context.json(ok({ status: "disabled" }));
  });
}

function zoneOf(cloud: CloudflareCloud, context: Context<NodeEnv>): Zone {
  const id = context.req.param("zone") ?? "";
  const zone = cloud.store.data.zones.find((one) => one.id === id);
  if (zone === undefined) throw noRoute(`/client/v4/zones/${id}`);
  return zone;
}

function recordRoutes(cloud: CloudflareCloud, app: Hono<NodeEnv>): void {
  const path = "/zones/:zone/dns_records";
  app.get(path, (context) => {
    const { result, ...more } = listRecords(
      zoneOf(cloud, context).records,
      context.req.queries(),
      cloud.textForm(),
    );
    return context.json(ok(result, more));
  });
  app.post(path, async (context) => {
    const zone = zoneOf(cloud, context);
    const record = makeRecord(zone, await readBody(context));
    checkClashes(zone, record);
    zone.records.push(record);
    return context.json(await written(cloud, zone, record));
  });
  app.get(`${path}/:id`, (context) =>
    context.json(
      ok(recordAnswer(findRecord(zoneOf(cloud, context), context.req.param("id")), cloud.textForm())),
    ),
  );
  app.put(`${path}/:id`, async (context) => {
    const zone = zoneOf(cloud, context);
    const before = findRecord(zone, context.req.param("id"));
    return context.json(await replace(cloud, zone, before, await readBody(context)));
  });
  app.patch(`${path}/:id`, async (context) => {
    const zone = zoneOf(cloud, context);
    const before = findRecord(zone, context.req.param("id"));
    const change = await readBody(context);
    return context.json(await replace(cloud, zone, before, patched(before, change)));
  });
  app.delete(`${path}/:id`, async (context) => {
    const zone = zoneOf(cloud, context);
    const record = findRecord(zone, context.req.param("id"));
    zone.records.splice(zone.records.indexOf(record), 1);
    cloud.store.save();
    await cloud.writer.write(zone);
    return context.json(ok({ id: record.id }));
  });
}

async function replace(cloud: CloudflareCloud, zone: Zone, before: DnsRecord, body: unknown) {
  const record = makeRecord(zone, body, before);
  checkClashes(zone, record);
  zone.records[zone.records.indexOf(before)] = record;
  return written(cloud, zone, record);
}

/** Saved, and answered by the name server. */
async function written(cloud: CloudflareCloud, zone: Zone, record: DnsRecord) {
  cloud.store.save();
  await cloud.writer.write(zone);
  return ok(recordAnswer(record, cloud.textForm()));
}

/** A whole body of what is there and what is changed. New content alone makes the old data void. */
function patched(before: DnsRecord, change: unknown): unknown {
  const { type, name, content, data, priority, ttl, proxied, comment } = before;
  const fields = z.record(z.string(), z.unknown()).parse(change);
  const old = fields["content"] === undefined ? { data } : {};
  return { type, name, content, priority, ttl, proxied, comment, ...old, ...fields };
}

async function readBody(context: Context<NodeEnv>): Promise<unknown> {
  const body: unknown = await context.req.json().catch(() => undefined);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw invalidRecord(9207, "Request body is invalid.");
}

const errorsSchema = z.object({ errors: z.array(z.object({ code: z.number() })) });

function errorOf(answer: unknown): string | undefined {
  return errorsSchema
    .safeParse(answer)
    .data?.errors.map(({ code }) => code)
    .join(",");
}
