/** A plain HTTP listener on loopback for one vendor: control path, request log and faults round its routes. */
import type { HttpBindings } from "@hono/node-server";
import { getRequestListener } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { timingSafeEqual } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { Fault, FaultBook } from "./faults.ts";
import { mask, type RequestLog, stars, type Vendor } from "./requestLog.ts";

/** Hono's environment under Node: the raw request is at hand. */
export interface NodeEnv {
  Bindings: HttpBindings;
  /** Kind of the fault that the routes themselves play, for the log. */
  Variables: { fault?: Fault["kind"] };
}

/** A further customer of a vendor, who sees nothing of the first one's. */
export interface FurtherAccount {
  /** As the request log has it. */
  readonly name: string;
  readonly token: string;
  readonly routes: Hono<NodeEnv>;
}

/** One vendor's API as the listener needs it. */
export interface VendorApi {
  readonly vendor: Vendor;
  /** Of the first account; whoever has no token that is known is refused by these. */
  readonly routes: Hono<NodeEnv>;
  /** Accounts beside the first, each with a token of its own. */
  readonly further?: readonly FurtherAccount[];
  /** Answer of an injected error, in the vendor's form. */
  failure(status: number): unknown;
  /** Error codes of an answer, for the log. */
  errorOf(answer: unknown): string | undefined;
}

/** What the listener shares with the other vendor. */
export interface Shared {
  readonly faults: FaultBook;
  readonly log: RequestLog;
  readonly control: Hono<NodeEnv>;
}

/** A running listener. */
export interface Listener {
  /** `http://127.0.0.1:8101`, without a final slash. */
  readonly url: string;
  /** Stops listening and cuts open lines. */
  close(): Promise<void>;
}

/**
 * How long a connection may be idle, in milliseconds: nginx's default, as before the vendors' APIs. With Node's own 5 s a
 * client that is held up longer than that sends on a connection which is closed just then.
 */
const IDLE_MS = 75_000;

const REQUEST_FAULTS = ["rate_limit", "status", "hang", "drop_before", "drop_after"] as const;

/** Starts listening on 127.0.0.1. Port 0 takes a free one. */
export async function listen(api: VendorApi, shared: Shared, port: number): Promise<Listener> {
  const app = new Hono<NodeEnv>({ getPath: (request) => routedPath(api, request) });
  const stopping = new AbortController();
  app.route("/_sandbox", shared.control);
  app.use("*", (context: Context<NodeEnv>, next) => observe(api, shared, stopping.signal, context, next));
  for (const { name, routes } of api.further ?? []) app.route(accountPath(name), routes);
  app.route("/", api.routes);
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  const server = createServer((request, response) => void listener(request, response));
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { url: `http://127.0.0.1:${boundPort(server)}`, close: () => stop(server, stopping) };
}

/** Where the routes of a further account are kept. No vendor has paths that begin so. */
function accountPath(name: string): string {
  return `/@${name}`;
}

/** The account that a request's token is of; undefined for the first one's, and for a token that is none. */
function accountOf(
  { further = [] }: VendorApi,
  authorization: string | null | undefined,
): string | undefined {
  return further.find(({ token }) => sameText(authorization ?? "", `Bearer ${token}`))?.name;
}

/** The path that decides the route: the token has its part in it, and the path that a vendor shows has not. */
function routedPath(api: VendorApi, request: Request): string {
  const { pathname } = new URL(request.url);
  const account = accountOf(api, request.headers.get("authorization"));
  return account === undefined || pathname.startsWith("/_sandbox")
    ? pathname
    : accountPath(account) + pathname;
}

/** Compares without telling by time how much was right. */
export function sameText(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function boundPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return address.port;
}

async function stop(server: Server, stopping: AbortController): Promise<void> {
  stopping.abort();
  const closed = new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  server.closeAllConnections();
  await closed;
}

type Next = () => Promise<void>;

async function observe(
  api: VendorApi,
  shared: Shared,
  signal: AbortSignal,
  context: Context<NodeEnv>,
  next: Next,
) {
  const started = new Date();
  const url = new URL(context.req.url);
  const { method } = context.req;
  const text = await context.req.text();
  const fault = shared.faults.take(
    { vendor: api.vendor, method, path: url.pathname + url.search, body: text },
    REQUEST_FAULTS,
  );
  const cut = fault !== undefined && (await misbehave(fault, api, context, next, signal));
  if (fault === undefined) await next();
  const authorization = context.req.header("authorization");
  const account = accountOf(api, authorization);
  const answer = cut ? undefined : await readAnswer(context.res);
  const error = api.errorOf(answer);
  const played = fault?.kind ?? context.get("fault");
  shared.log.write({
    time: started.toISOString(),
    vendor: api.vendor,
    ...(account === undefined ? {} : { account }),
    method,
    path: url.pathname,
    ...(url.search === "" ? {} : { query: url.search.slice(1) }),
    ...(cut ? {} : { status: context.res.status }),
    ...(authorization === undefined ? {} : { authorization: stars(authorization) }),
    ...(text === "" ? {} : { body: mask(parse(text)) }),
    ...(error === undefined ? {} : { error }),
    ...(played === undefined ? {} : { fault: played }),
    milliseconds: Date.now() - started.getTime(),
  });
}

/** Plays a fault; true where the line was cut. */
async function misbehave(
  fault: Fault,
  api: VendorApi,
  context: Context<NodeEnv>,
  next: Next,
  signal: AbortSignal,
): Promise<boolean> {
  if (fault.kind === "rate_limit" || fault.kind === "status") {
    const status = fault.kind === "rate_limit" ? 429 : (fault.status ?? 500);
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (status === 429) headers["retry-after"] = String(fault.seconds ?? 1);
    context.res = new Response(JSON.stringify(api.failure(status)), { status, headers });
    return false;
  }
  if (fault.kind === "hang") await wait((fault.seconds ?? 60) * 1000, signal);
  if (fault.kind === "drop_after") await next();
  context.env.incoming.socket.destroy();
  context.res = RESPONSE_ALREADY_SENT;
  return true;
}

/** Resolves after the time, or at once when the listener closes. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, milliseconds);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

async function readAnswer(response: Response): Promise<unknown> {
  if (response.status < 400) return undefined;
  return parse(await response.clone().text());
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return `***${text.length}`;
  }
}
