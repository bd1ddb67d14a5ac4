/** A small declared zone, how each provider lists it, and its audit. */
import { recordSets } from "../../../../stack/dns/canonical.ts";
import { cloudflareForm } from "../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm } from "../../../../stack/vendors/digitalocean/dnsForm.ts";
import { hetznerForm } from "../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord, ZoneRecord } from "../../../../stack/model/zoneRecord.ts";
import { audit } from "../../../../verify/judge/sets/audit.ts";
import type { AuditInput } from "../../../../verify/model/auditInput.ts";
import type { DesiredSet } from "../../../../verify/model/observation.ts";

const ZONE = { name: "example.com", id: "1" };
export const ttlSeconds = 3600;
export const record = (name: string, type: string, value: string): ZoneRecord => ({
  name,
  type,
  value,
  ttlSeconds,
});

export const DECLARED: readonly ZoneRecord[] = [
  record("example.com", "A", "203.0.113.10"),
  record("mx.example.com", "A", "203.0.113.10"),
  record("imap.example.com", "CNAME", "example.com"),
  record("example.com", "MX", "0 mx.example.com"),
  record("example.com", "TXT", "v=spf1 a -all"),
  record("example.com", "TXT", "forward-email-site-verification=Ab12"),
  record("default._domainkey.example.com", "TXT", `v=DKIM1; k=rsa; p=${"M".repeat(392)};`),
  record("_dmarc.example.com", "TXT", "v=DMARC1; p=reject;"),
];
export const DESIRED: readonly DesiredSet[] = recordSets(DECLARED).map((set) => ({
  ...set,
  roles: [],
  level: "required",
}));
const issuer = { domain: "letsencrypt.org", method: "dns-01" };
export const certificate = { issuer, certificateNames: ["example.com", "*.example.com"] };
export const context = { domain: "example.com", zone: "example.com", ...certificate };

export const read = {
  cloudflare: (records: readonly ZoneRecord[]) =>
    cloudflareForm.read(cloudflareForm.write(records, ZONE), ZONE),
  digitalocean: (records: readonly ZoneRecord[]) =>
    digitaloceanForm.read(digitaloceanForm.write(records, ZONE), ZONE),
  hetzner: (records: readonly ZoneRecord[]) => hetznerForm.read(hetznerForm.write(records, ZONE), ZONE),
};

export function auditOf(records: readonly ProviderRecord[], more: Partial<AuditInput> = {}) {
  return audit({ desired: DESIRED, provider: { state: "listed", records }, ignore: [], context, ...more });
}

/** Rows that are not as declared. */
export function found({ rows }: ReturnType<typeof audit>): string[] {
  return rows
    .filter(({ verdict }) => verdict !== "ok")
    .map((row) => `${row.verdict} ${row.type} ${row.name}`);
}
