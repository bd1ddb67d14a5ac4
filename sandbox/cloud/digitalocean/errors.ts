/** DigitalOcean's errors: `{"id", "message", "request_id"}`. */
import { randomUUID } from "node:crypto";

/** An answer that refuses. */
export class DigitaloceanError extends Error {
  readonly status: number;
  /** The status in words, such as `not_found`. */
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.status = status;
    this.id = id;
  }

  /** The JSON body, with a number of its own each time. */
  body(): Record<string, unknown> {
    return { id: this.id, message: this.message, request_id: randomUUID() };
  }
}

/** 404, in the same words for everything. */
export function notFound(): DigitaloceanError {
  return new DigitaloceanError(404, "not_found", "The resource you requested could not be found.");
}

/** 422 with what is wrong. */
export function unprocessable(message: string): DigitaloceanError {
  return new DigitaloceanError(422, "unprocessable_entity", message);
}

/** 401. */
export function unauthorized(): DigitaloceanError {
  return new DigitaloceanError(401, "unauthorized", "Unable to authenticate you.");
}

const INJECTED: Record<number, readonly [string, string]> = {
  429: ["too_many_requests", "API rate limit exceeded."],
  500: ["server_error", "Server was unable to give you a response."],
  503: ["service_unavailable", "Server was unable to give you a response."],
};

/** Body of an injected error. */
export function injectedError(status: number): unknown {
  const [id, message] = INJECTED[status] ?? ["server_error", `answer ${status} as told`];
  return new DigitaloceanError(status, id, message).body();
}
