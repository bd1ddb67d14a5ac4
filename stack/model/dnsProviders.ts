/** Names of the providers that hold zones. */
export const DNS_PROVIDERS = ["cloudflare", "digitalocean", "hetzner"] as const;
export type DnsProviderName = (typeof DNS_PROVIDERS)[number];
