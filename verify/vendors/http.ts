/** One call to a vendor's REST API, and what can be wrong with its answer. */
import type { IncomingMessage } from "node:http";
import * as https from "node:https";
import process from "node:process";

/** Seconds after which an answer is given up. */
const TIMEOUT_SECONDS = 20;

/** An answer of a vendor that is no success, or none at all. */
export class VendorError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Seconds to wait before asking again, where the vendor says so. */
  readonly retryAfterSeconds?: number;
  /** What to do about it, where that is known. */
  readonly fix?: string;
  constructor(
    status: number,
    message: string,
    more: { cause?: unknown; retryAfterSeconds?: number; fix?: string } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    if (more.fix !== undefined) this.fix = more.fix;
    if (more.retryAfterSeconds !== undefined) this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** What to do about an answer: a token is to blame only where the vendor has spoken. */
export function fixFor({ status, fix }: VendorError, ofToken: string): string {
  if (fix !== undefined) return fix;
  if (status === 0) return "look at this machine's network, then run this again";
  return status === 429 || status >= 500 ? "run this again in some minutes" : ofToken;
}

/**
 * Asks a vendor.
 *
 * @returns the parsed JSON; an empty object for an empty answer.
 * @throws VendorError for every status but success, for no answer within 20 seconds, and for what is no JSON
 */
export async function callVendor(url: string, token: string, method = "GET"): Promise<unknown> {
  const target = readUrl(url);
  const asked = `${method} ${target.pathname}`;
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  let answer: IncomingMessage;
  let text: string;
  try {
    answer = await ask(target, { method, headers: { authorization: `Bearer ${token}` }, signal });
    text = await textWithin(answer);
  } catch (cause) {
    throw new VendorError(0, `${asked}: no answer from ${target.host}: ${describeReason(cause, signal)}`, {
      cause,
    });
  }
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 299) throw refusal(asked, status, answer.headers["retry-after"], text);
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new VendorError(status, `${asked}: ${target.host} answered something else than JSON`, { cause });
  }
}

/** An address that the environment gave us may be none. */
function readUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol === "https:" || target?.protocol === "http:") return target;
  const fix = "look at the variable that names it";
  throw new VendorError(0, `${url.slice(0, 100)} is no http or https URL`, { fix });
}

/** Most that an answer has. Of a zone's 5,000 records it is some 2 MB. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Reads an answer, as long as it is no endless one. */
async function textWithin(answer: IncomingMessage): Promise<string> {
  let text = "";
  let size = 0;
  for await (const part of answer.setEncoding("utf8") as AsyncIterable<string>) {
    size += Buffer.byteLength(part);
    if (size > MOST_BYTES) throw new Error("it has more than 32 MiB");
    text += part;
  }
  return text;
}

/**
 * Node's own client, not `fetch`, whose loading takes a third of a short command's time. An import of `node:http` would
 * load that too, for its `WebSocket`; so it is taken when it is wanted, in another way.
 */
function ask(
  url: URL,
  options: { method: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<IncomingMessage> {
  const { request } = url.protocol === "http:" ? process.getBuiltinModule("node:http") : https;
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on("error", reject).end();
  });
}

/** A time-out is told by the signal; what the request says then is that it was broken off. */
function describeReason(error: unknown, { aborted }: AbortSignal): string {
  if (aborted) return `none within ${TIMEOUT_SECONDS} seconds`;
  if (error instanceof AggregateError) return error.errors.map((one: Error) => one.message).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function refusal(asked: string, status: number, retryAfter: string | undefined, text: string): VendorError {
  const said = `${asked}: ${status} ${text.slice(0, 300)}`;
  if (status === 429) {
    const seconds = Number(retryAfter ?? Number.NaN);
    const wait = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
    const when = Number.isFinite(seconds) ? `in ${seconds} seconds` : "in some minutes";
    return new VendorError(status, `${asked}: rate limit reached, ask again ${when}`, wait);
  }
  return new VendorError(status, status >= 500 ? `${said.trimEnd()} (a fault at the vendor)` : said);
}

/** Most pages of a list: of the smallest ones 50,000 things. */
const MOST_PAGES = 1000;
/** Seconds for all pages together. */
const PAGES_SECONDS = 300;

/**
 * Every element of a list, one call a page; `page` gives the elements and the next page's number, if any.
 *
 * @throws VendorError where the list does not end: a page that leads back, too many of them, or more than five minutes
 */
export async function allPages<T>(
  page: (number: number) => Promise<{ readonly items: readonly T[]; readonly next: number | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const deadline = performance.now() + PAGES_SECONDS * 1000;
  for (let number: number | undefined = 1; number !== undefined;) {
    const { items, next }: Awaited<ReturnType<typeof page>> = await page(number);
    for (const item of items) all.push(item);
    if (next !== undefined && (next <= number || next > MOST_PAGES || performance.now() > deadline))
      throw new VendorError(0, `the list does not end: after page ${number} comes page ${next}`);
    number = next;
  }
  return all;
}
