/** Late values of the plan's records, from what a deployed stack says of itself in plain. Pure. */
import { z } from "zod";
import type { PlannedRecord } from "../../stack/model/plan.ts";
import { valueTemplate } from "../../stack/dns/types/recordData.ts";
import { findSlots, type SlotName, type Template } from "../../stack/values/slots.ts";

/** Values by slot, none of them secret. */
export type DeployedValues = Readonly<Partial<Record<SlotName, string>>>;

/** What the engine prints in the place of a secret. */
const HIDDEN = "[secret]";

const rowSchema = z.object({ name: z.string(), type: z.string(), value: z.string() });

/** The slot's text in a filled template that has no other slot. */
function readSlot(template: Template, filled: string): string | undefined {
  const at = template.findIndex((piece) => typeof piece !== "string");
  const text = (pieces: Template): string => pieces.filter((piece) => typeof piece === "string").join("");
  const before = text(template.slice(0, at));
  const after = text(template.slice(at + 1));
  const fits = filled.startsWith(before) && filled.endsWith(after);
  return fits ? filled.slice(before.length, filled.length - after.length) : undefined;
}

/**
 * Reads them off the output `records`, the table of what the last `up` declared: no secret need be opened for it.
 *
 * @param outputs of the stack; whatever is not of the expected shape gives no value.
 */
export function deployedValues(
  planned: readonly PlannedRecord[],
  outputs: Readonly<Record<string, unknown>>,
): DeployedValues {
  const rows = z.array(rowSchema.optional().catch(undefined)).catch([]).parse(outputs["records"]);
  const values: Partial<Record<SlotName, string>> = {};
  for (const record of planned) {
    const template = valueTemplate(record);
    const [slot, ...more] = findSlots(template);
    if (slot === undefined || more.length > 0) continue;
    for (const { name, type, value } of rows.filter((row) => row !== undefined)) {
      if (name !== record.name || type !== record.type || value === HIDDEN) continue;
      const text = readSlot(template, value);
      if (text !== undefined && text !== "") values[slot] ??= text;
    }
  }
  return values;
}
