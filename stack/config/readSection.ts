/** Reads one object of the configuration by its table of fields, collecting every fault. */
import type { core } from "zod";
import type { Issue } from "../model/issue.ts";
import { nearest } from "../values/nearest.ts";
import type { Fault } from "../values/reading.ts";
import { unknownKey } from "./unknownKey.ts";
import {
  UNCHANGED,
  UNREAD_SECRET,
  type Because,
  type Field,
  type Fields,
  type Values,
} from "../values/field.ts";

/** Builds an error at a path. */
export function errorAt(path: string, fault: Fault): Issue {
  return { path, severity: "error", ...fault };
}

function nameKind(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "a text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Part of a path, as `pulumi config set --path` takes it. */
function joinPath(path: string, inner: readonly PropertyKey[]): string {
  return inner.reduce<string>(
    (text, key) => `${text}${typeof key === "number" ? `[${key}]` : `.${String(key)}`}`,
    path,
  );
}

/** A value that is ciphertext to who reads the file without the stack's key. */
export function unreadFault(path: string): Issue {
  const way = /[.[]/.test(path) ? `--path '${path}'` : path;
  return errorAt(path, {
    rule: "encrypted",
    message: "the value is encrypted, and cannot be read here: it need not be secret",
    fix: `set it without --secret: pulumi config set ${way} VALUE`,
  });
}

/** What the file that `mailstead init` writes leaves to its owner. */
function unchangedFault(path: string, fix: string): Issue {
  return errorAt(path, { rule: "unchanged", message: `it still says ${UNCHANGED}`, fix });
}

/** Places of a text in a value, from the value on. */
function findPlaces(
  text: string,
  value: unknown,
  inner: readonly PropertyKey[] = [],
): (readonly PropertyKey[])[] {
  if (value === text) return [inner];
  if (Array.isArray(value)) return value.flatMap((item, index) => findPlaces(text, item, [...inner, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => findPlaces(text, item, [...inner, key]));
}

/** Faults of a value that is not there yet, or not for who reads it here. */
function notThere(value: unknown, path: string, field: Field<unknown>): Issue[] {
  return [
    ...findPlaces(UNREAD_SECRET, value).map((inner) => unreadFault(joinPath(path, inner))),
    ...findPlaces(UNCHANGED, value).map((inner) => unchangedFault(joinPath(path, inner), field.fix)),
  ];
}

/** Shows a value that is not secret, cut short. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function toFault(issue: core.$ZodIssue, field: Field<unknown>, input: unknown): Fault {
  const { fix } = field;
  if (issue.code === "custom" && issue.params?.["fault"] !== undefined) return issue.params["fault"] as Fault;
  if (issue.code === "invalid_type") {
    const wanted = KINDS[issue.expected] ?? issue.expected;
    // YAML takes what looks like one for a number or a date, and `010` for 8.
    const bare = issue.expected === "string" && ["number", "boolean"].includes(typeof input);
    const way = bare ? `write it in quotes, such as ${JSON.stringify(String(input))}` : fix;
    return { rule: "wrong-kind", message: `expected ${wanted}, found ${nameKind(input)}`, fix: way };
  }
  if (issue.code === "invalid_value") {
    const found = field.secret === true ? "the value" : shown(input);
    const meant = typeof input === "string" ? nearest(input, issue.values.map(String)) : undefined;
    const hint = meant === undefined ? fix : `set ${meant}`;
    return {
      rule: "not-allowed",
      message: `${found} is not one of ${issue.values.map(String).join(", ")}`,
      fix: hint,
    };
  }
  if (issue.code === "too_small" && issue.origin === "array")
    return { rule: "empty-list", message: "the list is empty", fix };
  if (issue.code === "too_big" && issue.origin === "array") {
    return { rule: "list-too-long", message: `the list has more than ${issue.maximum} entries`, fix };
  }
  if (issue.code === "too_small")
    return { rule: "out-of-range", message: `${shown(input)} is below ${issue.minimum}`, fix };
  if (issue.code === "too_big")
    return { rule: "out-of-range", message: `${shown(input)} is above ${issue.maximum}`, fix };
  return {
    rule: "not-allowed",
    message: `${field.secret === true ? "the value" : shown(input)} is not allowed`,
    fix,
  };
}

/** Defaults that were read: they are the same in every configuration. */
const DEFAULTS = new WeakMap<Because<unknown>, unknown>();

function readDefault({ schema, default: given }: Field<unknown>): unknown {
  if (given === undefined) return undefined;
  if (!DEFAULTS.has(given)) DEFAULTS.set(given, schema.parse(given.value));
  return DEFAULTS.get(given);
}

/** Reads one value, or its default; undefined when it is absent or bad, with the fault added to `issues`. */
function readField(field: Field<unknown>, value: unknown, path: string, issues: Issue[]): unknown {
  if (value === undefined || value === null) {
    if (field.required === true) {
      issues.push(errorAt(path, { rule: "missing", message: "the value is missing", fix: field.fix }));
    }
    return readDefault(field);
  }
  if (field.secret === true && value === UNREAD_SECRET) return value;
  const missing = notThere(value, path, field);
  if (missing.length > 0) {
    issues.push(...missing);
    return undefined;
  }
  const result = field.schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    issues.push(errorAt(joinPath(path, issue.path), toFault(issue, field, at(value, issue.path))));
  }
  return undefined;
}

/** Path of a key in a section; the top has no dot. */
export function below(path: string, key: string): string {
  return path === "mailstead:" ? `${path}${key}` : `${path}.${key}`;
}

/** Whether a value is an object with keys, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names every key that is neither a field nor a section. Values are never shown: they may be secrets. */
export function refuseUnknownKeys(
  value: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
  issues: Issue[],
): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    // At the top, one with a namespace is whole.
    const place = key.includes(":") && path === "mailstead:" ? key : below(path, key);
    issues.push(errorAt(place, unknownKey(key, known, path)));
  }
}

/**
 * Reads one section.
 *
 * @param sections keys that are read apart.
 * @returns what could be read; undefined when the value is no object at all.
 */
export function readSection<F extends Fields>(
  fields: F,
  value: unknown,
  path: string,
  issues: Issue[],
  sections: readonly string[] = [],
): Values<F> {
  const given = value ?? {};
  if (given === UNREAD_SECRET) {
    issues.push(unreadFault(path));
    return {};
  }
  if (!isObject(given)) {
    issues.push(
      errorAt(path, {
        rule: "wrong-kind",
        message: `expected an object, found ${nameKind(value)}`,
        fix: `write the keys ${[...Object.keys(fields), ...sections].join(", ")} below it`,
      }),
    );
    return {};
  }
  refuseUnknownKeys(given, [...Object.keys(fields), ...sections], path, issues);
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries<Field<unknown>>(fields)) {
    const read = readField(field, given[key], below(path, key), issues);
    if (read !== undefined) values[key] = read;
  }
  return values as Values<F>;
}
