/** What planned records say, written apart from the code that is tried. */
import type { PlannedRecord } from "../../../../stack/model/plan.ts";
import { fill, type SlotName, type Template } from "../../../../stack/values/slots.ts";

/** Keys that records of every type have; what is left says something. */
const COMMON = ["role", "name", "type", "ttlSeconds", "purpose", "level", "after"];

/** Fields in front, wherever the plan has them; the others follow in its order. */
const FIRST = ["flags", "priority", "weight", "port", "tag"];

function place(key: string): number {
  const at = FIRST.indexOf(key);
  return at < 0 ? FIRST.length : at;
}

/** Keys that name a host. */
const TARGETS = ["target", "exchange"];

/** One text for each field of the data. @param target how a name is written that the record points to */
export function wordsOfRecord(
  record: PlannedRecord,
  slotText: (name: SlotName) => string,
  target = (name: string) => name,
): string[] {
  return Object.entries(record)
    .filter(([key]) => !COMMON.includes(key))
    .sort(([one], [other]) => place(one) - place(other))
    .map(([key, said]: [string, unknown]) => {
      if (Array.isArray(said)) return fill(said as Template, slotText);
      return TARGETS.includes(key) ? target(String(said)) : String(said);
    });
}
