/** The control path `/_sandbox`, on the API's own port but only for this machine and never through the TLS front. */
import { Hono } from "hono";
import { z } from "zod";
import { type FaultBook, faultSchema } from "./faults.ts";
import type { NodeEnv } from "./listen.ts";
import { type Vendor, VENDORS } from "./requestLog.ts";
import { TEXT_FORMS, type TextForm } from "./text.ts";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
const LOCAL_HOST = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/;

/** In which form each vendor answers TXT content; changed while the APIs run. */
export type TextForms = Record<Vendor, TextForm>;

/** All as sent; they live as long as the process. */
export function openTextForms(): TextForms {
  return { hetzner: "as-sent", cloudflare: "as-sent", digitalocean: "as-sent" };
}

const textFormsSchema = z.partialRecord(z.enum(VENDORS), z.enum(TEXT_FORMS));

/** What the control path works on. */
export interface Controlled {
  readonly faults: FaultBook;
  readonly textForms: TextForms;
  readonly state: () => unknown;
}

/**
 * - `POST faults`: adds a fault; 201 with its number and the list, 422 where it is not understood.
 * - `DELETE faults`: removes all, `DELETE faults/ID` one; 204.
 * - `PUT text-forms`: `{"cloudflare": "unquoted"}` and so on, by vendor; 200 with all, 422 where it is not understood.
 * - `GET state`: everything the vendors remember, without secrets.
 */
export function controlRoutes({ faults, textForms, state }: Controlled): Hono<NodeEnv> {
  const app = new Hono<NodeEnv>();
  app.use("*", async (context, next) => {
    // The front hands on requests from loopback too: it keeps the vendor's name in Host.
    const remote = context.env.incoming.socket.remoteAddress ?? "";
    const forwarded = context.req.header("x-forwarded-for") ?? context.req.header("via");
    const local = LOOPBACK.test(remote) && LOCAL_HOST.test(context.req.header("host") ?? "");
    if (!local || forwarded !== undefined) return context.text("not found\n", 404);
    return next();
  });
  app.post("/faults", async (context) => {
    const parsed = faultSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 422);
    const id = faults.add(parsed.data);
    return context.json({ id, faults: faults.list() }, 201);
  });
  app.get("/faults", (context) => context.json({ faults: faults.list() }));
  app.delete("/faults", (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  app.delete("/faults/:id", (context) => {
    faults.remove(Number(context.req.param("id")));
    return context.body(null, 204);
  });
  app.put("/text-forms", async (context) => {
    const parsed = textFormsSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ error: parsed.error.issues }, 422);
    return context.json(Object.assign(textForms, parsed.data));
  });
  app.get("/state", (context) => context.json(state() as Record<string, unknown>));
  return app;
}
