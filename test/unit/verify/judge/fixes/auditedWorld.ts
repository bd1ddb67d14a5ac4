/** A mutated zone with its audit, and what it becomes when a cure is followed. */
import type { IgnoreRule } from "../../../../../stack/model/config.ts";
import type { DnsProviderName } from "../../../../../stack/model/vendorNames.ts";
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { Choose } from "../../../../support/zoneRows.ts";
import { audit } from "../../../../../verify/judge/sets/audit.ts";
import { zoneFacts } from "../../../../../stack/dns/zoneFacts.ts";
import type { AuditRow } from "../../../../../verify/model/observation.ts";
import type { Raw } from "../../../stack/support/validRaw.ts";
import { setOf, type MutatedRecord } from "../mutations/goodZone.ts";
import { KINDS } from "../mutations/kinds.ts";
import { plannedOf, READ, zoneOf } from "../mutations/plannedZone.ts";
import { configured, ignoreRules, removes } from "./applied.ts";

export interface AuditedWorld {
  readonly provider: DnsProviderName;
  readonly raw: Raw;
  readonly records: readonly MutatedRecord[];
  /** Records of others, from the start. */
  readonly foreign: readonly ZoneRecord[];
  /** What a record of ours was before it was changed at the vendor: the engine knows it by its id. */
  readonly was: ReadonlyMap<MutatedRecord, ZoneRecord>;
  readonly ignore: readonly IgnoreRule[];
}

/** A choice that is always the first, so that planning again gives the same domain. */
const first: Choose = (...choices) => choices[0] as never;

function planOf(raw: Raw) {
  return plannedOf(raw, first);
}

/** A world with one mutation in it. */
export function auditedWorld(raw: Raw, provider: DnsProviderName, choose: Choose): AuditedWorld {
  const { good } = zoneOf(planOf(raw), provider, choose);
  const untouched = [...good.declared, ...good.foreign];
  const names = Object.keys(KINDS);
  const from = choose(...names.keys());
  for (const name of [...names.slice(from), ...names.slice(0, from)]) {
    const mutation = KINDS[name]?.(good, choose);
    if (mutation === undefined) continue;
    const { records } = mutation;
    const was = new Map(
      records.flatMap((record, index) => {
        const old = untouched[index];
        const isSame = old !== undefined && setOf(old) === setOf(record) && !untouched.includes(record);
        return isSame && records.length === untouched.length ? [[record, old] as const] : [];
      }),
    );
    const mine = new Set<ZoneRecord>([...good.declared, ...was.keys()]);
    const foreign = records.filter((record) => !mine.has(record));
    return { provider, raw, records, foreign, was, ignore: [] };
  }
  throw new Error("no mutation fits");
}

/** Findings: rows that are not as they should be, and end with a line. */
export function askAgain({ provider, raw, records, ignore }: AuditedWorld): AuditRow[] {
  const { config, desired } = planOf(raw);
  const context = { ...zoneFacts(config), provider };
  const listed = { state: "listed", records: READ[provider](records) } as const;
  return audit({ desired, provider: listed, ignore, context }).rows.filter(({ fix }) => fix !== undefined);
}

export function keyOf({ verdict, type, name }: AuditRow): string {
  return `${verdict} ${type} ${name}`;
}

/** `pulumi up --refresh`: at Hetzner each set is written whole; elsewhere each record is known by its id. */
function repaired({ provider, raw, records, was }: AuditedWorld): readonly MutatedRecord[] {
  const { declared } = planOf(raw);
  if (provider === "hetzner") {
    const ours = new Set(declared.map(setOf));
    return [...records.filter((record) => !ours.has(setOf(record))), ...declared];
  }
  const says = (one: ZoneRecord, other: ZoneRecord) =>
    setOf(one) === setOf(other) && one.value === other.value;
  const kept = records.filter((record) => !was.has(record) && !declared.some((one) => says(one, record)));
  return [...kept, ...declared];
}

/** What a line says, done in the order of the line; `named` are the records that it names to be removed. */
export function follow(
  world: AuditedWorld,
  line: string,
): { readonly world: AuditedWorld; readonly named: readonly ZoneRecord[] } {
  const named = world.records.filter((record) => removes(line, record));
  const raw = configured(world.raw, line);
  const next: AuditedWorld = {
    ...world,
    raw,
    records: world.records.filter((record) => !named.includes(record)),
    ignore: [...world.ignore, ...ignoreRules(line)],
  };
  if (!line.includes("pulumi up --refresh --run-program")) return { world: next, named };
  return { world: { ...next, records: repaired(next) }, named };
}

/** Records of others that are gone. */
export function lostOf(before: AuditedWorld, after: AuditedWorld): ZoneRecord[] {
  const left = new Set(after.records.map((one) => `${setOf(one)} ${one.value}`));
  return before.foreign.filter((one) => !left.has(`${setOf(one)} ${one.value}`));
}
