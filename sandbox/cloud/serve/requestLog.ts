/** The request log: one JSON line a request, with nothing secret in it. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** The vendors that have an API here. */
export const VENDORS = ["hetzner", "cloudflare", "digitalocean"] as const;
/** Which API was asked. */
export type Vendor = (typeof VENDORS)[number];

/** One line of `requests.jsonl`. */
export interface LoggedRequest {
  /** ISO 8601, UTC, when the request came in. */
  readonly time: string;
  readonly vendor: Vendor;
  /** Absent of the vendor's first account. */
  readonly account?: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  /** Status answered; absent where the line was cut. */
  readonly status?: number;
  /** `***64`: the length of the authorization header. */
  readonly authorization?: string;
  readonly body?: unknown;
  /** Vendor's error code or codes. */
  readonly error?: string;
  /** Kind of the injected fault. */
  readonly fault?: string;
  readonly milliseconds: number;
}

/** Appends lines. */
export interface RequestLog {
  write(line: LoggedRequest): void;
}

/** Opens the log, creating the folder where needed. */
export function openRequestLog(path: string): RequestLog {
  mkdirSync(dirname(path), { recursive: true });
  return {
    write: (line) => {
      appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    },
  };
}

const SECRET_KEYS = /^(user_data|root_password|password|token|authorization|private_?key|secret)$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Replaces what must not be written by `***` and its length, at any depth. */
export function mask(value: unknown): unknown {
  if (typeof value === "string") return PRIVATE_KEY.test(value) ? stars(value) : value;
  if (Array.isArray(value)) return value.map(mask);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEYS.test(key) && typeof inner === "string" ? stars(inner) : mask(inner),
    ]),
  );
}

/** `***12` for a text of twelve characters. */
export function stars(text: string): string {
  return `***${text.length}`;
}
