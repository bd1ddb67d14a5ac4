/** What a provider's API says about a zone. */
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { ProviderRecord } from "../../stack/model/zoneRecord.ts";

/** Status of the error that tells of several zones of one name; the vendor itself has nothing against them. */
export const SEVERAL_ZONES = 409;

/** A zone as its provider describes it. */
export interface ProviderZone {
  /** The provider's id; the zone's name where it has no other. */
  readonly id: string;
  /** The provider's word, such as `active` or `pending`. */
  readonly status?: string;
  /** Name servers that the provider assigned, lower case, without final dots. */
  readonly nameServers: readonly string[];
}

/**
 * Reads one zone over the provider's REST API: one call a page, none a record.
 *
 * Both throw `VendorError` when the API refuses, is at its rate limit (with the seconds to wait) or does not answer.
 */
export interface ZoneReader {
  readonly provider: DnsProviderName;
  /** The zone; undefined where the token sees none of the name. */
  zone(): Promise<ProviderZone | undefined>;
  /** Every record in canonical form. */
  records(): Promise<readonly ProviderRecord[]>;
}
