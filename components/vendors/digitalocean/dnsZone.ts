/**
 * Records at DigitalOcean.
 *
 * Names are relative, targets end in a dot (`@` where they are the domain, as the API answers it), a TXT is one text
 * without quotes, numbers have fields of their own. There is no comment. A changed type is deleted first by itself.
 *
 * @see https://www.pulumi.com/registry/packages/digitalocean/api-docs/dnsrecord/
 */
import { DnsRecord, type DnsRecordArgs } from "@pulumi/digitalocean/dnsRecord.js";
import { relativeName } from "../../../stack/dns/canonical.ts";
import { withDot } from "../../../stack/values/domainName.ts";
import type { PlannedRecord } from "../../../stack/model/plan.ts";
import type { SlotValues } from "../../bind.ts";
import { boundValue } from "../../dns/boundValue.ts";
import type { DnsResources, DnsZone } from "../dnsZone.ts";

/** A domain at DigitalOcean. */
function digitaloceanZone(zone: string): DnsZone {
  return {
    declare: (name, [record], values, opts) =>
      new DnsRecord(name, digitaloceanRecord(record, values, zone), {
        ...opts,
        // None of ours: the plugin's older SDK has no `timeouts` block there (terraform-provider-digitalocean digitalocean/domain).
        customTimeouts: {},
        deleteBeforeReplace: true,
      }),
  };
}

/** One record as the provider is asked for it. */
export function digitaloceanRecord(record: PlannedRecord, values: SlotValues, zone: string): DnsRecordArgs {
  return {
    domain: zone,
    name: relativeName(record.name, zone),
    type: record.type,
    ...(record.ttlSeconds === "auto" ? {} : { ttl: record.ttlSeconds }),
    ...recordData(record, values, zone),
  };
}

type Data = Pick<DnsRecordArgs, "value" | "priority" | "weight" | "port" | "flags" | "tag">;

function recordData(record: PlannedRecord, values: SlotValues, zone: string): Data {
  if (record.type === "CNAME" || record.type === "NS") return { value: target(record.target, zone) };
  if (record.type === "MX") return { value: target(record.exchange, zone), priority: record.priority };
  if (record.type === "SRV") {
    const { priority, weight, port } = record;
    return { value: target(record.target, zone), priority, weight, port };
  }
  if (record.type === "CAA") {
    const { flags, tag, value } = record;
    // The API wants a final dot at every issuer, and answers without.
    return { value: tag === "iodef" ? value : withDot(value), flags, tag };
  }
  return { value: boundValue(record, values, (value) => value) };
}

function target(name: string, zone: string): string {
  return name === zone ? "@" : withDot(name);
}

export const digitaloceanDns: DnsResources = { zone: digitaloceanZone };
