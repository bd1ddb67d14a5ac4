/** Cloudflare's errors: `{"success": false, "errors": [{"code", "message", "error_chain"?}], "messages": [], "result": null}`. */

/** One error with its code. */
export interface ErrorEntry {
  readonly code: number;
  readonly message: string;
  readonly error_chain?: readonly { readonly code: number; readonly message: string }[];
}

/** An answer that refuses. */
export class CloudflareError extends Error {
  readonly status: number;
  readonly entries: readonly ErrorEntry[];

  constructor(status: number, ...entries: readonly ErrorEntry[]) {
    super(entries.map((entry) => entry.message).join("; "));
    this.status = status;
    this.entries = entries;
  }

  /** The JSON body. */
  body(): Record<string, unknown> {
    return { success: false, errors: this.entries, messages: [], result: null };
  }
}

/** 400 with one code. */
export function refused(code: number, message: string): CloudflareError {
  return new CloudflareError(400, { code, message });
}

/** 400 "DNS Validation Error" (1004) with the true cause in its chain. */
export function invalidRecord(code: number, message: string): CloudflareError {
  return new CloudflareError(400, {
    code: 1004,
    message: "DNS Validation Error",
    error_chain: [{ code, message }],
  });
}

/** 404: a zone that the token does not see, or a path that does not exist. */
export function noRoute(path: string): CloudflareError {
  return new CloudflareError(404, {
    code: 7003,
    message: `Could not route to ${path}, perhaps your object identifier is invalid?`,
  });
}

const INJECTED: Record<number, readonly [number, string]> = {
  429: [1015, "Please wait and consider throttling your request speed"],
  500: [10000, "Internal server error"],
  502: [10000, "Bad gateway"],
  503: [10000, "Service temporarily unavailable"],
};

/** Body of an injected error. */
export function injectedError(status: number): unknown {
  const [code, message] = INJECTED[status] ?? [10000, `answer ${status} as told`];
  return new CloudflareError(status, { code, message }).body();
}
