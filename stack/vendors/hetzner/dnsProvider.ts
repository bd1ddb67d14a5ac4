/** Hetzner, as a DNS provider. */
import type { DnsProvider } from "../dnsProvider.ts";
import { COMMON_TYPES, MOST_TTL } from "../rowData.ts";
import type { Sourced } from "../sourced.ts";
import type { TokenPlace } from "../tokenPlaces.ts";
import { hetznerForm } from "./dnsForm.ts";

const PAGES: Sourced = { source: "docs.hetzner.cloud", checked: "2026-11-24" };

/** Server and zone are in one project, which one token opens. */
export const HETZNER_TOKEN: TokenPlace = { key: "hcloud:token", variables: ["HCLOUD_TOKEN"] };

/** How a token is made that is enough for both. */
export const MAKE_HETZNER_TOKEN =
  "make a token that may read and write: Hetzner console, Security, API tokens";

/** No certbot plugin: there are some on PyPI only, each by one person. */
export const hetznerDns: DnsProvider = {
  name: "hetzner",
  title: "Hetzner",
  token: HETZNER_TOKEN,
  form: hetznerForm,
  resourceType: "hcloud:index/zoneRrset:ZoneRrset",
  // `ZONE/NAME/TYPE`
  stateId: (importId) => importId.slice(importId.indexOf("/") + 1),
  sets: { source: "docs.hetzner.cloud/reference/cloud#zone-rrsets", checked: "2026-11-24" },
  comments: true,
  automaticTtl: { inWords: "the zone's default" },
  zoneBelow: {
    severity: "error",
    message: "Hetzner takes no such zones",
    source: "docs.hetzner.cloud/reference/cloud#zones",
  },
  limits: {
    ttl: { least: 60, most: MOST_TTL, ...PAGES },
    types: {
      offered: [...COMMON_TYPES, "DS", "HINFO", "HTTPS", "PTR", "RP", "SVCB", "TLSA"],
      ...PAGES,
    },
  },
  advice: {
    makeToken: MAKE_HETZNER_TOKEN,
    addZone: (zone) => `add the zone ${zone} at Hetzner, DNS, in the project that the token is of`,
    mendZone: () => "look at the zone in Hetzner's console",
  },
};
