/** How certbot writes the records of a dns-01 order at the provider of the zone. */
import type { DnsProviderName } from "../model/dnsProviders.ts";
import type { Distribution } from "../model/plan.ts";

/** A certbot plugin that the distributions maintain. */
export interface DnsAuthenticator {
  /** The plugin's name, from which its options are made: `--NAME`, `--NAME-credentials`, `--NAME-propagation-seconds`. */
  readonly name: string;
  /** Package of the first boot. */
  readonly package: string;
  /** Distributions that have it. */
  readonly distributions: readonly Distribution[];
  /** Logical name of the credentials file in the plan. */
  readonly role: string;
  /** Credentials file on the host, readable for root alone. */
  readonly credentials: string;
  /** Key of the token in that file. */
  readonly tokenKey: string;
}

/** By provider; none where no distribution has a plugin: Hetzner's are on PyPI only, each by one person. */
export const DNS_AUTHENTICATORS: Readonly<Record<DnsProviderName, DnsAuthenticator | undefined>> = {
  cloudflare: {
    name: "dns-cloudflare",
    package: "python3-certbot-dns-cloudflare",
    distributions: ["ubuntu-24.04", "debian-13"],
    role: "cloudflare-ini",
    credentials: "/root/.cloudflare.ini",
    tokenKey: "dns_cloudflare_api_token",
  },
  digitalocean: {
    name: "dns-digitalocean",
    package: "python3-certbot-dns-digitalocean",
    // Debian left it out of 13: it has no plugin any more that is built on dns-lexicon.
    distributions: ["ubuntu-24.04"],
    role: "digitalocean-ini",
    credentials: "/root/.digitalocean.ini",
    tokenKey: "dns_digitalocean_token",
  },
  hetzner: undefined,
};

/** The plugin for a provider on hosts of a distribution; undefined where it has none. */
export function dnsAuthenticator(
  provider: DnsProviderName,
  distribution: Distribution,
): DnsAuthenticator | undefined {
  const plugin = DNS_AUTHENTICATORS[provider];
  return plugin?.distributions.includes(distribution) === true ? plugin : undefined;
}
