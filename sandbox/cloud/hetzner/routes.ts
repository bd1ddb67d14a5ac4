/** Small pieces that every group of Hetzner routes uses. */
import { Hono } from "hono";
import { z } from "zod";
import type { NodeEnv } from "../serve/listen.ts";
import { HetznerError, notUnique } from "./errors.ts";

/** A router. */
export type Routes = Hono<NodeEnv>;

/** A new one. */
export const newRoutes = (): Routes => new Hono<NodeEnv>();

/** Body of a request; an empty one is `{}`. @throws HetznerError 400 on broken JSON. */
export async function readBody(context: { req: { text(): Promise<string> } }): Promise<unknown> {
  const text = await context.req.text();
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new HetznerError(400, "json_error", "invalid JSON input in request");
  }
}

const LABEL_VALUE = /^([a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?)?$/;
const LABEL_KEY = /^([a-z0-9A-Z.-]{1,253}\/)?[a-z0-9A-Z]([a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/;

/** Labels: keys and values of at most 63 characters (docs.hetzner.cloud, "Labels"). */
export const labelsSchema = z.record(
  z.string().regex(LABEL_KEY, "is not a label key"),
  z.string().regex(LABEL_VALUE, "is not a label value"),
);

/** Any name but a server's. */
export const nameSchema = z.string().min(1).max(128);

const HOST_LABEL = "[a-z0-9A-Z]([a-z0-9A-Z-]{0,61}[a-z0-9A-Z])?";

/** A host name (RFC 1123), as of servers and reverse names. */
export const hostNameSchema = z
  .string()
  .max(253)
  .regex(new RegExp(`^${HOST_LABEL}(\\.${HOST_LABEL})*$`), "is not a valid host name");

/** @throws HetznerError 409 when another thing has the name. */
export function checkName(
  things: readonly { readonly id: number; readonly name: string }[],
  name: string,
  what: string,
  self?: number,
): void {
  if (things.some((thing) => thing.name === name && thing.id !== self))
    throw notUnique("name", `${what} name`);
}
