/** Which record of a zone a declared resource can take over, instead of being made beside it. Pure. */
import { describeSet } from "../../model/observation.ts";
import { filledValue, valueTemplate } from "../../../stack/dns/types/recordData.ts";
import { forbidsEveryone } from "../../../stack/dns/rules/caa.ts";
import { readSpf } from "../../../stack/dns/policies/spfTerms.ts";
import type { DnsProviderName } from "../../../stack/model/vendorNames.ts";
import { samePolicy } from "../../../stack/dns/policies/samePolicy.ts";
import { isSpf } from "../../../stack/dns/policies/kinds.ts";
import type { ProviderRecord, ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import type { PlannedRecord } from "../../../stack/model/plan.ts";
import { findSlots, type SlotName } from "../../../stack/values/slots.ts";
import { isSameTtl } from "../sets/compareSet.ts";
import { limitedText } from "../../../stack/dns/rules/fewOfAKind.ts";
import { resourceName } from "../../../stack/vendors/recordResources.ts";
import { DNS_PROVIDERS } from "../../../stack/vendors/registry.ts";

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
 * Why a record may be taken over: it says the `same`, letter by letter or as a policy in another spelling (`respelt`); it bears the comment of `ours`; its senders are `merged` into our
 * policy by the configuration; the owner `agreed` to its change.
 */
export const WHYS = ["same", "respelt", "ours", "merged", "agreed"] as const;
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
export function fillPlannedRecord(
  record: PlannedRecord,
  slotValue: (name: SlotName) => string | undefined,
): PlannedZoneRecord {
  const { role, name, type, ttlSeconds, purpose } = record;
  const unknown = findSlots(valueTemplate(record)).some((slot) => slotValue(slot) === undefined);
  const value = filledValue(record, (slot) => slotValue(slot) ?? `<${slot}>`);
  return { role, name, type, ttlSeconds, purpose, unknown, value };
}

/** Planned records as the resources that they become at a provider. */
export function groupResources(
  records: readonly PlannedZoneRecord[],
  provider: DnsProviderName,
): RecordResource[] {
  const logicalName = (record: PlannedZoneRecord) => resourceName(provider, record);
  return Array.from(Map.groupBy(records, logicalName), ([role, members]) => {
    const { name = "", type = "" } = members[0] ?? {};
    return { role, name, type, records: members };
  });
}

/** Terms of an SPF policy but for its `all`. */
export function readSenders(policy: string): readonly string[] {
  return (readSpf(policy) ?? []).filter(({ name }) => name !== "all").map(({ text }) => text.toLowerCase());
}

function covers(planned: PlannedZoneRecord, { value }: ProviderRecord): boolean {
  if (planned.type !== "TXT" || !isSpf(planned.value) || !isSpf(value)) return false;
  const ours = new Set(readSenders(planned.value));
  return readSenders(value).every((sender) => ours.has(sender));
}

/** Whether a record stands in the place of a declared one. Beside a policy, any other text harms nothing. */
function isRival({ name, type, value }: ProviderRecord, { records }: RecordResource): boolean {
  if (type === "CAA") return forbidsEveryone(value);
  if (type !== "TXT") return true;
  const kind = limitedText(name, value);
  return kind !== undefined && records.some((planned) => limitedText(name, planned.value) === kind);
}

/** Whether a record says what is declared in other letters. */
export function isRespelt(planned: PlannedZoneRecord, { name, type, value }: ZoneRecord): boolean {
  return (
    type === "TXT" &&
    !planned.unknown &&
    planned.name === name &&
    planned.type === type &&
    planned.value !== value &&
    samePolicy(name, planned.value, value)
  );
}

function findReason(record: ProviderRecord, resource: RecordResource, agreed: boolean): Why | undefined {
  const { records } = resource;
  if (records.some(({ value, unknown }) => !unknown && value === record.value)) return "same";
  if (records.some((planned) => isRespelt(planned, record))) return "respelt";
  if (records.some(({ purpose }) => purpose === record.comment)) return "ours";
  if (records.some((planned) => covers(planned, record))) return "merged";
  return agreed && isRival(record, resource) ? "agreed" : undefined;
}

function listChanges(
  resource: RecordResource,
  there: readonly ProviderRecord[],
  provider: DnsProviderName,
): string[] {
  const { records } = resource;
  const twin = ({ value }: ZoneRecord) => there.find((record) => record.value === value);
  const is = new Set(records.map(({ value }) => value));
  const values = records.some((record) => !twin(record)) || there.some(({ value }) => !is.has(value));
  const ttl = there.some((record) =>
    records.some(({ ttlSeconds }) => !isSameTtl(ttlSeconds, record.ttlSeconds, { provider })),
  );
  const comment =
    DNS_PROVIDERS[provider].comments &&
    !values &&
    records.some((record) => twin(record)?.comment !== record.purpose);
  return [
    ...(values ? ["value"] : []),
    ...(ttl ? ["TTL"] : []),
    ...(comment ? ["comment"] : []),
    ...(there.some(({ proxied }) => proxied === true) ? ["proxying"] : []),
  ];
}

/** Whether the next `pulumi up` replaces it, since what is declared is of another type. */
export function isReplaced({ type, records }: Adoption): boolean {
  return records.some((record) => record.type !== type);
}

/** What is one thing to import: a record, or a whole set where the provider keeps sets. */
interface Thing {
  readonly importId: string;
  readonly records: readonly ProviderRecord[];
}

function groupByImportId(zone: readonly ProviderRecord[]): Thing[] {
  return Array.from(
    Map.groupBy(zone, ({ importId }) => importId),
    ([importId, records]) => ({ importId, records }),
  );
}

/** For this reason, and what the owner has to agree to only where there is one such thing. */
function findCandidate(wanted: Why, resource: RecordResource, left: readonly Thing[], agreed: boolean) {
  const fit = left.filter(({ records }) => {
    const whys = records.map((record) => findReason(record, resource, agreed));
    return !whys.includes(undefined) && WHYS.findLast((why) => whys.includes(why)) === wanted;
  });
  return wanted === "agreed" && fit.length > 1 ? undefined : fit[0];
}

/**
 * The resource that takes the place of what stands where an alias is declared, or as an alias where something else is.
 * What else is declared at the name waits for its A (see MailDns), so that is the one; else it must be the only one.
 */
function findReplacement(
  { records: [there] }: Thing,
  resources: readonly RecordResource[],
): RecordResource | undefined {
  const here = resources.filter(({ name }) => name === there?.name);
  const only = here.length === 1 ? here[0] : here.find(({ type }) => type === "A");
  const types = new Set([only?.type, there?.type]);
  return types.size === 2 && types.has("CNAME") ? only : undefined;
}

/**
 * Finds for each resource what it can take over; each record is taken once, best reasons first.
 *
 * @param zone records that the state does not know.
 * @param agreed sets (`A example.com`) of which the owner lets be changed what is in the way.
 */
export function findAdoptions(
  resources: readonly RecordResource[],
  zone: readonly ProviderRecord[],
  provider: DnsProviderName,
  agreed: ReadonlySet<string>,
): Adoption[] {
  const things = groupByImportId(zone);
  const bySet = Map.groupBy(things, ({ records: [first] }) => (first ? describeSet(first) : ""));
  const taken = new Set<Thing>();
  const found = new Map<RecordResource, Adoption>();
  const take = (resource: RecordResource, thing: Thing, why: Why, changes: readonly string[]): void => {
    const { role, name, type } = resource;
    taken.add(thing);
    found.set(resource, { role, name, type, why, changes, ...thing });
  };
  for (const wanted of WHYS) {
    for (const resource of resources) {
      if (found.has(resource)) continue;
      const left = (bySet.get(describeSet(resource)) ?? []).filter((thing) => !taken.has(thing));
      const thing = findCandidate(wanted, resource, left, agreed.has(describeSet(resource)));
      if (thing !== undefined) take(resource, thing, wanted, listChanges(resource, thing.records, provider));
    }
  }
  const byName = Map.groupBy(things, ({ records: [first] }) => first?.name ?? "");
  for (const here of byName.values()) {
    const [thing, ...more] = here;
    const [first] = thing?.records ?? [];
    if (thing === undefined || first === undefined || more.length > 0) continue;
    const resource =
      agreed.has(describeSet(first)) && !taken.has(thing) ? findReplacement(thing, resources) : undefined;
    if (resource !== undefined && !found.has(resource)) take(resource, thing, "agreed", ["type", "value"]);
  }
  return [...found.values()];
}
