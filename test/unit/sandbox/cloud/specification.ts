/** The vendors' published schemas as a judge of answers: OpenAPI 3.0 turned into what ajv understands. */
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sharedSpecs } from "../../../support/shared.ts";

const documentSchema = z.looseObject({ paths: z.record(z.string(), z.unknown()) });

/** Says what is wrong with an answer, or undefined. */
export type Judge = (method: string, path: string, status: number, answer: unknown) => string | undefined;

/**
 * Judge of one vendor. A path or a status that the document does not know is a fault.
 * @param file name in the folder of specifications.
 * @param failure name of the schema that alone judges refusals, where the document's own 4xx schema contradicts itself.
 */
export function judgeOf(file: string, failure?: string): Judge {
  if (sharedSpecs === undefined) throw new Error("the specifications are not there");
  const document = documentSchema.parse(JSON.parse(readFileSync(join(sharedSpecs, file), "utf8")));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  // The package's types name its CommonJS shape; the function is the default export.
  (formats as unknown as (ajv: Ajv) => void)(ajv);
  takeRoot(ajv);
  ajv.addSchema(translate(document) as Record<string, unknown>, "spec");
  return (method, path, status, answer) => {
    const template = templateOf(Object.keys(document.paths), path);
    const responses = dig(document.paths[template ?? ""], method.toLowerCase(), "responses");
    const name = responseName(Object.keys(responses ?? {}), status);
    if (template === undefined || name === undefined) return `${method} ${path} ${status} is not in ${file}`;
    const response = ["paths", template, method.toLowerCase(), "responses", name];
    const steps = [...(sharedResponse(dig(responses, name)) ?? response), "content", "application/json"];
    const content = dig(document, ...steps);
    if (content === undefined) return answer === undefined ? undefined : "a body where none is promised";
    const own = failure !== undefined && status >= 400 && status < 500;
    const pointer = own ? `components/schemas/${failure}` : [...steps, "schema"].map(escapePointer).join("/");
    return report(ajv, ajv.compile({ $ref: `spec#/${pointer}` }), answer);
  };
}

/**
 * Lets `.` be a host name: the exchange of a null MX (RFC 7505), which the vendor keeps whatever its schema's format says.
 * @see https://github.com/cloudflare/terraform-provider-cloudflare/pull/2038
 */
function takeRoot(ajv: Ajv): void {
  const { hostname } = ajv.formats;
  if (!(hostname instanceof RegExp)) throw new Error("the format hostname is no expression any more");
  ajv.addFormat("hostname", (text: string) => text === "." || hostname.test(text));
}

/** Where a response stands that the document keeps for several paths. */
function sharedResponse(response: object | undefined): string[] | undefined {
  const { $ref: reference } = (response ?? {}) as { $ref?: string };
  return reference?.split("/").slice(1);
}

function dig(value: unknown, ...steps: readonly string[]): object | undefined {
  const found = steps.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
    value,
  );
  return typeof found === "object" && found !== null ? found : undefined;
}

function report(ajv: Ajv, validate: ValidateFunction, answer: unknown): string | undefined {
  return validate(answer) ? undefined : ajv.errorsText(validate.errors);
}

function escapePointer(step: string): string {
  return encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function responseName(names: readonly string[], status: number): string | undefined {
  const wanted = [String(status), `${String(status)[0]}xx`, "default"];
  return wanted.flatMap((one) => names.filter((name) => name.toLowerCase() === one))[0];
}

/** The document's path for a real one; a fixed step beats a parameter. */
function templateOf(templates: readonly string[], path: string): string | undefined {
  const steps = path.split("?")[0]?.split("/") ?? [];
  const fits = templates.filter((template) => {
    const parts = template.split("/");
    return (
      parts.length === steps.length &&
      parts.every((part, index) => part.startsWith("{") || part === steps[index])
    );
  });
  return fits.sort((left, right) => left.split("{").length - right.split("{").length)[0];
}

/** `nullable` and `$ref` as JSON Schema has them: null becomes one more choice, references point into the document. */
function translate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translate);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const entries = Object.entries(rest).map(([key, inner]) => [key, translate(inner)]);
  const schema = Object.fromEntries(entries) as Record<string, unknown>;
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}
