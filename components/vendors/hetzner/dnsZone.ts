/**
 * Records at Hetzner: one resource for all records of one name and type, as the API keeps them.
 *
 * The provider's resource for single records has no TTL and cannot be imported, so the set is declared. Names
 * are relative and lower case, targets end in a dot, TXT is quoted in strings of 255 bytes; the order of records says
 * nothing.
 *
 * @see https://docs.hetzner.cloud/reference/cloud#zone-rrsets
 */
import { ZoneRrset, type ZoneRrsetArgs } from "@pulumi/hcloud/zoneRrset.js";
import { relativeName, ttlOfSet } from "../../../stack/dns/canonical.ts";
import { hetznerValue } from "../../../stack/vendors/hetzner/dnsForm.ts";
import type { SlotValues } from "../../bind.ts";
import { VENDOR_TIMEOUTS } from "../../timeouts.ts";
import { boundValue } from "../../dns/boundValue.ts";
import { recordComment } from "../../../stack/vendors/recordResources.ts";
import type { DnsResources, DnsZone, RecordGroup } from "../dnsZone.ts";

/** A zone at Hetzner. */
function hetznerZone(zone: string): DnsZone {
  return {
    declare: (name, set, values, opts) =>
      new ZoneRrset(name, hetznerSet(set, values, zone), {
        ...opts,
        customTimeouts: VENDOR_TIMEOUTS,
        // The provider makes the new set first, which a CNAME in the way forbids.
        deleteBeforeReplace: true,
        // As it was named once: by its first record.
        aliases: set.map(({ role }) => ({ name: role })),
      }),
  };
}

/** A set as the provider is asked for it. */
export function hetznerSet(set: RecordGroup, values: SlotValues, zone: string): ZoneRrsetArgs {
  const [{ name, type }] = set;
  const ttl = ttlOfSet(set);
  return {
    zone,
    name: relativeName(name, zone),
    type,
    ...(ttl === "auto" ? {} : { ttl }),
    records: set.map((record) => ({
      value: boundValue(record, values, (value) => hetznerValue(type, value)),
      comment: recordComment(record.purpose),
    })),
  };
}

export const hetznerDns: DnsResources = { zone: hetznerZone };
