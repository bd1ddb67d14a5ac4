/** Names: `flatten_cname` at the API, `flattenCname` in Pulumi. */
import { isList, isMap } from "../protocol/value.ts";
import type { Value } from "../protocol/value.ts";

/** A value of the API in Pulumi's words; nulls are left out, as outputs do. */
export function camelCased(value: Value): Value {
  if (isList(value)) return value.map(camelCased);
  if (!isMap(value)) return value;
  const told = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(told.map(([key, item]) => [camel(key), camelCased(item)]));
}

/** Inputs in the API's words. */
export function snakeCased(value: Value): Value {
  if (isList(value)) return value.map(snakeCased);
  if (!isMap(value)) return value;
  const told = Object.entries(value).filter(([key, item]) => item !== null && !key.startsWith("__"));
  return Object.fromEntries(told.map(([key, item]) => [snake(key), snakeCased(item)]));
}

/** `created_on` gives `createdOn`. */
export function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
