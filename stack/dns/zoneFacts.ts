/** What the rules about records know beside them. */
import type { Config } from "../model/config.ts";
import { certificateNames } from "../services/certificateNames.ts";
import { webNames } from "../services/webNames.ts";
import { findIssuer } from "./rules/caa.ts";
import type { ZoneFacts, Issuer } from "./rules/zoneView.ts";
import type { DnsInput } from "./dnsInput.ts";
import { heldByConfig } from "./planDns.ts";

/** Families of which an address of the server has a reverse name. */
export const REVERSE_FAMILIES = ["ipv4", "ipv6"] as const;

/** How the certificate's CA proves the domain; a certificate from elsewhere comes from whom we do not know. */
const PROOFS = { "dns-01": "dns-01", manual: "dns-01", "http-01": "http-01", provided: undefined } as const;

/** What the facts follow from. */
export interface FactsInput extends Pick<DnsInput, "domain" | "dns" | "mail" | "onboarding"> {
  readonly certificates: Pick<Config["certificates"], "method" | "directoryUrl">;
}

/** Who gives the certificate, where that is known by the directory, or said for CAA. */
function issuerFor({ dns, certificates }: FactsInput): Issuer | undefined {
  const method = PROOFS[certificates.method];
  const ordered = method && findIssuer(certificates.directoryUrl);
  const domain = ordered ?? dns.caa?.issuer;
  if (domain === undefined) return undefined;
  const accountUri = dns.caa?.accountUri;
  return { domain, ...(method && { method }), ...(accountUri !== undefined && { accountUri }) };
}

/** Everything that rules may know of a whole configuration. */
export function zoneFacts(input: FactsInput): ZoneFacts {
  const { domain, dns, mail, onboarding, certificates } = input;
  const issuer = issuerFor(input);
  // Values of an order made by hand are no matter here.
  const held = heldByConfig({
    ...{ domain, dns, mail, onboarding },
    certificates: { ...certificates, acmeChallenges: [] },
  });
  return {
    domain,
    zone: dns.zone,
    provider: dns.provider,
    ...(issuer && { issuer }),
    ...(PROOFS[certificates.method] === "dns-01" && { ordersByDns: true as const }),
    certificateNames: certificateNames(domain, mail.storage, certificates.method, webNames(dns)),
    ...(held.length > 0 && { held }),
    reverseFamilies: REVERSE_FAMILIES,
  };
}
