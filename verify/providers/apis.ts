/** Where the providers' APIs are. Each variable is the one that the provider's plugin reads. */
import process from "node:process";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";

const APIS: Readonly<Record<DnsProviderName, readonly [variable: string, base: string]>> = {
  cloudflare: ["CLOUDFLARE_BASE_URL", "https://api.cloudflare.com/client/v4"],
  digitalocean: ["DIGITALOCEAN_API_URL", "https://api.digitalocean.com"],
  hetzner: ["HCLOUD_ENDPOINT", "https://api.hetzner.cloud/v1"],
};

/** Base URL of a provider's API, without a final slash. */
export function apiOf(provider: DnsProviderName): string {
  const [variable, base] = APIS[provider];
  return (process.env[variable] ?? base).replace(/\/$/, "");
}
