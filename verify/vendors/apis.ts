/** Where the providers' APIs are. Each variable is the one that the provider's plugin reads. */
import process from "node:process";
import type { DnsProviderName } from "../../stack/model/dnsProviders.ts";
import { VendorError } from "./http.ts";

const APIS: Readonly<Record<DnsProviderName, readonly [variable: string, base: string]>> = {
  cloudflare: ["CLOUDFLARE_BASE_URL", "https://api.cloudflare.com/client/v4"],
  digitalocean: ["DIGITALOCEAN_API_URL", "https://api.digitalocean.com"],
  hetzner: ["HCLOUD_ENDPOINT", "https://api.hetzner.cloud/v1"],
};

/** Base URL of a provider's API, without a final slash. @throws VendorError where the environment names another that is none */
export function apiOf(provider: DnsProviderName): string {
  const [variable, base] = APIS[provider];
  const given = process.env[variable] ?? "";
  if (given === "") return base;
  if (/^https?:\/\/[^/?#\s]/.test(given) && URL.canParse(given)) return given.replace(/\/+$/, "");
  throw new VendorError(0, `${variable} is no http or https URL: ${given.slice(0, 100)}`, {
    fix: `set it to one, or unset ${variable}: the vendor's own is ${base}`,
  });
}
