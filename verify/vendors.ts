/** The vendors' REST APIs, as far as a preflight asks them. */
import process from "node:process";
import { allPages, callVendor } from "./http.ts";

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
    return allPages<HetznerThing>(async (page) => {
      const url = `${this.#base}/${kind}?per_page=50&page=${page}${query}`;
      const answer = (await callVendor(url, this.#token)) as Record<string, unknown> & {
        meta?: { pagination?: { next_page: number | null } };
      };
      const items = (answer[kind] ?? []) as HetznerThing[];
      return { items, next: answer.meta?.pagination?.next_page ?? undefined };
    });
  }

  /** Deletes a thing; the vendor goes on with it after it answered. */
  async remove(kind: HetznerKind, id: number): Promise<void> {
    await callVendor(`${this.#base}/${kind}/${id}`, this.#token, "DELETE");
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
    const { result } = (await callVendor(
      `${this.#base}/zones?name=${encodeURIComponent(name)}`,
      this.#token,
    )) as {
      result: { id: string; status: string }[];
    };
    return result[0];
  }

  /** Every record of a zone, one call a page. */
  async records(zoneId: string): Promise<CloudflareRecord[]> {
    return allPages<CloudflareRecord>(async (page) => {
      const url = `${this.#base}/zones/${zoneId}/dns_records?per_page=500&page=${page}`;
      const answer = (await callVendor(url, this.#token)) as {
        result: CloudflareRecord[];
        result_info?: { total_pages?: number };
      };
      const pages = answer.result_info?.total_pages ?? 1;
      return { items: answer.result, next: page < pages ? page + 1 : undefined };
    });
  }

  async removeRecord(zoneId: string, id: string): Promise<void> {
    await callVendor(`${this.#base}/zones/${zoneId}/dns_records/${id}`, this.#token, "DELETE");
  }
}
