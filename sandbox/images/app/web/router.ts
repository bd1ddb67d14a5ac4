/** The little that web and api need of a web framework. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "../domain/refusal.ts";
import { log, reasonOf, webServer, type Tls } from "../process.ts";

/** A request as a handler sees it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** Parts of the path that the route's pattern named. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Fields of a form or a JSON object, as text. */
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly wantsJson: boolean;
}

/** What a handler answers. An object body goes out as JSON, a text as HTML. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** A route: `POST /my-account/domains/:domain/aliases`. */
export type Routes = Readonly<Record<string, (call: Call) => Promise<Answer>>>;

/** Largest form, bytes. */
const FORM_LIMIT = 1 << 20;

/** Serves routes. `before` may answer instead of the route. */
export function serve(
  tls: Tls | undefined,
  routes: Routes,
  before: (call: Call) => Promise<Answer | undefined> = () => Promise.resolve(undefined),
): ReturnType<typeof webServer> {
  return webServer(tls, (request, response) => {
    void respond(request, response, routes, before);
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  routes: Routes,
  before: (call: Call) => Promise<Answer | undefined>,
): Promise<void> {
  try {
    const call = await read(request);
    const answer = (await before(call)) ?? (await dispatch(routes, call));
    write(response, answer);
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    if (status === 500) log("request failed", { path: request.url, reason: reasonOf(error) });
    write(response, { status, body: { message: status === 500 ? "internal error" : reasonOf(error) } });
  }
}

async function dispatch(routes: Routes, call: Call): Promise<Answer> {
  for (const [route, handler] of Object.entries(routes)) {
    const [method = "", pattern = ""] = route.split(" ");
    const parameters = method === call.method ? match(pattern, call.path) : undefined;
    if (parameters !== undefined) return handler({ ...call, parameters });
  }
  throw new Refusal(404, "not found");
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) parameters[part.slice(1)] = decodeURIComponent(value).toLowerCase();
    else if (part !== value) return undefined;
  }
  return parameters;
}

async function read(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > FORM_LIMIT) throw new Refusal(413, "the request is too large");
    chunks.push(chunk as Buffer);
  }
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  return {
    method: request.method === "HEAD" ? "GET" : (request.method ?? "GET"),
    path: path.length > 1 ? path.replace(/\/$/, "") : path,
    parameters: {},
    fields: fieldsOf(Buffer.concat(chunks).toString(), request.headers["content-type"] ?? ""),
    headers: request.headers,
    wantsJson: /json/.test(request.headers.accept ?? ""),
  };
}

function fieldsOf(body: string, type: string): Record<string, string> {
  if (!type.includes("json")) return Object.fromEntries(new URLSearchParams(body));
  try {
    const value: unknown = JSON.parse(body === "" ? "{}" : body);
    return Object.fromEntries(Object.entries(value as object).map(([name, field]) => [name, String(field)]));
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

function write(response: ServerResponse, answer: Answer): void {
  const { status = 200, headers = {}, body = "" } = answer;
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/html; charset=utf-8" : "application/json",
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

/** User and password of the Basic scheme (RFC 7617); empty when there is none. */
export function basicCredentials(headers: IncomingMessage["headers"]): { user: string; password: string } {
  const encoded = /^Basic (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  return { user: colon < 0 ? text : text.slice(0, colon), password: colon < 0 ? "" : text.slice(colon + 1) };
}
