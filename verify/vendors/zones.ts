/** Zones at whichever provider keeps them. */
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import { callVendor } from "./http.ts";
import { ZONE_APIS } from "./registry.ts";
import type { ZoneReader } from "./zoneReader.ts";

/** A reader that lists the records once, however often it is asked: for looks of one moment. */
export function listedOnce(reader: ZoneReader): ZoneReader {
  let records: ReturnType<ZoneReader["records"]> | undefined;
  return {
    provider: reader.provider,
    zone: () => reader.zone(),
    records: () => (records ??= reader.records()),
  };
}

/**
 * Reads a zone at its provider.
 *
 * @param zone lower-case FQDN.
 * @param zoneId the provider's own id of the zone, where it has one; spares a call.
 */
export function zoneReader(
  provider: DnsProviderName,
  zone: string,
  token: string,
  zoneId?: string,
): ZoneReader {
  return ZONE_APIS[provider].reader(zone, token, zoneId);
}

/**
 * Deletes a record; where the provider keeps sets, the whole set that it is of.
 *
 * @param importId as the zone's reader gave it.
 * @throws VendorError
 */
export async function removeRecord(
  provider: DnsProviderName,
  token: string,
  importId: string,
): Promise<void> {
  await callVendor(ZONE_APIS[provider].recordUrl(importId), token, "DELETE");
}
