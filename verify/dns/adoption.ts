/** Which record of a zone a declared resource can take over, instead of being made beside it. Pure. */
import { canonicalValue } from "../../stack/dns/canonical.ts";
import { readSpf } from "../../stack/dns/checks/spfTerms.ts";
import { hetznerSetName } from "../../stack/dns/providers/hetzner.ts";
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import { isSpf } from "../../stack/dns/spf.ts";
import type { ProviderRecord, ZoneRecord } from "../../stack/dns/zoneRecord.ts";
import type { PlannedRecord } from "../../stack/plan.ts";
import { slotsOf, type SlotName } from "../../stack/slots.ts";
import { sameTtl } from "./compareSet.ts";
import { filled, templateOf } from "./desiredSets.ts";

/** A planned record in canonical form. */
export interface PlannedZoneRecord extends ZoneRecord {
  readonly role: string;
  readonly purpose: string;
  /** A slot in it has no value yet; `value` holds its name in angle brackets. */
  readonly unknown: boolean;
}

/** Records that are one resource: each alone, or all of one name and type where the provider keeps sets. */
export interface RecordResource {
  /** Logical name: the record's role, or name and type of the set. */
  readonly role: string;
  readonly name: string;
  readonly type: string;
  readonly records: readonly PlannedZoneRecord[];
}

/**
 * Why a record may be taken over: it says the `same`; it bears the comment of `ours`; its senders are `merged` into our
 * policy by the configuration; the owner `agreed` to its change.
 */
export const WHYS = ["same", "ours", "merged", "agreed"] as const;
export type Why = (typeof WHYS)[number];

/** A resource that the zone has already, as `pulumi import` takes it. */
export interface Adoption {
  readonly role: string;
  readonly name: string;
  readonly type: string;
  readonly importId: string;
  readonly why: Why;
  /** What the next `pulumi up` changes in it at the provider, in words; empty where nothing. */
  readonly changes: readonly string[];
  readonly records: readonly ProviderRecord[];
}

/** A planned record with the values that are known. */
export function plannedZoneRecord(
  record: PlannedRecord,
  slotValue: (name: SlotName) => string | undefined,
): PlannedZoneRecord {
  const { role, name, type, ttlSeconds, purpose } = record;
  const unknown = slotsOf(templateOf(record)).some((slot) => slotValue(slot) === undefined);
  const value = canonicalValue(filled(record, (slot) => slotValue(slot) ?? `<${slot}>`));
  return { role, name, type, ttlSeconds, purpose, unknown, value };
}

/** Planned records as the resources that they become at a provider. */
export function resourcesOf(
  records: readonly PlannedZoneRecord[],
  provider: DnsProviderName,
): RecordResource[] {
  const logicalName = (record: PlannedZoneRecord) =>
    provider === "hetzner" ? hetznerSetName(record) : record.role;
  return Array.from(Map.groupBy(records, logicalName), ([role, members]) => {
    const { name = "", type = "" } = members[0] ?? {};
    return { role, name, type, records: members };
  });
}

/** Terms of an SPF policy but for its `all`. */
export function sendersOf(policy: string): readonly string[] {
  return (readSpf(policy) ?? []).filter(({ name }) => name !== "all").map(({ text }) => text.toLowerCase());
}

function covers(planned: PlannedZoneRecord, { value }: ProviderRecord): boolean {
  if (planned.type !== "TXT" || !isSpf(planned.value) || !isSpf(value)) return false;
  const ours = new Set(sendersOf(planned.value));
  return sendersOf(value).every((sender) => ours.has(sender));
}

function whyOf(record: ProviderRecord, { records }: RecordResource, agreed: boolean): Why | undefined {
  if (records.some(({ value, unknown }) => !unknown && value === record.value)) return "same";
  if (records.some(({ purpose }) => purpose === record.comment)) return "ours";
  if (records.some((planned) => covers(planned, record))) return "merged";
  return agreed ? "agreed" : undefined;
}

function changesOf(
  resource: RecordResource,
  there: readonly ProviderRecord[],
  provider: DnsProviderName,
): string[] {
  const { records } = resource;
  const twin = ({ value }: ZoneRecord) => there.find((record) => record.value === value);
  const is = new Set(records.map(({ value }) => value));
  const values = records.some((record) => !twin(record)) || there.some(({ value }) => !is.has(value));
  const ttl = there.some((record) =>
    records.some(({ ttlSeconds }) => !sameTtl(ttlSeconds, record.ttlSeconds, { provider })),
  );
  const comment =
    provider !== "digitalocean" &&
    !values &&
    records.some((record) => twin(record)?.comment !== record.purpose);
  return [
    ...(values ? ["value"] : []),
    ...(ttl ? ["time to live"] : []),
    ...(comment ? ["comment"] : []),
    ...(there.some(({ proxied }) => proxied === true) ? ["proxying"] : []),
  ];
}

/**
 * Finds for each resource what it can take over; each record is taken once, best reasons first.
 *
 * @param zone records that the state does not know.
 * @param agreed sets (`A example.com`) whose one record the owner lets be changed.
 */
export function findAdoptions(
  resources: readonly RecordResource[],
  zone: readonly ProviderRecord[],
  provider: DnsProviderName,
  agreed: ReadonlySet<string>,
): Adoption[] {
  const setOf = ({ name, type }: { readonly name: string; readonly type: string }) => `${type} ${name}`;
  const byId = [...Map.groupBy(zone, ({ importId }) => importId)];
  const bySet = Map.groupBy(byId, ([, [first]]) => (first ? setOf(first) : ""));
  const taken = new Set<string>();
  const found = new Map<RecordResource, Adoption>();
  for (const wanted of WHYS) {
    for (const resource of resources) {
      if (found.has(resource)) continue;
      const left = (bySet.get(setOf(resource)) ?? []).filter(([id]) => !taken.has(id));
      const yes = agreed.has(setOf(resource)) && left.length === 1;
      const candidate = left.find(([, there]) => {
        const whys = there.map((record) => whyOf(record, resource, yes));
        return !whys.includes(undefined) && WHYS.findLast((why) => whys.includes(why)) === wanted;
      });
      if (candidate === undefined) continue;
      const [importId, there] = candidate;
      const { role, name, type } = resource;
      const changes = changesOf(resource, there, provider);
      taken.add(importId);
      found.set(resource, { role, name, type, importId, why: wanted, changes, records: there });
    }
  }
  return [...found.values()];
}
