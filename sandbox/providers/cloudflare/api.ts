/**
 * Client of Cloudflare's API with the retries of the real plugin.
 *
 * Measured of the real one: 429, 5xx and cut lines are sent again, POST too, after 2, 4, 8, 16, 30, 30, ... seconds less
 * up to a quarter; `Retry-After` (seconds) is honoured to the point.
 */
import type { CallContext } from "../protocol/handler.ts";
import { TransportError, pause, send } from "../protocol/transport.ts";
import type { HttpAnswer, HttpRequest } from "../protocol/transport.ts";

/** The real plugin was seen to send nine times; where it gives up was not. */
const RETRIES = 10;
const LONGEST_WAITS = 15;

/** Settings of a client. */
export interface CloudflareSettings {
  /** `https://api.cloudflare.com/client/v4`, without a final slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** First wait before a request is sent again, milliseconds. 2000 with the real plugin. */
  readonly retryBaseMs: number;
}

/** An answer that says no, in the real plugin's words. */
export class CloudflareError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(`failed to make http request: ${detail}`);
    this.name = "CloudflareError";
    this.status = status;
  }
}

/** The API. Paths begin with a slash; a query has its keys in alphabetical order. */
export class CloudflareApi {
  readonly #settings: CloudflareSettings;

  constructor(settings: CloudflareSettings) {
    this.#settings = settings;
  }

  /** Sends a request and answers `result`. Logs and throws {@link CloudflareError}. */
  async request<T>(
    method: HttpRequest["method"],
    path: string,
    context: CallContext,
    body?: unknown,
  ): Promise<T> {
    const { token, baseUrl } = this.#settings;
    const request: HttpRequest = {
      method,
      url: `${baseUrl}${path}`,
      headers: { authorization: `Bearer ${token}`, "user-agent": "cloudflare-standin" },
      signal: context.signal,
      ...(body === undefined ? {} : { body }),
    };
    const answer = await this.#sendPatiently(request, context);
    if (answer.status < 400) return (JSON.parse(answer.text) as { result: T }).result;
    const detail = `${method} "${request.url}": ${answer.status} ${answer.statusText} ${answer.text}`;
    // A missing thing is for the caller to judge.
    if (answer.status !== 404) context.log("error", `[ERROR] ${detail}: failed to make http request`);
    throw new CloudflareError(answer.status, detail);
  }

  async #sendPatiently(request: HttpRequest, { signal }: CallContext): Promise<HttpAnswer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await sendOnce(request);
      const refused = answer instanceof TransportError || answer.status === 429 || answer.status >= 500;
      if (!(answer instanceof TransportError) && (!refused || attempt === RETRIES)) return answer;
      if (answer instanceof TransportError && (answer.aborted || attempt === RETRIES)) {
        throw new CloudflareError(0, answer.message);
      }
      await pause(this.#waitMs(answer, attempt), signal);
    }
  }

  #waitMs(answer: HttpAnswer | TransportError, attempt: number): number {
    const told =
      answer instanceof TransportError ? Number.NaN : Number.parseFloat(answer.headers["retry-after"] ?? "");
    if (Number.isFinite(told)) return told * 1000;
    const base = this.#settings.retryBaseMs;
    return Math.min(base * 2 ** attempt, base * LONGEST_WAITS) * (1 - Math.random() / 4);
  }
}

async function sendOnce(request: HttpRequest): Promise<HttpAnswer | TransportError> {
  try {
    return await send(request);
  } catch (thrown) {
    if (thrown instanceof TransportError) return thrown;
    throw thrown;
  }
}
