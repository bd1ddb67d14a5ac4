/** Hetzner's errors: `{"error": {"code", "message", "details"}}` (docs.hetzner.cloud, "Errors"). */
import type { ZodType } from "zod";

/** An answer that refuses. */
export class HetznerError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** The JSON body. */
  body(): { error: { code: string; message: string; details: unknown } } {
    return { error: { code: this.code, message: this.message, details: this.details ?? null } };
  }
}

/** 404: no such thing. `what` as in `server`. */
export function notFound(what: string, id: string | number): HetznerError {
  return new HetznerError(404, "not_found", `${what} with ID '${id}' not found`);
}

/** 409: the name, key or such is in use. */
export function notUnique(field: string, what: string): HetznerError {
  return new HetznerError(409, "uniqueness_error", `${what} is already used`, { fields: [{ name: field }] });
}

/** 422 for one field. */
export function invalid(field: string, message: string): HetznerError {
  return invalidFields([{ name: field, messages: [message] }]);
}

/** 422 with all fields at fault. */
export function invalidFields(fields: readonly { name: string; messages: string[] }[]): HetznerError {
  const names = fields.map((field) => `'${field.name}'`).join(", ");
  const first = fields[0]?.messages[0] ?? "";
  return new HetznerError(422, "invalid_input", `invalid input in field ${names}: ${first}`, { fields });
}

/** Checks a body against its schema; every field at fault is named in the error. */
export function parseBody<T>(schema: ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const fields = new Map<string, string[]>();
  for (const issue of result.error.issues) {
    const path = issue.path.map(String).join(".");
    const name = issue.code === "unrecognized_keys" ? issue.keys.join(",") : path;
    fields.set(name, [...(fields.get(name) ?? []), issue.message]);
  }
  throw invalidFields([...fields].map(([name, messages]) => ({ name, messages })));
}

const INJECTED: Record<number, readonly [string, string]> = {
  429: ["rate_limit_exceeded", "limit of 3600 requests per hour reached"],
  500: ["server_error", "Internal Server Error"],
  502: ["bad_gateway", "Bad Gateway"],
  503: ["unavailable", "Service Unavailable"],
  504: ["timeout", "Timeout"],
};

/** Body of an injected error. */
export function injectedError(status: number): unknown {
  const [code, message] = INJECTED[status] ?? ["server_error", `answer ${status} as told`];
  return new HetznerError(status, code, message).body();
}
