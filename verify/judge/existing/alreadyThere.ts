/** What a zone holds before anything is made in it: what can be taken over, and what is in the way. Pure. */
import { describeSet } from "../../model/observation.ts";
import { isEcho } from "../../../stack/dns/rules/foreign.ts";
import { harmsInSet } from "../../../stack/dns/rules/judgeForeign.ts";
import { listed } from "../../../stack/values/sentence.ts";
import type { DnsProviderName } from "../../../stack/model/vendorNames.ts";
import type { ProviderRecord } from "../../../stack/model/zoneRecord.ts";
import type { PlannedRecord } from "../../../stack/model/plan.ts";
import type { SlotName } from "../../../stack/values/slots.ts";
import { keepsSets } from "../../../stack/vendors/recordResources.ts";
import { DNS_PROVIDERS } from "../../../stack/vendors/registry.ts";
import {
  findAdoptions,
  fillPlannedRecord,
  groupResources,
  type Adoption,
  type PlannedZoneRecord,
  type RecordResource,
} from "./adoption.ts";
import { nameOfUrn, type KnownResource } from "../../state/resources.ts";
import { audit } from "../sets/audit.ts";
import type { ZoneFacts } from "../../../stack/dns/rules/zoneView.ts";
import type { IgnoreRule } from "../../model/auditInput.ts";
import { listDesiredSets } from "../sets/desiredSets.ts";
import { compileRules, findRuleForValue } from "../sets/ignoreRules.ts";
import type { AuditRow, DesiredSet } from "../../model/observation.ts";

/** What is compared. */
export interface AlreadyThereInput {
  readonly records: readonly PlannedRecord[];
  /** The whole zone as the provider's API lists it. */
  readonly zone: readonly ProviderRecord[];
  readonly state: readonly KnownResource[];
  readonly context: ZoneFacts & { readonly provider: DnsProviderName };
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
  /** What is in the way, and nothing else of the set. */
  readonly records: readonly ProviderRecord[];
  /** Planned records of the same name and type; where there is none, those of the name. */
  readonly planned: readonly PlannedZoneRecord[];
  /** The owner may agree to the change of all of it, as soon as the rest of the set is declared. */
  readonly canBeAdopted: boolean;
  /** They harm nothing: but the provider keeps one set, which can be taken over only as a whole. */
  readonly isHarmless: boolean;
  /** Names of the rules of the book that found it. */
  readonly rules: readonly string[];
  /** They lead where what is declared leads, at another place in the order: changed or kept, no mail is lost. */
  readonly isEcho: boolean;
  /** Such values stand beside it in the set. */
  readonly hasHarmlessBeside: boolean;
}

export interface AlreadyThere {
  readonly adoptions: readonly Adoption[];
  readonly obstacles: readonly Obstacle[];
  /** Logical names that are given. */
  readonly roles: ReadonlySet<string>;
}

interface Sight {
  readonly input: AlreadyThereInput;
  readonly planned: readonly PlannedZoneRecord[];
  /** Resources that are to be made beside what is there. */
  readonly made: readonly RecordResource[];
  /** Records that stay as they are. */
  readonly foreign: readonly ProviderRecord[];
}

type Way = Pick<Obstacle, "name" | "type" | "reason" | "records"> & {
  readonly isHarmless?: true;
  readonly isEcho?: true;
  readonly rules?: readonly string[];
};

/** The zone as it would be after `pulumi up`, judged by the audit: what conflicts then is in the way now. */
function findConflictsAfter({ input, planned, foreign }: Sight): readonly AuditRow[] {
  const { records, context, ignore = [], slotValue } = input;
  const ours = planned.map((record) => ({ ...record, importId: "" }));
  const desired = listDesiredSets(records, (name) => slotValue?.(name) ?? `<${name}>`);
  const provider = { state: "listed", records: [...ours, ...foreign] } as const;
  return audit({ desired, provider, ignore, context }).rows.filter(({ verdict }) => verdict === "conflict");
}

/** Records of a set that are not what is declared. */
function selectForeign(set: { name: string; type: string }, { planned, foreign }: Sight): ProviderRecord[] {
  const ours = planned.filter((record) => describeSet(record) === describeSet(set)).map(({ value }) => value);
  return foreign.filter((record) => describeSet(record) === describeSet(set) && !ours.includes(record.value));
}

/** What values of others would do to a set that is there as declared. */
function findHarms(
  desired: DesiredSet,
  foreign: readonly string[],
  facts: ZoneFacts,
): ReturnType<typeof harmsInSet> {
  return harmsInSet({ desired, facts, foreign, missing: [], values: [...desired.values, ...foreign] });
}

