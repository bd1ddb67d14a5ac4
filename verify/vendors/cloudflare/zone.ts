/** Reads a zone at Cloudflare. @see https://developers.cloudflare.com/api/resources/dns/ */
import { canonicalName } from "../../../stack/values/domainName.ts";
import { cloudflareForm, type CloudflareRow } from "../../../stack/vendors/cloudflare/dnsForm.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import { allPages, callVendor, VendorError } from "../http.ts";
import { SEVERAL_ZONES, type ProviderZone, type ZoneReader } from "../zoneReader.ts";
import { locateApi, type ApiPlace } from "../apis.ts";
import type { ZoneApi } from "../zoneApi.ts";

const API: ApiPlace = { variable: "CLOUDFLARE_BASE_URL", base: "https://api.cloudflare.com/client/v4" };

/** Records a page. The API takes far more; a page of this size is some 2 MB. */
const PAGE = 5000;

interface FoundZone {
  readonly id: string;
  readonly status?: string;
  readonly name_servers?: readonly string[];
  readonly account?: { readonly name?: string };
}

interface ZoneAnswer {
  readonly result: readonly FoundZone[];
}

/** A token may see the zones of several accounts, and each account may have one of the name: only one of them counts. */
function several(name: string, zones: readonly FoundZone[]): VendorError {
  const list = zones.map(({ id, status, account }) => {
    const words = [status, ...(account?.name === undefined ? [] : [`in ${account.name}`])];
    return `${id} (${words.filter((word) => word !== undefined).join(", ")})`;
  });
  const active = zones.filter(({ status }) => status === "active");
  const id = active.length === 1 && active[0] !== undefined ? active[0].id : "ID";
  return new VendorError(
    SEVERAL_ZONES,
    `the token sees ${zones.length} zones ${name} at Cloudflare: ${list.join(", ")}`,
    {
      fix: `say which one is meant: pulumi config set --path 'mailstead:dns.zoneId' ${id}`,
    },
  );
}

interface RecordsAnswer {
  readonly result: readonly CloudflareRow[] | null;
  readonly result_info?: { readonly total_count?: number };
}

/** Reader of a zone at Cloudflare. */
class CloudflareZone implements ZoneReader {
  readonly provider = "cloudflare";
  readonly #name: string;
  readonly #token: string;
  readonly #zoneId: string | undefined;
  readonly #base = locateApi(API);
  /** Who wants facts and records asks for the zone once. */
  #facts: Promise<ProviderZone | undefined> | undefined;

  /**
   * @param zoneId spares the look-up by name before the records. A token that may not look zones up sees none: with the
   *   id given, the zone is taken for there, and its records tell.
   */
  constructor(name: string, token: string, zoneId?: string) {
    this.#name = name;
    this.#token = token;
    this.#zoneId = zoneId;
  }

  zone(): Promise<ProviderZone | undefined> {
    this.#facts ??= this.#lookUp();
    return this.#facts;
  }

  async #lookUp(): Promise<ProviderZone | undefined> {
    const url = `${this.#base}/zones?name=${encodeURIComponent(this.#name)}`;
    const { result } = (await callVendor(url, this.#token)) as ZoneAnswer;
    const [zone, ...others] = result.filter(({ id }) => this.#zoneId === undefined || id === this.#zoneId);
    if (zone !== undefined && others.length > 0) throw several(this.#name, [zone, ...others]);
    if (zone === undefined) {
      const isHidden = result.length === 0 && this.#zoneId !== undefined;
      return isHidden ? { id: this.#zoneId, nameServers: [] } : undefined;
    }
    const { id, status, name_servers: nameServers = [] } = zone;
    return { id, ...(status === undefined ? {} : { status }), nameServers: nameServers.map(canonicalName) };
  }

  async records(): Promise<readonly ProviderRecord[]> {
    const id = this.#zoneId ?? (await this.zone())?.id;
    if (id === undefined) {
      throw new VendorError(404, `the token sees no zone ${this.#name} at Cloudflare`);
    }
    const zone = { name: this.#name, id };
    // Page by page: of a large zone the answers as they came would take more memory than all the rest.
    return allPages<ProviderRecord>(async (page) => {
      const url = `${this.#base}/zones/${id}/dns_records?per_page=${PAGE}&page=${page}`;
      const { result, result_info: info } = (await callVendor(url, this.#token)) as RecordsAnswer;
      const items = result ?? [];
      const more = items.length > 0 && page * PAGE < (info?.total_count ?? 0);
      return { items: cloudflareForm.read(items, zone), next: more ? page + 1 : undefined };
    });
  }
}

export const cloudflareZones: ZoneApi = {
  reader: (zone, token, zoneId) => new CloudflareZone(zone, token, zoneId),
  recordUrl: (importId) => {
    const [zoneId = "", id = ""] = importId.split("/");
    return `${locateApi(API)}/zones/${zoneId}/dns_records/${id}`;
  },
};
