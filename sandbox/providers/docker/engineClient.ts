/** Docker Engine API over one connection, opened at the first request and closed with the operation. */
import { Agent, request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { CallContext, StartedBy } from "../protocol/handler.ts";
import { endpointOf } from "./endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { SshStream } from "./sshStream.ts";

/** Newest API version this client was written for; an older daemon's own version is used instead. */
const NEWEST_API = "1.45";
/** The plugin's placeholder for the daemon's host in messages. */
const PLACEHOLDER = "http://docker.example.com";

/** The daemon answered, and refused. */
export class DaemonError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(`Error response from daemon: ${message}`);
    this.name = "DaemonError";
    this.status = status;
  }
}

/** What a request may carry. */
export interface EngineRequest {
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as a tar archive when it is bytes. */
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A daemon that has answered a ping. */
export interface Engine {
  /** Sends a request; answers the parsed JSON, or text where it is none. Throws {@link DaemonError} from 400 on. */
  send(method: "GET" | "POST" | "PUT" | "DELETE", path: string, request?: EngineRequest): Promise<unknown>;
  /** The same, with a 404 as `undefined`. */
  find(path: string): Promise<unknown>;
}

/**
 * Opens a connection, pings, runs `work`, and closes the connection whatever happens. A daemon that cannot be reached
 * fails with the text of the real plugin.
 */
export async function withEngine<T>(
  { config, startedBy, signal }: Pick<CallContext, "config" | "startedBy" | "signal">,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const endpoint = endpointOf(config, startedBy.environment);
  const agent = new EndpointAgent(endpoint, startedBy);
  try {
    return await work(new Client(agent, signal, await ping(agent, endpoint, signal)));
  } finally {
    agent.destroy();
  }
}

async function ping(agent: Agent, endpoint: Endpoint, signal: AbortSignal): Promise<string> {
  try {
    const answer = await exchange(agent, signal, "GET", "/_ping", {});
    const offered = String(answer.headers["api-version"] ?? NEWEST_API);
    return minor(offered) < minor(NEWEST_API) ? offered : NEWEST_API;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(
      `failed to create Docker client: Error pinging Docker server, please make sure that ${endpoint.url} is reachable ` +
        `and has a '_ping' endpoint. Error: ${reason(error)}`,
      { cause: error },
    );
  }
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.startsWith("Cannot connect")
    ? text
    : `error during connect: Get "${PLACEHOLDER}/_ping": ${text}`;
}

function minor(version: string): number {
  return Number(version.split(".")[1] ?? 0);
}

class EndpointAgent extends Agent {
  readonly #endpoint: Endpoint;
  readonly #startedBy: StartedBy;
  readonly #open = new Set<Duplex>();

  constructor(endpoint: Endpoint, startedBy: StartedBy) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#endpoint = endpoint;
    this.#startedBy = startedBy;
  }

  override createConnection(): Duplex {
    const stream = this.#dial();
    this.#open.add(stream);
    stream.on("close", () => this.#open.delete(stream));
    return stream;
  }

  #dial(): Duplex {
    const endpoint = this.#endpoint;
    if (endpoint.kind === "ssh") return new SshStream(endpoint, this.#startedBy);
    if (endpoint.kind === "unix") return connect({ path: endpoint.path ?? "" });
    return connect({ host: endpoint.host ?? "", port: endpoint.port ?? 0 });
  }

  override destroy(): void {
    super.destroy();
    for (const stream of this.#open) stream.destroy();
  }
}

class Client implements Engine {
  readonly #agent: Agent;
  readonly #signal: AbortSignal;
  readonly #version: string;

  constructor(agent: Agent, signal: AbortSignal, version: string) {
    this.#agent = agent;
    this.#signal = signal;
    this.#version = version;
  }

  async send(method: string, path: string, request: EngineRequest = {}): Promise<unknown> {
    const answer = await exchange(this.#agent, this.#signal, method, `/v${this.#version}${path}`, request);
    if (answer.status >= 400) throw new DaemonError(answer.status, messageOf(answer.body));
    return parsed(answer.body);
  }

  async find(path: string): Promise<unknown> {
    try {
      return await this.send("GET", path);
    } catch (error) {
      if (error instanceof DaemonError && error.status === 404) return undefined;
      throw error;
    }
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function exchange(
  agent: Agent,
  signal: AbortSignal,
  method: string,
  path: string,
  request: EngineRequest,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const query = new URLSearchParams(request.query).toString();
  const bytes = Buffer.isBuffer(request.body);
  const body = Buffer.isBuffer(request.body) ? request.body : request.body && JSON.stringify(request.body);
  const headers = {
    host: "docker.example.com",
    ...(body === undefined ? {} : { "content-type": bytes ? "application/x-tar" : "application/json" }),
    "content-length": body === undefined ? 0 : Buffer.byteLength(body),
    ...request.headers,
  };
  const sent = httpRequest({
    agent,
    method,
    path: query === "" ? path : `${path}?${query}`,
    headers,
    signal,
  });
  sent.on("error", (error) => {
    reject(signal.aborted ? (signal.reason as Error) : error);
  });
  sent.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString(),
      });
    });
  });
  sent.end(body);
  return promise;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function messageOf(body: string): string {
  const answer = parsed(body);
  const isAnswer = typeof answer === "object" && answer !== null && "message" in answer;
  return isAnswer ? String(answer.message) : body.trim();
}
