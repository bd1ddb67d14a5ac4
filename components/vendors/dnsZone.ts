/** What a DNS provider's room has to offer of a zone. */
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import type { SlotValues } from "../bind.ts";

/** Records that one resource holds: one, or all of one name and type where the provider keeps sets. */
export type RecordGroup = readonly [PlannedRecord, ...PlannedRecord[]];

/** A zone at a provider. Its wire form of records lives in its own room and nowhere else. */
export interface DnsZone {
  /** Declares one resource, by its logical name. */
  declare(
    name: string,
    group: RecordGroup,
    values: SlotValues,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.CustomResource;
}

/** How the zones of a provider are declared in. */
export interface DnsResources {
  /** @param zoneId the provider's own id of the zone, where it has one and it is known. */
  zone(name: string, zoneId?: string): DnsZone;
  /**
   * Looks the id of a zone up, at a provider that has ids and a plugin that can be asked.
   *
   * @throws StopError where the token does not see the zone
   */
  findZoneId?(name: string): Promise<string>;
}
