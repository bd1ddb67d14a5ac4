/**
 * One HTTP request, with errors in the words of Go's client, which the real plugins are written with.
 *
 * No time-out of its own: a request waits as long as its signal lets it, as the real plugins do.
 */
import * as http from "node:http";
import * as https from "node:https";

/** A request. The body is sent as JSON. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** An answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** No answer came. `aborted` tells a limit or a Cancel from a broken line. */
export class TransportError extends Error {
  readonly aborted: boolean;

  constructor(request: HttpRequest, reason: string, aborted: boolean) {
    super(`${goMethod(request.method)} "${request.url}": ${reason}`);
    this.name = "TransportError";
    this.aborted = aborted;
  }
}

// No kept lines: a stale one would look like a cut POST, which is never sent again.
const agents = {
  "http:": new http.Agent({ keepAlive: false }),
  "https:": new https.Agent({ keepAlive: false }),
};

/** Sends one request and reads the whole answer. Rejects with {@link TransportError} when none came. */
export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const secure = url.protocol === "https:";
  const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
  const headers = {
    ...request.headers,
    ...(payload === undefined
      ? {}
      : { "content-type": "application/json", "content-length": `${Buffer.byteLength(payload)}` }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }): void => {
      const { signal } = request;
      const reason = signal.aborted ? (signal.reason as Error).message : goReason(error, url);
      reject(new TransportError(request, reason, signal.aborted));
    };
    const options = { method: request.method, headers, agent: secure ? agents["https:"] : agents["http:"] };
    const call = (secure ? https : http).request(url, { ...options, signal: request.signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        const { statusCode = 0, statusMessage = "" } = response;
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: statusCode, statusText: statusMessage, headers: response.headers, text });
      });
    });
    call.on("error", fail);
    call.end(payload);
  });
}

/** Waits, unless the signal aborts first; then it throws the signal's reason. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", aborted);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", aborted, { once: true });
  });
}

function goMethod(method: string): string {
  return `${method.charAt(0)}${method.slice(1).toLowerCase()}`;
}

function goReason(error: Error & { code?: string }, url: URL): string {
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  if (error.code === "ECONNRESET") return "EOF";
  if (error.code === "ECONNREFUSED") return `dial tcp ${url.hostname}:${port}: connect: connection refused`;
  if (error.code === "ENOTFOUND") return `dial tcp: lookup ${url.hostname}: no such host`;
  return error.message;
}
