/** Zones: given by the sandbox's options, active from the start. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { CloudflareState, Zone } from "./state.ts";

/** A zone as the options name it. */
export const zoneOptionSchema = z.union([
  z.string().transform((name) => ({ name, id: undefined })),
  z.object({
    name: z.string(),
    id: z
      .string()
      .regex(/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits")
      .optional(),
  }),
]);

/** Name alone, or with an id of 32 hexadecimal digits. */
export type ZoneOption = z.input<typeof zoneOptionSchema>;

/** Adds the zones that are not there yet. The default id follows from the name, so it is the same in each sandbox. */
export function seedZones(state: CloudflareState, options: readonly ZoneOption[]): void {
  for (const option of options) {
    const wanted = zoneOptionSchema.parse(option);
    const name = wanted.name.toLowerCase().replace(/\.$/, "");
    if (state.zones.some((zone) => zone.name === name)) continue;
    const id = wanted.id ?? createHash("sha256").update(`zone ${name}`).digest("hex").slice(0, 32);
    state.zones.push({ id, name, createdOn: new Date().toISOString(), records: [] });
  }
}

/** A zone as the API shows it. */
export function zoneAnswer(zone: Zone, nameServers: readonly string[]): Record<string, unknown> {
  const account = createHash("sha256").update("account").digest("hex").slice(0, 32);
  return {
    id: zone.id,
    name: zone.name,
    status: "active",
    paused: false,
    type: "full",
    development_mode: 0,
    name_servers: nameServers,
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    created_on: zone.createdOn,
    modified_on: zone.createdOn,
    activated_on: zone.createdOn,
    owner: { id: account, type: "user", name: "Sandbox" },
    account: { id: account, name: "Sandbox" },
    meta: {
      step: 2,
      custom_certificate_quota: 0,
      page_rule_quota: 3,
      phishing_detected: false,
      foundation_dns: false,
      cdn_only: false,
      dns_only: false,
    },
    permissions: ["#dns_records:edit", "#dns_records:read", "#zone:read"],
    plan: { id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", name: "Free Website", legacy_id: "free" },
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    vanity_name_servers: [],
  };
}
