/** Names for resources whose program gives none. */
import { randomBytes } from "node:crypto";
import type { CallContext, Known } from "../protocol/handler.ts";

/** Inputs with a name: the one given, the deployed one, or the logical name with seven random hex digits. */
export function autoName(news: Known, olds: Known, context: CallContext): Known {
  if (news.name !== undefined) return news;
  const logical = context.urn.split("::").at(-1) ?? "resource";
  return { ...news, name: olds.name ?? `${logical}-${randomBytes(4).toString("hex").slice(0, 7)}` };
}
