/** Where the token of each DNS provider is given: where the provider's plugin looks for it. */
import type { DnsProviderName } from "./dnsForm.ts";

export interface TokenPlace {
  /** Key of the stack's configuration, a secret. */
  readonly key: string;
  /** Environment variables, the first one with a value counts. */
  readonly variables: readonly [string, ...string[]];
}

/** By provider. Hetzner's is the server's own: zone and server are in one project. */
export const DNS_TOKEN_PLACES: Readonly<Record<DnsProviderName, TokenPlace>> = {
  cloudflare: { key: "cloudflare:apiToken", variables: ["CLOUDFLARE_API_TOKEN"] },
  digitalocean: { key: "digitalocean:token", variables: ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"] },
  hetzner: { key: "hcloud:token", variables: ["HCLOUD_TOKEN"] },
};
