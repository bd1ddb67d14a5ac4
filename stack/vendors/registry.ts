/** Every vendor. What is generic asks here, and names none itself. */
import type { CloudName, DnsProviderName } from "../model/vendorNames.ts";
import { cloudflare } from "./cloudflare/dnsProvider.ts";
import { digitalocean } from "./digitalocean/dnsProvider.ts";
import type { DnsProvider } from "./dnsProvider.ts";
import type { Cloud } from "./cloud.ts";
import { hetzner } from "./hetzner/cloud.ts";
import { hetznerDns } from "./hetzner/dnsProvider.ts";

/** Providers that hold zones. */
export const DNS_PROVIDERS: Readonly<Record<DnsProviderName, DnsProvider>> = {
  cloudflare,
  digitalocean,
  hetzner: hetznerDns,
};

export const DNS_PROVIDER_NAMES = Object.keys(DNS_PROVIDERS) as readonly DnsProviderName[];

/** Clouds that can hold the server. */
export const CLOUDS: Readonly<Record<CloudName, Cloud>> = { hetzner };

export const CLOUD_NAMES = Object.keys(CLOUDS) as readonly CloudName[];
