/** The declared side of an audit, from the plan. */
import { filledValue, valueTemplate } from "../../../stack/dns/types/recordData.ts";
import { recordSets } from "../../../stack/dns/canonical.ts";
import type { ZoneRecord } from "../../../stack/model/zoneRecord.ts";
import type { PlannedRecord, RecordLevel } from "../../../stack/model/plan.ts";
import { findSlots, type SlotName } from "../../../stack/values/slots.ts";
import type { DesiredSet } from "../../model/observation.ts";

const LEVELS: readonly RecordLevel[] = ["required", "recommended", "optional"];

/** What a value begins with before its first slot. */
function readPrefix(record: PlannedRecord): string {
  const [first] = valueTemplate(record);
  return typeof first === "string" ? first : "";
}

/**
 * Declared record sets, in the order of the plan.
 *
 * @param slotValue text of a slot, or undefined before the first `up`: a set with such a value in it holds its other
 * values, is marked `valuesUnknown`, and says how the unknown ones begin.
 */
export function listDesiredSets(
  records: readonly PlannedRecord[],
  slotValue: (name: SlotName) => string | undefined = () => undefined,
): DesiredSet[] {
  const planned = records.map((record) => ({
    record,
    known: findSlots(valueTemplate(record)).every((name) => slotValue(name) !== undefined),
  }));
  const groups = Map.groupBy(planned, ({ record }) => `${record.name} ${record.type}`);
  return Array.from(groups.values(), (members) => {
    const zoneRecords = members.map(({ record }): ZoneRecord => {
      const value = filledValue(record, (name) => slotValue(name) ?? "");
      return { name: record.name, type: record.type, ttlSeconds: record.ttlSeconds, value };
    });
    const [set] = recordSets(zoneRecords);
    if (set === undefined) throw new Error("a group has at least one member");
    const known = recordSets(zoneRecords.filter((_, index) => members[index]?.known === true));
    const unknown = members.filter((member) => !member.known);
    return {
      ...set,
      values: known[0]?.values ?? [],
      roles: members.map(({ record }) => record.role),
      level: LEVELS.find((level) => members.some(({ record }) => record.level === level)) ?? "optional",
      ...(unknown.length > 0 && {
        valuesUnknown: true as const,
        unknownPrefixes: unknown.map(({ record }) => readPrefix(record)),
      }),
    };
  });
}
