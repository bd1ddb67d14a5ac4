/** Reads a zone at Hetzner. @see https://docs.hetzner.cloud/reference/cloud#zones */
import { canonicalName } from "../../../stack/values/domainName.ts";
import { hetznerForm, type HetznerRow } from "../../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import { allPages, callVendor, VendorError } from "../http.ts";
import { locateApi } from "../apis.ts";
import type { ProviderZone, ZoneReader } from "../zoneReader.ts";
import type { ZoneApi } from "../zoneApi.ts";
import { HETZNER_API } from "./place.ts";

/** Most that a page of record sets holds. */
const PAGE = 100;

interface ZoneAnswer {
  readonly zone: {
    readonly id: number;
    readonly status?: string;
    readonly authoritative_nameservers?: { readonly assigned: readonly string[] };
  };
}

interface SetsAnswer {
  readonly rrsets: readonly HetznerRow[];
  readonly meta: { readonly pagination: { readonly next_page: number | null } };
}

/** Reader of a zone at Hetzner; the API takes its name for its id. */
class HetznerZone implements ZoneReader {
  readonly provider = "hetzner";
  readonly #name: string;
  readonly #token: string;
  readonly #base = locateApi(HETZNER_API);

  constructor(name: string, token: string) {
    this.#name = name;
    this.#token = token;
  }

  async zone(): Promise<ProviderZone | undefined> {
    try {
      const { zone } = (await callVendor(`${this.#base}/zones/${this.#name}`, this.#token)) as ZoneAnswer;
      const { id, status, authoritative_nameservers: servers } = zone;
      return {
        id: String(id),
        ...(status === undefined ? {} : { status }),
        nameServers: (servers?.assigned ?? []).map(canonicalName),
      };
    } catch (error) {
      if (error instanceof VendorError && error.status === 404) return undefined;
      throw error;
    }
  }

  async records(): Promise<readonly ProviderRecord[]> {
    const rows = await allPages<HetznerRow>(async (page) => {
      const url = `${this.#base}/zones/${this.#name}/rrsets?per_page=${PAGE}&page=${page}`;
      const { rrsets, meta } = (await callVendor(url, this.#token)) as SetsAnswer;
      return { items: rrsets, next: meta.pagination.next_page ?? undefined };
    });
    return hetznerForm.read(rows, { name: this.#name, id: this.#name });
  }
}

export const hetznerZones: ZoneApi = {
  reader: (zone, token) => new HetznerZone(zone, token),
  recordUrl: (importId) => {
    const [zone = "", name = "", type = ""] = importId.split("/");
    return `${locateApi(HETZNER_API)}/zones/${zone}/rrsets/${name}/${type}`;
  },
};
