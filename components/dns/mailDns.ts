/** Every DNS record of the plan, at whichever provider holds the zone. */
import * as pulumi from "@pulumi/pulumi";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import type { Plan, PlannedRecord } from "../../stack/plan.ts";
import type { SlotValues } from "../bind.ts";
import { cloudflareZone } from "./cloudflareDns.ts";
import { digitaloceanZone } from "./digitaloceanDns.ts";
import { hetznerZone } from "./hetznerDns.ts";

/** Records that one resource holds. */
export type RecordGroup = readonly [PlannedRecord, ...PlannedRecord[]];

/** A zone at a provider. Its wire form of records lives in its own file and nowhere else. */
export interface DnsZone {
  /** Which records are one resource: each alone, or all of one name and type where the provider keeps sets. */
  together(records: readonly PlannedRecord[]): readonly RecordGroup[];
  /** Declares one resource, named by the role of its first record. */
  declare(group: RecordGroup, values: SlotValues, opts: pulumi.CustomResourceOptions): pulumi.CustomResource;
}

export interface MailDnsArgs {
  readonly plan: Pick<Plan, "protect" | "zone" | "records">;
  /** Where the zone is kept. Default `cloudflare`. */
  readonly provider?: DnsProviderName;
  /** Cloudflare's id of the zone; looked up by its name when absent (two more calls in each run). */
  readonly zoneId?: string;
  readonly values: SlotValues;
}

/** The records. Required ones are protected, so that senders queue instead of bouncing while there is no server. */
export class MailDns extends pulumi.ComponentResource {
  /** Declared resources by the role of each record in them. */
  readonly records: ReadonlyMap<string, pulumi.CustomResource>;

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:dns:MailDns", name, {}, opts);
    const zone = zoneAt(args.provider ?? "cloudflare", args.plan.zone, args.zoneId);
    const declared = zone.together(args.plan.records).flatMap((group) => {
      const protect = args.plan.protect && group.some(({ level }) => level === "required");
      const resource = zone.declare(group, args.values, { parent: this, protect });
      return group.map(({ role }) => [role, resource] as const);
    });
    this.records = new Map(declared);
    this.registerOutputs({ zone: args.plan.zone });
  }
}

function zoneAt(provider: DnsProviderName, zone: string, zoneId: string | undefined): DnsZone {
  switch (provider) {
    case "cloudflare":
      return cloudflareZone(zone, zoneId);
    case "digitalocean":
      return digitaloceanZone(zone);
    case "hetzner":
      return hetznerZone(zone);
  }
}
