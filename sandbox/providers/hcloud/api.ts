/**
 * Client of Hetzner's Cloud API with the retries of the real plugin.
 *
 * Measured of the real one: 429, 502 and 504 (and the code `conflict`) are sent again five times, after 1 s, then a
 * random time between 1 s and 2ⁿ s; `Retry-After` is ignored; 500 and 503 fail at once; a GET whose line was cut is
 * sent once more at once, a POST never.
 */
import { TransportError, pause, send } from "../protocol/transport.ts";
import type { HttpAnswer, HttpRequest } from "../protocol/transport.ts";
import type { Action } from "./model.ts";

const RETRIES = 5;

/** Settings of a client. */
export interface HcloudSettings {
  /** `https://api.hetzner.cloud/v1`, without a final slash. */
  readonly endpoint: string;
  readonly token: string;
  /** First wait between two looks at an action, milliseconds. */
  readonly pollIntervalMs: number;
  readonly pollFunction: "constant" | "exponential";
  /** First wait before a request is sent again, milliseconds. 1000 with the real plugin. */
  readonly retryBaseMs: number;
}

/** A field of a request and what is wrong with it. */
export interface FieldFault {
  readonly name: string;
  readonly messages?: readonly string[];
}

/** An answer that says no. */
export class HcloudError extends Error {
  readonly status: number;
  readonly code: string;
  /** Fields at fault, where the vendor names them. */
  readonly fields: readonly FieldFault[];

  constructor(status: number, code: string, message: string, fields: readonly FieldFault[] = []) {
    super(`${message} (${code})`);
    this.name = "HcloudError";
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** Whether something thrown says that the thing asked for does not exist. */
export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof HcloudError && thrown.code === "not_found";
}

/** Whether something thrown says that another action runs on the thing. */
export function isLocked(thrown: unknown): boolean {
  return thrown instanceof HcloudError && thrown.code === "locked";
}

/** The API. Paths begin with a slash and may have a query, with keys in alphabetical order. */
export class HcloudApi {
  readonly #settings: HcloudSettings;

  constructor(settings: HcloudSettings) {
    this.#settings = settings;
  }

  /** Sends a request and answers the JSON body. Throws {@link HcloudError} or a transport error. */
  async request<T>(
    method: HttpRequest["method"],
    path: string,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<T> {
    const request: HttpRequest = {
      method,
      url: `${this.#settings.endpoint}${path}`,
      headers: { authorization: `Bearer ${this.#settings.token}`, "user-agent": "hcloud-standin" },
      signal,
      ...(body === undefined ? {} : { body }),
    };
    for (let attempt = 0; ; attempt++) {
      const answer = await sendOnce(request);
      const error = errorOf(answer);
      if (error === undefined) return (answer.text === "" ? {} : JSON.parse(answer.text)) as T;
      if (!isRetried(error) || attempt === RETRIES) throw error;
      await pause(this.#backoffMs(attempt), signal);
    }
  }

  /** Like a GET, but `undefined` where there is no such thing. */
  async find<T>(path: string, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.request<T>("GET", path, signal);
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Waits for actions, one after another. One that is done already costs no request. */
  async wait(actions: readonly (Action | undefined | null)[], signal: AbortSignal): Promise<void> {
    for (const action of actions) if (action) await this.#waitFor(action, signal);
  }

  /**
   * Work of a resource that is done up to five times, with waits of 1, 2, 4, 8 and 16 s after each failure, the last
   * one too (so the real plugin does).
   *
   * @param again whether what was thrown is a reason to go on.
   */
  async retry<T>(
    work: () => Promise<T>,
    again: (thrown: unknown) => boolean,
    signal: AbortSignal,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (thrown) {
        if (!again(thrown)) throw thrown;
        await pause(this.#settings.retryBaseMs * 2 ** (attempt - 1), signal);
        if (attempt === RETRIES) throw thrown;
      }
    }
  }

  async #waitFor(action: Action, signal: AbortSignal): Promise<void> {
    let current = action;
    for (let look = 0; current.status === "running"; look++) {
      await pause(this.#pollMs(look), signal);
      const path = `/actions?id=${action.id}&page=1&sort=status&sort=id`;
      const { actions } = await this.request<{ actions: Action[] }>("GET", path, signal);
      const found = actions.find(({ id }) => id === action.id);
      if (found === undefined) throw new Error(`failed to wait for action ${action.id}: action not found`);
      current = found;
    }
    if (current.status === "error") {
      const { code, message } = current.error ?? { code: "unknown_error", message: "action failed" };
      throw new Error(`${message} (${code}, ${current.id})`);
    }
  }

  #pollMs(look: number): number {
    const { pollFunction, pollIntervalMs } = this.#settings;
    return pollFunction === "constant" ? pollIntervalMs : Math.min(pollIntervalMs * 2 ** look, 30_000);
  }

  #backoffMs(attempt: number): number {
    const base = this.#settings.retryBaseMs;
    return base + Math.random() * (Math.min(base * 2 ** attempt, base * 60) - base);
  }
}

async function sendOnce(request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await send(request);
  } catch (thrown) {
    // Go's client repeats an idempotent request whose kept line broke.
    if (thrown instanceof TransportError && !thrown.aborted && request.method === "GET") return send(request);
    throw thrown;
  }
}

function isRetried({ status, code }: HcloudError): boolean {
  return status === 429 || status === 502 || status === 504 || code === "conflict";
}

function errorOf(answer: HttpAnswer): HcloudError | undefined {
  if (answer.status < 400) return undefined;
  const { status } = answer;
  try {
    const { error } = JSON.parse(answer.text) as {
      error: { code: string; message: string; details?: { fields?: readonly FieldFault[] } | null };
    };
    return new HcloudError(status, error.code, error.message, error.details?.fields);
  } catch {
    return new HcloudError(status, "unknown_error", `server responded with status code ${status}`);
  }
}
