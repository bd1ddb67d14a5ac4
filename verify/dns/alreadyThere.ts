/** What a zone holds before anything is made in it: what can be taken over, and what is in the way. Pure. */
import type { DnsProviderName } from "../../stack/dns/providers/dnsForm.ts";
import type { ProviderRecord } from "../../stack/dns/zoneRecord.ts";
import type { PlannedRecord } from "../../stack/plan.ts";
import type { SlotName } from "../../stack/slots.ts";
import {
  findAdoptions,
  plannedZoneRecord,
  resourcesOf,
  type Adoption,
  type PlannedZoneRecord,
  type RecordResource,
} from "./adoption.ts";
import { audit } from "./audit.ts";
import type { AuditContext, IgnoreRule } from "./auditInput.ts";
import { desiredSets } from "./desiredSets.ts";
import { removeLines } from "./fixes.ts";
import type { AuditRow } from "./observation.ts";
import { listed } from "./words.ts";

/** A resource as the state knows it. */
export interface KnownResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
}

/** What is compared. */
export interface AlreadyThereInput {
  readonly records: readonly PlannedRecord[];
  /** The whole zone as the provider's API lists it. */
  readonly zone: readonly ProviderRecord[];
  readonly state: readonly KnownResource[];
  readonly context: AuditContext & { readonly provider: DnsProviderName };
  /** Text of a slot that is known, such as an address that outlived the state. */
  readonly slotValue?: (name: SlotName) => string | undefined;
  readonly ignore?: readonly IgnoreRule[];
  /** Sets, as `A example.com`, whose one record the owner lets be taken over and changed. */
  readonly agreed?: readonly string[];
}

/** Records of others that would break what is to be made, or keep it from being made. */
export interface Obstacle {
  readonly name: string;
  readonly type: string;
  /** One sentence. */
  readonly reason: string;
  /** What is in the way. */
  readonly records: readonly ProviderRecord[];
  /** Planned records of the same name and type. */
  readonly planned: readonly PlannedZoneRecord[];
  /** The owner may agree to its change, since it is one record, or one set. */
  readonly canBeAdopted: boolean;
}

export interface AlreadyThere {
  readonly adoptions: readonly Adoption[];
  readonly obstacles: readonly Obstacle[];
}

/** Type tokens of records, by provider. */
export const RECORD_TYPES: Readonly<Record<DnsProviderName, string>> = {
  cloudflare: "cloudflare:index/dnsRecord:DnsRecord",
  digitalocean: "digitalocean:index/dnsRecord:DnsRecord",
  hetzner: "hcloud:index/zoneRrset:ZoneRrset",
};

/** The id in the state of what is imported by this id: without the zone before it. */
export function stateId(importId: string, provider: DnsProviderName): string {
  return importId.slice(importId.indexOf(provider === "digitalocean" ? "," : "/") + 1);
}

/** Logical name at the end of a URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function setOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${type} ${name}`;
}

interface Sight {
  readonly input: AlreadyThereInput;
  readonly planned: readonly PlannedZoneRecord[];
  /** Resources that are to be made beside what is there. */
  readonly made: readonly RecordResource[];
  /** Records that stay as they are. */
  readonly foreign: readonly ProviderRecord[];
}

/** The zone as it would be after `pulumi up`, judged by the audit: what conflicts then is in the way now. */
function conflictsAfter({ input, planned, foreign }: Sight): readonly AuditRow[] {
  const { records, context, ignore = [], slotValue } = input;
  const ours = planned.map((record) => ({ ...record, importId: "" }));
  const desired = desiredSets(records, (name) => slotValue?.(name) ?? `<${name}>`);
  const provider = { state: "listed", records: [...ours, ...foreign] } as const;
  return audit({ desired, provider, ignore, context }).rows.filter(({ verdict }) => verdict === "conflict");
}

function obstacle(set: { name: string; type: string }, reason: string, sight: Sight): Obstacle {
  const { name, type } = set;
  const here = sight.foreign.filter((record) => setOf(record) === setOf(set));
  const planned = sight.planned.filter((record) => setOf(record) === setOf(set));
  const values = new Set(planned.map(({ value }) => value));
  const records = here.filter(({ value }) => !values.has(value));
  const ids = new Set(here.map(({ importId }) => importId));
  const waiting = sight.made.filter((resource) => setOf(resource) === setOf(set));
  return { name, type, reason, records, planned, canBeAdopted: ids.size === 1 && waiting.length === 1 };
}

/** Hetzner keeps one set a name and type: ours cannot be made beside another, however harmless. */
function setsInTheWay(sight: Sight): Obstacle[] {
  if (sight.input.context.provider !== "hetzner") return [];
  return sight.made.flatMap((resource) => {
    const there = sight.foreign.filter((record) => setOf(record) === setOf(resource));
    if (there.length === 0) return [];
    const values = listed(there.map(({ value }) => value));
    const reason = `the set is there already with ${values}, and a name has one set of a type`;
    return [obstacle(resource, reason, sight)];
  });
}

/**
 * Compares the zone with what the state does not know yet. Records of others are left alone; nothing is said of those
 * that harm nothing. With every record in the state there is nothing to say: what differs then is drift.
 */
export function alreadyThere(input: AlreadyThereInput): AlreadyThere {
  const { records, zone, state, context, slotValue, agreed = [] } = input;
  const { provider } = context;
  const known = state.filter(({ type }) => type === RECORD_TYPES[provider]);
  const roles = new Set(known.map(({ urn }) => nameOfUrn(urn)));
  const ids = new Set(known.map(({ id }) => id));
  const planned = records.map((record) => plannedZoneRecord(record, (name) => slotValue?.(name)));
  const resources = resourcesOf(planned, provider).filter(({ role }) => !roles.has(role));
  if (resources.length === 0) return { adoptions: [], obstacles: [] };
  const free = zone.filter(({ importId }) => !ids.has(stateId(importId, provider)));
  const adoptions = findAdoptions(resources, free, provider, new Set(agreed));
  const taken = new Set(adoptions.map(({ importId }) => importId));
  const adopted = new Set(adoptions.map(({ role }) => role));
  const sight: Sight = {
    input,
    planned,
    made: resources.filter(({ role }) => !adopted.has(role)),
    foreign: free.filter(({ importId }) => !taken.has(importId)),
  };
  const conflicts = conflictsAfter(sight).map((row) => obstacle(row, row.reason, sight));
  const told = new Set(conflicts.map(setOf));
  const sets = setsInTheWay(sight).filter((one) => !told.has(setOf(one)));
  return { adoptions, obstacles: [...conflicts, ...sets] };
}

/** Lines of an obstacle's records, to be removed by hand. */
export function removal({ records }: Obstacle, context: AuditContext): string {
  return removeLines(records, context);
}
