/** Names of vendors as the configuration has them. What is known of each stands in its folder under `stack/vendors/`. */

/** Holds zones. */
export type DnsProviderName = "cloudflare" | "digitalocean" | "hetzner";

/** Holds the server. */
export type CloudName = "hetzner";
