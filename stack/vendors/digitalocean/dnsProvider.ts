/** DigitalOcean, as a DNS provider. */
import type { DnsProvider } from "../dnsProvider.ts";
import type { Sourced } from "../sourced.ts";
import { COMMON_TYPES, MOST_TTL } from "../rowData.ts";
import { DIGITALOCEAN_TTL, digitaloceanForm } from "./dnsForm.ts";

const CHECKED = "2026-11-24";
const PAGES: Sourced = { source: "docs.digitalocean.com/products/networking/dns", checked: CHECKED };

export const digitalocean: DnsProvider = {
  name: "digitalocean",
  title: "DigitalOcean",
  token: { key: "digitalocean:token", variables: ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"] },
  form: digitaloceanForm,
  resourceType: "digitalocean:index/dnsRecord:DnsRecord",
  // `DOMAIN,RECORD`
  stateId: (importId) => importId.slice(importId.indexOf(",") + 1),
  comments: false,
  automaticTtl: { answered: DIGITALOCEAN_TTL, inWords: String(DIGITALOCEAN_TTL) },
  authenticator: {
    name: "dns-digitalocean",
    package: "python3-certbot-dns-digitalocean",
    // Debian left it out of 13: it has no plugin any more that is built on dns-lexicon.
    distributions: ["ubuntu-24.04"],
    role: "digitalocean-ini",
    credentials: "/root/.digitalocean.ini",
    tokenKey: "dns_digitalocean_token",
  },
  limits: {
    ttl: { least: 30, most: MOST_TTL, ...PAGES },
    types: { offered: COMMON_TYPES, ...PAGES },
    text: { most: 512, ...PAGES },
    caaTags: {
      offered: ["issue", "issuewild", "iodef"],
      source: "docs.digitalocean.com/reference/api/reference/domain-records",
      checked: CHECKED,
    },
    noRootTarget: {
      source:
        "github.com/digitalocean/terraform-provider-digitalocean (its reading of MX and SRV adds a final dot)",
      checked: CHECKED,
    },
  },
  advice: {
    makeToken: "make a token that may create, read, update and delete domains: DigitalOcean, API, Tokens",
    addZone: (zone) => `add the domain ${zone} at DigitalOcean, Networking, in the team that the token is of`,
    mendZone: () => "look at the domain at DigitalOcean",
  },
};