/** What breaks a set: each harm by itself, with its values alone; else the whole set, as an alias's. */
function splitHarms(row: AuditRow, sight: Sight): Way[] {
  const { name, type, reason, desired } = row;
  const { context, ignore = [] } = sight.input;
  const rules = compileRules(ignore, context.zone);
  const records = selectForeign(row, sight);
  const shown = records.filter((record) => findRuleForValue(record, rules) === undefined);
  const values = [...new Set(shown.map(({ value }) => value))];
  const harms = desired === undefined ? [] : findHarms(desired, values, context);
  if (harms.length === 0) return [{ name, type, reason, records, rules: row.rules ?? [] }];
  return harms.map((harm) => ({
    name,
    type,
    reason: harm.reason,
    rules: [harm.rule],
    records: records.filter(({ value }) => harm.values.includes(value)),
  }));
}

/** Where the provider keeps one set a name and type, ours cannot be made beside another, however harmless. */
function findSetsInTheWay(sight: Sight, told: ReadonlySet<ProviderRecord>): Way[] {
  if (!keepsSets(sight.input.context.provider)) return [];
  const { planned } = sight;
  return sight.made.flatMap(({ name, type }) => {
    const records = selectForeign({ name, type }, sight).filter((record) => !told.has(record));
    if (records.length === 0) return [];
    const values = listed(records.map(({ value }) => value));
    const declared = planned
      .filter((one) => describeSet(one) === describeSet({ name, type }))
      .map(({ value }) => value);
    const echoes = records.every(({ value }) => isEcho(value, { type, values: declared }));
    const where = echoes ? ", which leads to the same host" : "";
    const reason = `the set is there already with ${values}${where}, and a name has one set of a type`;
    return [{ name, type, reason, records, ...(echoes ? { isEcho: true } : { isHarmless: true }) } as const];
  });
}

function findObstacles(sight: Sight): Obstacle[] {
  const { planned, made, foreign, input } = sight;
  const breaks = findConflictsAfter(sight).flatMap((row) => splitHarms(row, sight));
  const sets = findSetsInTheWay(sight, new Set(breaks.flatMap(({ records }) => records)));
  // What harms nothing can be declared too; then it is in nobody's way.
  const harmless = sets.filter((way) => way.isHarmless).flatMap(({ records }) => records);
  const rest = foreign.filter((record) => !harmless.includes(record) && record.providerOwned !== true);
  const possible = findAdoptions(made, rest, input.context.provider, new Set(rest.map(describeSet)));
  const takeable = new Set(possible.flatMap(({ records }) => records));
  return [...breaks, ...sets].map((way) => {
    const { name, records, isHarmless = false, isEcho: echoes = false, rules = [] } = way;
    const ofSet = planned.filter((record) => describeSet(record) === describeSet(way));
    return {
      ...way,
      isHarmless,
      isEcho: echoes,
      rules,
      planned: ofSet.length > 0 ? ofSet : planned.filter((record) => record.name === name),
      canBeAdopted: records.length > 0 && records.every((record) => takeable.has(record)),
      hasHarmlessBeside: !isHarmless && harmless.some((record) => describeSet(record) === describeSet(way)),
    };
  });
}

/**
 * Compares the zone with what the state does not know yet. Records of others are left alone; nothing is said of those
 * that harm nothing. With every record in the state there is nothing to say: what differs then is drift.
 */
export function findAlreadyThere(input: AlreadyThereInput): AlreadyThere {
  const { records, zone, state, context, slotValue, agreed = [] } = input;
  const { provider } = context;
  const { resourceType, stateId } = DNS_PROVIDERS[provider];
  const known = state.filter(({ type }) => type === resourceType);
  const roles = new Set(known.map(({ urn }) => nameOfUrn(urn)));
  const ids = new Set(known.map(({ id }) => id));
  const planned = records.map((record) => fillPlannedRecord(record, (name) => slotValue?.(name)));
  const resources = groupResources(planned, provider).filter(({ role }) => !roles.has(role));
  const given = new Set(records.map(({ role }) => role));
  if (resources.length === 0) return { adoptions: [], obstacles: [], roles: given };
  const free = zone.filter(({ importId }) => !ids.has(stateId(importId)));
  // What the provider keeps locked is nobody's to change, and goes with the product that made it.
  const adoptable = free.filter(({ providerOwned }) => providerOwned !== true);
  const adoptions = findAdoptions(resources, adoptable, provider, new Set(agreed));
  const taken = new Set(adoptions.map(({ importId }) => importId));
  const adopted = new Set(adoptions.map(({ role }) => role));
  const sight: Sight = {
    input,
    planned,
    made: resources.filter(({ role }) => !adopted.has(role)),
    foreign: free.filter(({ importId }) => !taken.has(importId)),
  };
  return { adoptions, obstacles: findObstacles(sight), roles: given };
}
