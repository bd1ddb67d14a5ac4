/**
 * Client of DigitalOcean's API with the retries of the real plugin.
 *
 * Measured of the real one: 429, 5xx and cut lines are sent again, POST too, four times after 1, 2, 4 and 8 seconds;
 * `Retry-After` is honoured, even above the longest wait. Nothing ends a request but its answer: neither a time-out nor
 * a Cancel reaches it.
 */
import type { HttpAnswer, HttpRequest } from "../protocol/transport.ts";
import { pause, send, TransportError } from "../protocol/transport.ts";

/** Settings of a client. */
export interface DigitaloceanSettings {
  /** `https://api.digitalocean.com`, without a final slash. */
  readonly endpoint: string;
  readonly token: string;
  readonly retries: number;
  /** First wait before a request is sent again, milliseconds; each further one is twice as long. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** An answer that says no, in the real plugin's words. */
export class DigitaloceanError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "DigitaloceanError";
    this.status = status;
  }
}

/** Whether something thrown says that the thing asked for does not exist. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof DigitaloceanError && thrown.status === 404;
}

const NEVER = new AbortController().signal;

/** The API. Paths begin with `/v2`. */
export class DigitaloceanApi {
  readonly #settings: DigitaloceanSettings;

  constructor(settings: DigitaloceanSettings) {
    this.#settings = settings;
  }

  /** Sends a request and answers the JSON body, an empty object where there is none. Throws {@link DigitaloceanError}. */
  async request<T>(method: HttpRequest["method"], path: string, body?: unknown): Promise<T> {
    const { endpoint, token, retries } = this.#settings;
    const request: HttpRequest = {
      method,
      url: `${endpoint}${path}`,
      headers: { authorization: `Bearer ${token}`, "user-agent": "digitalocean-standin" },
      signal: NEVER,
      ...(body === undefined ? {} : { body }),
    };
    for (let attempt = 0; ; attempt++) {
      const answer = await sendOnce(request);
      const cut = answer instanceof TransportError;
      if (!cut && answer.status < 400) return (answer.text === "" ? {} : JSON.parse(answer.text)) as T;
      const isRetried = cut || answer.status === 429 || answer.status >= 500;
      if (!isRetried || attempt === retries)
        throw refusal(request, answer, isRetried ? attempt + 1 : undefined);
      await pause(this.#waitMs(answer, attempt), NEVER);
    }
  }

  #waitMs(answer: HttpAnswer | TransportError, attempt: number): number {
    const headers = answer instanceof TransportError ? {} : answer.headers;
    const told = Number.parseFloat(headers["retry-after"] ?? "");
    if (Number.isFinite(told)) return told * 1000;
    return Math.min(this.#settings.firstWaitMs * 2 ** attempt, this.#settings.longestWaitMs);
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

function refusal(
  { method, url }: HttpRequest,
  answer: HttpAnswer | TransportError,
  attempts: number | undefined,
): DigitaloceanError {
  if (answer instanceof TransportError) {
    return new DigitaloceanError(
      0,
      `${method} ${url} giving up after ${attempts} attempt(s): ${answer.message}`,
    );
  }
  const { message, request_id: id } = bodyOf(answer);
  const asked = id === undefined ? "" : `(request "${id}") `;
  const end = attempts === undefined ? "" : `; giving up after ${attempts} attempt(s)`;
  return new DigitaloceanError(answer.status, `${method} ${url}: ${answer.status} ${asked}${message}${end}`);
}

function bodyOf({ text }: HttpAnswer): { message: string; request_id?: string } {
  try {
    return JSON.parse(text) as { message: string; request_id?: string };
  } catch {
    return { message: text };
  }
}
