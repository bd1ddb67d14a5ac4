/** Hetzner Cloud's REST API, as far as it is asked about servers. @see https://docs.hetzner.cloud */
import type { ThingKind } from "../../../stack/vendors/cloud.ts";
import { locateApi } from "../apis.ts";
import { allPages, callVendor } from "../http.ts";
import { HETZNER_API } from "./place.ts";

/** A thing as the API lists it. */
export interface HetznerThing {
  readonly id: number;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Of servers: `running`, `off`, `initializing`, … */
  readonly status?: string;
  /** Of volumes: the server that it is on. */
  readonly server?: number | null;
}

/** A Primary IP. */
export interface HetznerAddress extends HetznerThing {
  /** `203.0.113.10`, or `2001:db8:a:1::/64`. */
  readonly ip?: string;
  /** Server that it is on. */
  readonly assignee_id?: number | null;
  readonly dns_ptr?: readonly { readonly ip: string; readonly dns_ptr: string }[];
}

/** Path of each kind of things. */
export const HETZNER_PATHS = {
  server: "servers",
  address: "primary_ips",
  firewall: "firewalls",
  key: "ssh_keys",
  volume: "volumes",
} as const satisfies Readonly<Record<ThingKind, string>>;

/** A token's project. */
export class HetznerApi {
  readonly #token: string;
  readonly #base = locateApi(HETZNER_API);
  constructor(token: string) {
    this.#token = token;
  }

  /** Every thing at a path, all pages. */
  async list(path: string, query = ""): Promise<HetznerThing[]> {
    return allPages<HetznerThing>(async (page) => {
      const url = `${this.#base}/${path}?per_page=50&page=${page}${query}`;
      const answer = (await callVendor(url, this.#token)) as Record<string, unknown> & {
        meta?: { pagination?: { next_page: number | null } };
      };
      const items = (answer[path] ?? []) as HetznerThing[];
      return { items, next: answer.meta?.pagination?.next_page ?? undefined };
    });
  }

  async remove(path: string, id: string): Promise<void> {
    await callVendor(`${this.#base}/${path}/${id}`, this.#token, "DELETE");
  }
}
