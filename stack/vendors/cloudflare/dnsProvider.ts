/** Cloudflare, as a DNS provider. */
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";
import type { DnsProvider } from "../dnsProvider.ts";
import type { Sourced } from "../sourced.ts";
import { COMMON_TYPES } from "../rowData.ts";
import { cloudflareForm } from "./dnsForm.ts";

/** A page of the documentation. */
function page(path = ""): Sourced {
  return { source: `developers.cloudflare.com/dns${path}`, checked: "2026-11-24" };
}

const MORE_TYPES = [
  ...[
    "CERT",
    "DNSKEY",
    "DS",
    "HTTPS",
    "LOC",
    "NAPTR",
    "OPENPGPKEY",
    "PTR",
    "SMIMEA",
    "SSHFP",
    "SVCB",
    "TLSA",
  ],
  "URI",
];

function readZoneId(text: string): Reading<string> {
  const id = text.toLowerCase();
  return /^[0-9a-f]{32}$/.test(id)
    ? good(id)
    : bad("not-a-zone-id", "a zone ID has 32 hexadecimal digits", "copy it from the zone's overview page");
}

export const cloudflare: DnsProvider = {
  name: "cloudflare",
  title: "Cloudflare",
  token: { key: "cloudflare:apiToken", variables: ["CLOUDFLARE_API_TOKEN"] },
  form: cloudflareForm,
  resourceType: "cloudflare:index/dnsRecord:DnsRecord",
  // `ZONE/RECORD`
  stateId: (importId) => importId.slice(importId.indexOf("/") + 1),
  comments: true,
  proxy: page("/proxy-status"),
  automaticTtl: { inWords: "300 seconds" },
  readZoneId,
  zoneIdIn: ({ zoneId }) => (typeof zoneId === "string" ? zoneId : undefined),
  zoneBelow: {
    severity: "warning",
    message: "Cloudflare keeps such zones for large customers only",
    source: "developers.cloudflare.com/dns/zone-setups/subdomain-setup",
  },
  authenticator: {
    name: "dns-cloudflare",
    package: "python3-certbot-dns-cloudflare",
    distributions: ["ubuntu-24.04", "debian-13"],
    role: "cloudflare-ini",
    credentials: "/root/.cloudflare.ini",
    tokenKey: "dns_cloudflare_api_token",
    isInGuide: true,
  },
  limits: {
    ttl: { least: 60, most: 86_400, ...page() },
    types: { offered: [...COMMON_TYPES, ...MORE_TYPES], ...page() },
    text: { most: 2048, ...page() },
    set: { most: 8192, ...page("/manage-dns-records/reference/dns-record-types") },
    comment: { most: 100, ...page("/manage-dns-records/reference/record-attributes") },
    records: { most: 200, ...page("/troubleshooting/faq") },
  },
  advice: {
    makeToken: "make a token with Zone:Read and DNS:Edit for the zone",
    addZone: (zone) => `add ${zone} at Cloudflare, give the token that zone (Zone:Read, DNS:Edit)`,
    mendZone: (nameServers) =>
      `point the domain to Cloudflare's name servers${nameServers} at your registrar`,
  },
};
