/** Deletes a record at its provider. */
import type { DnsProviderName } from "../../stack/model/dnsProviders.ts";
import { callVendor } from "./http.ts";
import { apiOf } from "./apis.ts";

/** Path of a record, or of a whole set where the provider keeps sets, by its import id. */
const PATHS: Readonly<Record<DnsProviderName, (importId: string) => string>> = {
  cloudflare: (importId) => {
    const [zoneId = "", id = ""] = importId.split("/");
    return `/zones/${zoneId}/dns_records/${id}`;
  },
  digitalocean: (importId) => {
    const [domain = "", id = ""] = importId.split(",");
    return `/v2/domains/${domain}/records/${id}`;
  },
  hetzner: (importId) => {
    const [zone = "", name = "", type = ""] = importId.split("/");
    return `/zones/${zone}/rrsets/${name}/${type}`;
  },
};

/**
 * Deletes a record; at Hetzner the whole set that it is of.
 *
 * @param importId as the zone's reader gave it.
 * @throws VendorError
 */
export async function removeRecord(
  provider: DnsProviderName,
  token: string,
  importId: string,
): Promise<void> {
  await callVendor(`${apiOf(provider)}${PATHS[provider](importId)}`, token, "DELETE");
}
