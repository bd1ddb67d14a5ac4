/**
 * Cloudflare's form of DNS records: all of it is here.
 *
 * Names are FQDNs, TXT is quoted in pieces of 255 bytes, MX and SRV have their priority at top level (SRV in `data`
 * too), CAA, SRV and TLSA go by `data`, a TTL of 1 means automatic. Any other spelling shows as drift.
 *
 * @see https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { DnsRecord, type DnsRecordArgs } from "@pulumi/cloudflare/dnsRecord.js";
import { getZone } from "@pulumi/cloudflare/getZone.js";
import * as pulumi from "@pulumi/pulumi";
import { quoteText } from "../../../stack/values/characterStrings.ts";
import type { PlannedRecord } from "../../../stack/model/plan.ts";
import { bind, type SlotValues } from "../../bind.ts";
import { outsideError } from "../../errors.ts";
import { VENDOR_TIMEOUTS } from "../../timeouts.ts";
import { boundValue } from "../../dns/boundValue.ts";
import { recordComment } from "../../../stack/vendors/recordResources.ts";
import type { DnsResources, DnsZone } from "../dnsZone.ts";

/** A zone at Cloudflare. */
function cloudflareZone(zone: string, zoneId?: string): DnsZone {
  const id = zoneId ?? pulumi.output(findZoneId(zone));
  return {
    declare: (name, [record], values, opts) =>
      new DnsRecord(name, cloudflareRecord(record, values, id), {
        ...opts,
        customTimeouts: VENDOR_TIMEOUTS,
        // One name cannot hold both the old and the new record of another type.
        deleteBeforeReplace: true,
      }),
  };
}

/** One record as the provider is asked for it. */
export function cloudflareRecord(
  record: PlannedRecord,
  values: SlotValues,
  zoneId: pulumi.Input<string>,
): DnsRecordArgs {
  return {
    zoneId,
    name: record.name,
    type: record.type,
    ttl: record.ttlSeconds === "auto" ? 1 : record.ttlSeconds,
    proxied: false,
    comment: recordComment(record.purpose),
    ...recordData(record, values),
  };
}

function recordData(
  record: PlannedRecord,
  values: SlotValues,
): Pick<DnsRecordArgs, "content" | "data" | "priority"> {
  switch (record.type) {
    case "A":
    case "AAAA":
      return { content: bind(record.address, values) };
    case "CNAME":
    case "NS":
      return { content: record.target };
    case "MX":
      return { content: record.exchange, priority: record.priority };
    case "TXT":
      return { content: boundValue(record, values, quoteText) };
    case "SRV": {
      const { priority, weight, port, target } = record;
      return { data: { priority, weight, port, target }, priority };
    }
    case "CAA": {
      const { flags, tag, value } = record;
      return { data: { flags, tag, value } };
    }
    case "TLSA": {
      const { usage, selector, matchingType, data } = record;
      return { data: { usage, selector, matchingType, certificate: data } };
    }
  }
}

/**
 * Cloudflare's id of a zone.
 *
 * @throws StopError where the token does not see it
 */
async function findZoneId(zone: string): Promise<string> {
  try {
    return (await getZone({ filter: { name: zone } })).id;
  } catch (cause) {
    throw outsideError(
      `Cloudflare did not show the zone ${zone}`,
      cause,
      "check that the token may read this zone (Zone.Zone Read, Zone.DNS Edit), or set mailstead:dns.zoneId.",
    );
  }
}

export const cloudflareDns: DnsResources = { zone: cloudflareZone, findZoneId };
