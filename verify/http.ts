/** One call to a vendor's REST API, and what can be wrong with its answer. */

/** Seconds after which an answer is given up. */
const TIMEOUT_SECONDS = 20;

/** An answer of a vendor that is no success, or none at all. */
export class VendorError extends Error {
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** Seconds to wait before asking again, where the vendor says so. */
  readonly retryAfterSeconds?: number;
  constructor(status: number, message: string, more: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: more.cause });
    this.status = status;
    if (more.retryAfterSeconds !== undefined) this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/**
 * Asks a vendor.
 *
 * @returns the parsed JSON; an empty object for an empty answer.
 * @throws VendorError for every status but success, for no answer within 20 seconds, and for what is no JSON
 */
export async function callVendor(url: string, token: string, method = "GET"): Promise<unknown> {
  const { host, pathname } = new URL(url);
  const asked = `${method} ${pathname}`;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
    });
    text = await answer.text();
  } catch (cause) {
    throw new VendorError(0, `${asked}: no answer from ${host}: ${reasonOf(cause)}`, { cause });
  }
  if (!answer.ok) throw refusal(asked, answer, text);
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new VendorError(answer.status, `${asked}: ${host} answered something else than JSON`, { cause });
  }
}

/** `fetch` keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function refusal(asked: string, answer: Response, text: string): VendorError {
  const { status } = answer;
  const said = `${asked}: ${status} ${text.slice(0, 300)}`;
  if (status === 429) {
    const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
    const wait = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
    const when = Number.isFinite(seconds) ? `in ${seconds} seconds` : "in some minutes";
    return new VendorError(status, `${asked}: rate limit reached, ask again ${when}`, wait);
  }
  return new VendorError(status, status >= 500 ? `${said.trimEnd()} (a fault at the vendor)` : said);
}

/** Every element of a list, one call a page; `page` gives the elements and the next page's number, if any. */
export async function allPages<T>(
  page: (number: number) => Promise<{ readonly items: readonly T[]; readonly next: number | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let number: number | undefined = 1; number !== undefined;) {
    const { items, next }: Awaited<ReturnType<typeof page>> = await page(number);
    for (const item of items) all.push(item);
    number = next;
  }
  return all;
}
