/** Comparison of deployed inputs with wanted ones, by the facts of a resource's schema. */
import type { DiffArguments, DiffResult, Known, ResourceHandler, ResourceSchema } from "./handler.ts";
import { UNKNOWN, isList, isMap } from "./value.ts";
import type { Properties, Value } from "./value.ts";

type Kind = "add" | "update" | "delete";

/**
 * Compares inputs: property order means nothing, lists named in `schema.sets` are sets, an input equal to its default
 * is as good as left out, and an unknown differs from everything.
 */
export function compareInputs(
  handler: Pick<ResourceHandler, "schema" | "normalise">,
  change: DiffArguments,
): DiffResult {
  const { schema } = handler;
  const normalise = (inputs: Known): Properties => handler.normalise?.(inputs) ?? inputs;
  const olds = comparable(schema, normalise(deployed(schema, change)));
  const news = comparable(schema, normalise(change.newInputs));
  const details: Record<string, DiffResult["details"][string]> = {};
  const replaces: string[] = [];
  for (const key of [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort()) {
    if (schema.ignored?.includes(key)) continue;
    if (news[key] === undefined && schema.optionalComputed?.includes(key)) continue;
    const found = differences(key, olds[key], news[key]);
    if (found.length === 0) continue;
    const replace = schema.replaceOn.includes(key);
    if (replace) replaces.push(key);
    for (const [path, kind] of found) details[path] = replace ? `${kind}-replace` : kind;
  }
  const changed = Object.keys(details).length > 0;
  if (changed) for (const key of schema.unknownOnUpdate ?? []) details[key] ??= "update";
  return { changed, details, replaces };
}

/** Old inputs, with outputs in their place where those are what counts. */
function deployed(schema: ResourceSchema, { oldInputs, oldOutputs }: DiffArguments): Known {
  const compared = Object.keys(oldOutputs).filter(
    (key) =>
      schema.comparedWithOutput?.includes(key) ||
      (schema.optionalComputed?.includes(key) && !(key in oldInputs)),
  );
  return { ...oldInputs, ...Object.fromEntries(compared.map((key) => [key, oldOutputs[key] ?? null])) };
}

function comparable(schema: ResourceSchema, inputs: Properties): Record<string, Value> {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries({ ...schema.defaults, ...inputs })) {
    if (value === undefined || value === null || key.startsWith("__") || isEmpty(value)) continue;
    result[key] = sorted(schema, key, value);
  }
  return result;
}

/** An empty list or object says no more than one left out. */
function isEmpty(value: Value): boolean {
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function sorted(schema: ResourceSchema, path: string, value: Value): Value {
  if (isList(value)) {
    const items = value.map((item) => sorted(schema, path, item));
    return schema.sets?.includes(path) ? items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) : items;
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, sorted(schema, `${path}.${name}`, item)]),
  );
}

/** A text by which items of a set are ordered; equal for equal items. */
function key(value: Value): string {
  if (value === UNKNOWN) return "\uffff";
  if (isList(value)) return `[${value.map(key).join()}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${name}:${key(value[name] ?? null)}`).join()}}`;
}

function differences(path: string, old: Value | undefined, wanted: Value | undefined): [string, Kind][] {
  if (old === undefined || old === null)
    return wanted === undefined || wanted === null ? [] : [[path, "add"]];
  if (wanted === undefined || wanted === null) return [[path, "delete"]];
  if (isList(old) && isList(wanted)) {
    const longest = Math.max(old.length, wanted.length);
    return Array.from({ length: longest }).flatMap((_, index) =>
      differences(`${path}[${index}]`, old[index], wanted[index]),
    );
  }
  if (isMap(old) && isMap(wanted)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort();
    return names.flatMap((name) => differences(joined(path, name), old[name], wanted[name]));
  }
  return old === wanted && wanted !== UNKNOWN ? [] : [[path, "update"]];
}

function joined(path: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${path}.${name}` : `${path}["${name}"]`;
}
