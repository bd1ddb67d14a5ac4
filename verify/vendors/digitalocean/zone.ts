/** Reads a domain at DigitalOcean. @see https://docs.digitalocean.com/reference/api/reference/domains/ */
import { digitaloceanForm, type DigitaloceanRow } from "../../../stack/vendors/digitalocean/dnsForm.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import { allPages, callVendor, VendorError } from "../http.ts";
import type { ProviderZone, ZoneReader } from "../zoneReader.ts";
import { locateApi, type ApiPlace } from "../apis.ts";
import type { ZoneApi } from "../zoneApi.ts";

const API: ApiPlace = { variable: "DIGITALOCEAN_API_URL", base: "https://api.digitalocean.com" };

/** Most that a page holds. */
const PAGE = 200;

/** All domains have the same name servers. @see https://docs.digitalocean.com/products/networking/dns/ */
const NAME_SERVERS = ["ns1.digitalocean.com", "ns2.digitalocean.com", "ns3.digitalocean.com"];

interface RecordsAnswer {
  readonly domain_records: readonly DigitaloceanRow[];
  readonly links?: { readonly pages?: { readonly next?: string } };
}

/** Reader of a domain at DigitalOcean; its id is its name. */
class DigitaloceanZone implements ZoneReader {
  readonly provider = "digitalocean";
  readonly #name: string;
  readonly #token: string;
  readonly #base = locateApi(API);

  constructor(name: string, token: string) {
    this.#name = name;
    this.#token = token;
  }

  async zone(): Promise<ProviderZone | undefined> {
    try {
      await callVendor(`${this.#base}/v2/domains/${this.#name}`, this.#token);
    } catch (error) {
      if (error instanceof VendorError && error.status === 404) return undefined;
      throw error;
    }
    return { id: this.#name, nameServers: NAME_SERVERS };
  }

  async records(): Promise<readonly ProviderRecord[]> {
    const rows = await allPages<DigitaloceanRow>(async (page) => {
      const url = `${this.#base}/v2/domains/${this.#name}/records?per_page=${PAGE}&page=${page}`;
      const { domain_records: items, links } = (await callVendor(url, this.#token)) as RecordsAnswer;
      return { items, next: links?.pages?.next === undefined ? undefined : page + 1 };
    });
    return digitaloceanForm.read(rows, { name: this.#name, id: this.#name });
  }
}

export const digitaloceanZones: ZoneApi = {
  reader: (zone, token) => new DigitaloceanZone(zone, token),
  recordUrl: (importId) => {
    const [domain = "", id = ""] = importId.split(",");
    return `${locateApi(API)}/v2/domains/${domain}/records/${id}`;
  },
};
