/** The wire form of records at a DNS provider, as pure functions. */
import type { DnsProviderName } from "../model/vendorNames.ts";
import type { ProviderRecord, ZoneRecord } from "../model/zoneRecord.ts";

/** The zone that rows belong to. */
export interface ZoneIdentity {
  /** Lower-case FQDN. */
  readonly name: string;
  /** The provider's id of the zone; its name where the provider has no other. */
  readonly id: string;
}

/**
 * A provider's wire form.
 *
 * Law: `read(write(records)) = records`, whatever spelling of equal meaning the API answers with.
 *
 * @typeParam Row one element of the list that the provider's REST API answers with.
 */
export interface DnsForm<Row> {
  readonly provider: DnsProviderName;
  /** Rows as the API would list them after the records were made. */
  write(records: readonly ZoneRecord[], zone: ZoneIdentity): readonly Row[];
  /** Canonical records of the rows that the API listed. */
  read(rows: readonly Row[], zone: ZoneIdentity): readonly ProviderRecord[];
}
