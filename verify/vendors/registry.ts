/** The reader of each DNS provider. */
import type { DnsProviderName } from "../../stack/model/dnsProviders.ts";
import { CloudflareZone } from "./cloudflare/zone.ts";
import { DigitaloceanZone } from "./digitalocean/zone.ts";
import { HetznerZone } from "./hetzner/zone.ts";
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
 * @param zoneId Cloudflare's id of the zone; spares a call. The others go by the name.
 */
export function zoneReader(
  provider: DnsProviderName,
  zone: string,
  token: string,
  zoneId?: string,
): ZoneReader {
  switch (provider) {
    case "cloudflare":
      return new CloudflareZone(zone, token, zoneId);
    case "digitalocean":
      return new DigitaloceanZone(zone, token);
    case "hetzner":
      return new HetznerZone(zone, token);
  }
}
