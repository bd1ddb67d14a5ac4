/** The server vendor's REST API, as far as a preflight asks it. */
import { allPages, callVendor } from "../http.ts";
import { apiOf } from "../apis.ts";
import { HETZNER_API } from "./place.ts";

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
  readonly #base = apiOf(HETZNER_API);
  constructor(token: string) {
    this.#token = token;
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
