/** Every DNS record of the plan, at whichever provider holds the zone. */
import * as pulumi from "@pulumi/pulumi";
import type { Plan, PlannedRecord } from "../../stack/plan.ts";
import type { SlotValues } from "../bind.ts";
import { cloudflareZone } from "./cloudflareDns.ts";

/** A zone at a provider. Its wire form of records lives in its own file and nowhere else. */
export interface DnsZone {
  /** Declares one record. */
  declare(
    record: PlannedRecord,
    values: SlotValues,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
}

export interface MailDnsArgs {
  readonly plan: Pick<Plan, "protect" | "zone" | "records">;
  /** Id of the zone; looked up by its name when absent (two more calls in each run). */
  readonly zoneId?: string;
  readonly values: SlotValues;
}

/** The records. Required ones are protected, so that senders queue instead of bouncing while there is no server. */
export class MailDns extends pulumi.ComponentResource {
  /** Declared records by role. */
  readonly records: ReadonlyMap<string, pulumi.CustomResource>;

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:dns:MailDns", name, {}, opts);
    const zone: DnsZone = cloudflareZone(args.plan.zone, args.zoneId);
    const declared = args.plan.records.map((record) => {
      const protect = args.plan.protect && record.level === "required";
      return [record.role, zone.declare(record, args.values, { parent: this, protect })] as const;
    });
    this.records = new Map(declared);
    this.registerOutputs({ zone: args.plan.zone });
  }
}
