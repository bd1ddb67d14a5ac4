/** How each vendor's things are declared. What is generic asks here, and names none itself. */
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import { cloudflareDns } from "./cloudflare/dnsZone.ts";
import { digitaloceanDns } from "./digitalocean/dnsZone.ts";
import type { DnsResources } from "./dnsZone.ts";
import { hetznerDns } from "./hetzner/dnsZone.ts";

export const DNS_RESOURCES: Readonly<Record<DnsProviderName, DnsResources>> = {
  cloudflare: cloudflareDns,
  digitalocean: digitaloceanDns,
  hetzner: hetznerDns,
};
