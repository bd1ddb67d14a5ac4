/** The vendors' REST APIs, as far as a preflight asks them. */
import process from "node:process";

/** Answer of a vendor that is no success. */
export class VendorError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A thing at Hetzner, as far as a preflight looks at it. */
export interface HetznerThing {
  readonly id: number;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of servers: `running`, `off`, `initializing`, … */
  readonly status?: string;
}

/** Kinds of things that Mailstead makes at Hetzner, by their path. */
export const HETZNER_KINDS = ["servers", "primary_ips", "firewalls", "ssh_keys"] as const;
export type HetznerKind = (typeof HETZNER_KINDS)[number];

/** Seconds after which an answer is given up. */
const TIMEOUT_SECONDS = 20;

async function call(url: string, token: string, method = "GET"): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new VendorError(
      answer.status,
      `${method} ${new URL(url).pathname}: ${answer.status} ${text.slice(0, 300)}`,
    );
  return text === "" ? {} : JSON.parse(text);
}

/** Hetzner Cloud. @see https://docs.hetzner.cloud */
export class Hetzner {
  readonly #token: string;
  readonly #base: string;
  constructor(token: string, base = process.env["HCLOUD_ENDPOINT"] ?? "https://api.hetzner.cloud/v1") {
    this.#token = token;
    this.#base = base.replace(/\/$/, "");
  }

  /** Every thing of a kind, all pages. */
  async list(kind: string, query = ""): Promise<HetznerThing[]> {
    const things: HetznerThing[] = [];
    for (let page: number | null = 1; page !== null;) {
      const answer = (await call(
        `${this.#base}/${kind}?per_page=50&page=${page}${query}`,
        this.#token,
      )) as Record<string, unknown>;
      things.push(...((answer[kind] ?? []) as HetznerThing[]));
      page =
        (answer["meta"] as { pagination?: { next_page: number | null } } | undefined)?.pagination
          ?.next_page ?? null;
    }
    return things;
  }

  /** Deletes a thing; the vendor goes on with it after it answered. */
  async remove(kind: HetznerKind, id: number): Promise<void> {
    await call(`${this.#base}/${kind}/${id}`, this.#token, "DELETE");
  }
}

/** A record at Cloudflare. */
export interface CloudflareRecord {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly comment: string | null;
}

/** Cloudflare DNS. @see https://developers.cloudflare.com/api/resources/dns/ */
export class Cloudflare {
  readonly #token: string;
  readonly #base: string;
  constructor(
    token: string,
    base = process.env["CLOUDFLARE_BASE_URL"] ?? "https://api.cloudflare.com/client/v4",
  ) {
    this.#token = token;
    this.#base = base.replace(/\/$/, "");
  }

  /** The zone of a name, or undefined. */
  async zone(name: string): Promise<{ id: string; status: string } | undefined> {
    const { result } = (await call(`${this.#base}/zones?name=${encodeURIComponent(name)}`, this.#token)) as {
      result: { id: string; status: string }[];
    };
    return result[0];
  }

  /** Every record of a zone, one call a page. */
  async records(zoneId: string): Promise<CloudflareRecord[]> {
    const records: CloudflareRecord[] = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = (await call(
        `${this.#base}/zones/${zoneId}/dns_records?per_page=500&page=${page}`,
        this.#token,
      )) as {
        result: CloudflareRecord[];
        result_info?: { total_pages?: number };
      };
      records.push(...answer.result);
      pages = answer.result_info?.total_pages ?? 1;
    }
    return records;
  }

  async removeRecord(zoneId: string, id: string): Promise<void> {
    await call(`${this.#base}/zones/${zoneId}/dns_records/${id}`, this.#token, "DELETE");
  }
}
