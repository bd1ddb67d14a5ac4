/** DigitalOcean's API v2 as far as names go: token, domains, domain records. */
import type { Context } from "hono";
import { Hono } from "hono";
import { z } from "zod";
import type { JsonStore } from "../serve/jsonStore.ts";
import { type NodeEnv, sameText, type VendorApi } from "../serve/listen.ts";
import type { TextForm } from "../serve/text.ts";
import type { ZoneWriter } from "../serve/zoneWriter.ts";
import { domainAnswer, findDomain, makeDomain } from "./domains.ts";
import { DigitaloceanError, injectedError, notFound, unauthorized, unprocessable } from "./errors.ts";
import { listed } from "./listing.ts";
import { addRecord, changeRecord, findRecord, fullName, recordAnswer } from "./records.ts";
import type { DigitaloceanState, Domain } from "./state.ts";

/** What the routes share. */
export interface DigitaloceanCloud {
  readonly store: JsonStore<DigitaloceanState>;
  readonly writer: ZoneWriter<Domain>;
  /** `dop_v1_` and 64 hexadecimal digits. */
  readonly token: string;
  readonly nameServers: readonly string[];
  /** Asked at each answer. */
  textForm(): TextForm;
}

/** The API under `/v2`. */
export function digitaloceanApi(cloud: DigitaloceanCloud): VendorApi {
  const v2 = new Hono<NodeEnv>();
  v2.use("*", (context: Context<NodeEnv>, next) => {
    checkToken(cloud.token, context);
    return next();
  });
  domainRoutes(cloud, v2);
  recordRoutes(cloud, v2);
  const routes = new Hono<NodeEnv>();
  routes.onError((cause) => {
    const known =
      cause instanceof DigitaloceanError ? cause : new DigitaloceanError(500, "server_error", cause.message);
    return Response.json(known.body(), { status: known.status });
  });
  routes.route("/v2", v2);
  routes.all("*", () => {
    throw notFound();
  });
  return { vendor: "digitalocean", routes, failure: injectedError, errorOf };
}

function checkToken(token: string, context: Context<NodeEnv>): void {
  if (!sameText(context.req.header("authorization") ?? "", `Bearer ${token}`)) throw unauthorized();
}

function domainRoutes(cloud: DigitaloceanCloud, app: Hono<NodeEnv>): void {
  const { store, writer, nameServers } = cloud;
  app.get("/domains", (context) => {
    const all = store.data.domains.map((domain) => domainAnswer(domain, nameServers));
    return context.json(listed("domains", all, new URL(context.req.url)));
  });
  app.post("/domains", async (context) => {
    const domain = makeDomain(store.data, await readBody(context), nameServers);
    await written(cloud, domain);
    // A new domain's file is not written yet.
    return context.json({ domain: { name: domain.name, ttl: domain.ttl, zone_file: null } }, 201);
  });
  app.get("/domains/:domain", (context) =>
    context.json({ domain: domainAnswer(domainOf(cloud, context), nameServers) }),
  );
  app.delete("/domains/:domain", async (context) => {
    const domain = domainOf(cloud, context);
    store.data.domains.splice(store.data.domains.indexOf(domain), 1);
    store.save();
    await writer.remove(domain);
    return context.body(null, 204);
  });
}

function domainOf(cloud: DigitaloceanCloud, context: Context<NodeEnv>): Domain {
  return findDomain(cloud.store.data, context.req.param("domain") ?? "");
}

function recordRoutes(cloud: DigitaloceanCloud, app: Hono<NodeEnv>): void {
  const path = "/domains/:domain/records";
  app.get(path, (context) => {
    const domain = domainOf(cloud, context);
    const { name, type } = context.req.query();
    const wanted = domain.records.filter(
      (record) =>
        (type === undefined || record.type === type) &&
        (name === undefined || fullName(record, domain.name) === name.toLowerCase()),
    );
    const shown = wanted.map((record) => recordAnswer(record, cloud.textForm()));
    return context.json(listed("domain_records", shown, new URL(context.req.url)));
  });
  app.post(path, async (context) => {
    const domain = domainOf(cloud, context);
    const record = addRecord(cloud.store.data, domain, await readBody(context));
    await written(cloud, domain);
    return context.json({ domain_record: recordAnswer(record, cloud.textForm()) }, 201);
  });
  app.get(`${path}/:id`, (context) => {
    const record = findRecord(domainOf(cloud, context), context.req.param("id"));
    return context.json({ domain_record: recordAnswer(record, cloud.textForm()) });
  });
  app.on(["PUT", "PATCH"], `${path}/:id`, async (context) => {
    const domain = domainOf(cloud, context);
    const record = findRecord(domain, context.req.param("id"));
    changeRecord(domain, record, await readBody(context));
    await written(cloud, domain);
    return context.json({ domain_record: recordAnswer(record, cloud.textForm()) });
  });
  app.delete(`${path}/:id`, async (context) => {
    const domain = domainOf(cloud, context);
    const record = findRecord(domain, context.req.param("id"));
    if (record.type === "SOA") throw unprocessable("SOA records cannot be deleted");
    domain.records.splice(domain.records.indexOf(record), 1);
    await written(cloud, domain);
    return context.body(null, 204);
  });
}

/** Saved, and answered by the name server. */
async function written(cloud: DigitaloceanCloud, domain: Domain): Promise<void> {
  cloud.store.save();
  await cloud.writer.write(domain);
}

async function readBody(context: Context<NodeEnv>): Promise<unknown> {
  return context.req.json<unknown>().catch(() => {
    throw new DigitaloceanError(400, "bad_request", "The request body is no JSON.");
  });
}

const errorSchema = z.object({ id: z.string() });

function errorOf(answer: unknown): string | undefined {
  return errorSchema.safeParse(answer).data?.id;
}
