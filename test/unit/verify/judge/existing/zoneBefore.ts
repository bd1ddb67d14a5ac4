/** A zone before anything is made in it, at any provider, and what is said of it. */
import { cloudflareForm } from "../../../../../stack/vendors/cloudflare/dnsForm.ts";
import { digitaloceanForm } from "../../../../../stack/vendors/digitalocean/dnsForm.ts";
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import { hetznerForm } from "../../../../../stack/vendors/hetzner/dnsForm.ts";
import type { ProviderRecord, ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import {
  findAlreadyThere,
  type AlreadyThereInput,
} from "../../../../../verify/judge/existing/alreadyThere.ts";
import type { ZoneFacts } from "../../../../../stack/dns/rules/zoneView.ts";
import { describeExisting } from "../../../../../verify/judge/existing/waysOut.ts";
import { planOf } from "../../../stack/support/planOf.ts";
import { rawWith } from "../../../stack/support/validRaw.ts";

const ZONE = { name: "example.com", id: "6001" };

export const PLAN = planOf(rawWith({ "dns.ttlSeconds": 3600 }));

const SLOTS: Readonly<Record<string, string>> = {
  serverIpv4: "203.0.113.10",
  serverIpv6: "2001:db8:a:1::1",
  dkimPublicKey: "M".repeat(392),
};

/** Text of a slot. */
export const known = (name: string): string | undefined => SLOTS[name];

/** Records as the provider answers them. */
export function read(provider: DnsProviderName, records: readonly ZoneRecord[]): readonly ProviderRecord[] {
  switch (provider) {
    case "cloudflare":
      return cloudflareForm.read(cloudflareForm.write(records, ZONE), ZONE);
    case "digitalocean":
      return digitaloceanForm.read(digitaloceanForm.write(records, ZONE), ZONE);
    case "hetzner":
      return hetznerForm.read(hetznerForm.write(records, ZONE), ZONE);
  }
}

export function record(
  name: string,
  type: string,
  value: string,
  ttlSeconds: number | "auto" = 3600,
): ZoneRecord {
  return { name, type, value, ttlSeconds };
}

/** What the zone has already of the plan, and what is said of it. */
export function look(
  provider: DnsProviderName,
  zone: readonly ZoneRecord[],
  more: Partial<Omit<AlreadyThereInput, "context">> & { readonly facts?: Partial<ZoneFacts> } = {},
) {
  const { facts, ...input } = more;
  const certificate = {
    issuer: { domain: "letsencrypt.org" },
    certificateNames: ["example.com", "*.example.com", "mx.example.com"],
  };
  const context = { domain: "example.com", zone: "example.com", provider, ...certificate, ...facts };
  const found = findAlreadyThere({
    records: PLAN.records,
    zone: read(provider, zone),
    state: [],
    context,
    slotValue: known,
    ...input,
  });
  return { ...found, findings: describeExisting(found, context) };
}
