/** Inputs: names made up for resources without one, and what a refresh makes of them. */
import { randomBytes } from "node:crypto";
import type { CallContext, Known } from "./handler.ts";
import type { Properties, Value } from "./value.ts";

/** Inputs with a name: the given one, the deployed one, or the logical name and seven random hex digits. */
export function named(news: Known, olds: Known, context: CallContext): Properties {
  if (news.name !== undefined) return news;
  const made = `${context.urn.split("::").at(-1) ?? ""}-${randomBytes(4).toString("hex").slice(0, 7)}`;
  return { ...news, name: olds.name ?? made };
}

/**
 * Inputs after a refresh: what the program gave, with the values that are there now. At an import, where nothing was
 * given, the outputs named in `imported`.
 */
export function refreshed(inputs: Known, outputs: Properties, imported: readonly string[]): Properties {
  const keys =
    Object.keys(inputs).length === 0 ? imported : Object.keys(inputs).filter((key) => key in outputs);
  const now = keys.flatMap((key): [string, Value][] => {
    const value = outputs[key];
    return value === undefined || value === null ? [] : [[key, value]];
  });
  return { ...inputs, ...Object.fromEntries(now) };
}

/**
 * Answer of a read that found nothing. A known resource is gone; an import of an id that does not exist comes back
 * empty, so that the engine plans a replacement which it then refuses (so it was measured).
 */
export function missing(
  id: string,
  outputs: Known,
): { id: string; outputs: Properties; inputs: Properties } | undefined {
  return Object.keys(outputs).length === 0 ? { id, outputs: {}, inputs: {} } : undefined;
}

/** A text property, or undefined. */
export function textOf(properties: Known, key: string): string | undefined {
  const value = properties[key];
  return typeof value === "string" ? value : undefined;
}

/** A number property, or undefined. */
export function numberOf(properties: Known, key: string): number | undefined {
  const value = properties[key];
  return typeof value === "number" ? value : undefined;
}
