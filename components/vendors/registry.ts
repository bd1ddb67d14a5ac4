/** How each vendor's things are declared. What is generic asks here, and names none itself. */
import type { CloudName, DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { CloudResources } from "./cloud.ts";
import { cloudflareDns } from "./cloudflare/dnsZone.ts";
import { digitaloceanDns } from "./digitalocean/dnsZone.ts";
import type { DnsResources } from "./dnsZone.ts";
import { hetznerCloud } from "./hetzner/cloud.ts";
import { hetznerDns } from "./hetzner/dnsZone.ts";

export const DNS_RESOURCES: Readonly<Record<DnsProviderName, DnsResources>> = {
  cloudflare: cloudflareDns,
  digitalocean: digitaloceanDns,
  hetzner: hetznerDns,
};

export const CLOUD_RESOURCES: Readonly<Record<CloudName, CloudResources>> = { hetzner: hetznerCloud };
