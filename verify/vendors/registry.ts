/** How each vendor is asked. What is generic asks here, and names none itself. */
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import { cloudflareZones } from "./cloudflare/zone.ts";
import { digitaloceanZones } from "./digitalocean/zone.ts";
import { hetznerZones } from "./hetzner/zone.ts";
import type { ZoneApi } from "./zoneApi.ts";

export const ZONE_APIS: Readonly<Record<DnsProviderName, ZoneApi>> = {
  cloudflare: cloudflareZones,
  digitalocean: digitaloceanZones,
  hetzner: hetznerZones,
};
