/** How each vendor is asked. What is generic asks here, and names none itself. */
import type { CloudName, DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { OpenAccount } from "./cloud.ts";
import { cloudflareZones } from "./cloudflare/zone.ts";
import { digitaloceanZones } from "./digitalocean/zone.ts";
import { openHetzner } from "./hetzner/cloud.ts";
import { hetznerZones } from "./hetzner/zone.ts";
import type { ZoneApi } from "./zoneApi.ts";

export const ZONE_APIS: Readonly<Record<DnsProviderName, ZoneApi>> = {
  cloudflare: cloudflareZones,
  digitalocean: digitaloceanZones,
  hetzner: hetznerZones,
};

/** Opens an account at a cloud. */
export const OPEN_ACCOUNT: Readonly<Record<CloudName, OpenAccount>> = { hetzner: openHetzner };
