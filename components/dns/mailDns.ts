/** Every DNS record of the plan, at whichever provider holds the zone. */
import * as pulumi from "@pulumi/pulumi";
import type { DnsProviderName } from "../../stack/model/vendorNames.ts";
import type { Plan, PlannedRecord } from "../../stack/model/plan.ts";
import { resourceName } from "../../stack/vendors/recordResources.ts";
import type { SlotValues } from "../bind.ts";
import type { DnsZone, RecordGroup } from "../vendors/dnsZone.ts";
import { DNS_RESOURCES } from "../vendors/registry.ts";

export interface MailDnsArgs {
  readonly plan: Pick<Plan, "protectRecords" | "zone" | "records">;
  /** Where the zone is kept. */
  readonly provider: DnsProviderName;
  /** The provider's own id of the zone, where it has one; looked up by its name when absent (two more calls in each run). */
  readonly zoneId?: string;
  readonly values: SlotValues;
}

/** The records. Required ones are protected, so that senders queue instead of bouncing while there is no server. */
export class MailDns extends pulumi.ComponentResource {
  readonly #args: MailDnsArgs;
  #zone: DnsZone | undefined;
  readonly #records = new Map<string, pulumi.CustomResource>();
  readonly #late: readonly RecordGroup[];

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mailstead:dns:MailDns", name, {}, opts);
    this.#args = args;
    const groups = this.#together();
    this.#late = groups.filter((group) => waitsFor(group).length > 0);
    for (const group of groups) if (waitsFor(group).length === 0) this.#declare(group, []);
    this.registerOutputs({ zone: args.plan.zone });
  }

  /** Declared resources by the role of each record in them. */
  get records(): ReadonlyMap<string, pulumi.CustomResource> {
    return this.#records;
  }

  /** Declares the records that promise what a container serves, each after it. */
  declareLate(containers: ReadonlyMap<string, pulumi.Resource>): void {
    for (const group of this.#late) {
      const dependsOn = waitsFor(group).map((name) => {
        const container = containers.get(name);
        if (container === undefined) throw new Error(`The plan is broken: a record waits for ${name}.`);
        return container;
      });
      this.#declare(group, dependsOn);
    }
  }

  /** Records that are one resource: each alone, or all of one name and type where the provider keeps sets. */
  #together(): readonly RecordGroup[] {
    const { plan, provider } = this.#args;
    return [...Map.groupBy(plan.records, (record) => resourceName(provider, record)).values()] as [
      PlannedRecord,
      ...PlannedRecord[],
    ][];
  }

  #declare(group: RecordGroup, dependsOn: pulumi.Resource[]): void {
    const protect = this.#args.plan.protectRecords && group.some(({ level }) => level === "required");
    const address = this.#addressBeside(group);
    const name = resourceName(this.#args.provider, group[0]);
    // A plan without records asks the provider nothing.
    this.#zone ??= DNS_RESOURCES[this.#args.provider].zone(this.#args.plan.zone, this.#args.zoneId);
    const resource = this.#zone.declare(name, group, this.#args.values, {
      parent: this,
      protect,
      dependsOn: [...dependsOn, ...address],
      ...(address.length === 0 ? {} : { replaceWith: address }),
    });
    for (const { role } of group) this.#records.set(role, resource);
  }

  /**
   * The A at the name of other records. It takes the place of an alias, or gives way to one, by replacement; what else
   * is at the name has to come after the alias is gone, and to go before it comes. The zone's own name is never one.
   */
  #addressBeside([{ type, name }]: RecordGroup): pulumi.CustomResource[] {
    const { records, zone } = this.#args.plan;
    if (type === "A" || name === zone) return [];
    const address = records.find((other) => other.type === "A" && other.name === name);
    const resource = address === undefined ? undefined : this.#records.get(address.role);
    return resource === undefined ? [] : [resource];
  }
}

/** Names of the containers that records wait for. */
function waitsFor(group: RecordGroup): string[] {
  return group.flatMap(({ after }) => after ?? []);
}

/**
 * Looks whether the token sees the zone, where the provider's plugin can be asked and nobody gave the zone's id: before
 * anything is declared, so that a token of another account changes nothing. A plan without records asks nobody.
 *
 * @returns the id, where the provider has one.
 * @throws StopError where it does not see it
 */
export async function needZone(
  { dnsProvider, zone, records }: Pick<Plan, "dnsProvider" | "zone" | "records">,
  zoneId: string | undefined,
): Promise<string | undefined> {
  if (records.length === 0) return zoneId;
  return zoneId ?? DNS_RESOURCES[dnsProvider].findZoneId?.(zone);
}
