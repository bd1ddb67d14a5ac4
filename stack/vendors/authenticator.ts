/** How certbot writes the records of a dns-01 order at the provider of the zone. */
import type { Distribution } from "../model/plan.ts";
import type { DnsProviderName } from "../model/vendorNames.ts";
import type { DnsAuthenticator } from "./dnsProvider.ts";
import { DNS_PROVIDERS } from "./registry.ts";

/** The plugin for a provider on hosts of a distribution; undefined where it has none. */
export function findAuthenticator(
  provider: DnsProviderName,
  distribution: Distribution,
): DnsAuthenticator | undefined {
  const { authenticator } = DNS_PROVIDERS[provider];
  return authenticator?.distributions.includes(distribution) === true ? authenticator : undefined;
}
