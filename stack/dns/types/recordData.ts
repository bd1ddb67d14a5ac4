/** What records say, whatever their type: as a value to compare, a line to paste, a template to fill, a name to follow. */
import type { SlotName, Template } from "../../values/slots.ts";
import { fill } from "../../values/slots.ts";
import { type DataField, MOST_16_BITS, type Quote, type ReadName } from "./field.ts";
import { type Layout, plainWords } from "./layout.ts";
import type { RecordType } from "./recordType.ts";
import { type RecordData, findRecordType } from "./registry.ts";
import { UNDECLARED } from "./undeclared.ts";

function layoutFor(type: string): Layout | undefined {
  return findRecordType(type) ?? UNDECLARED.get(type);
}

/**
 * Canonical data of a record, see `ZoneRecord.value`.
 *
 * @param type upper case.
 * @param data as a zone file has it, with texts also without quotes.
 * @param readName reads the names in the data; by default they are whole.
 */
export function canonicalData(type: string, data: string, readName?: ReadName): string {
  return layoutFor(type)?.canonical(data, readName) ?? plainWords(data);
}

/** Canonical data as a zone file has it. @param quote writes a text as quoted strings, by default in printable ASCII */
export function zoneFileData(type: string, value: string, quote?: Quote): string {
  return layoutFor(type)?.inZoneFile(value, quote) ?? value;
}

/** Canonical data as people read it: without final dots, and in quotes only a text beside other fields. */
export function tableData(type: string, value: string): string {
  return layoutFor(type)?.inTable(value) ?? value;
}

/** A record's type, and what its fields say in order. */
function saidBy(record: RecordData<string | Template>): {
  readonly type: RecordType;
  readonly said: readonly (string | number | Template)[];
} {
  const type = findRecordType(record.type);
  if (type === undefined) throw new Error(`There is no record type ${record.type}.`);
  const values = record as unknown as Readonly<Record<string, string | number | Template>>;
  return { type, said: Object.keys(type.fields).map((key) => values[key] ?? "") };
}

/** Canonical data of a record that is known. */
export function canonicalValue(record: RecordData<string>): string {
  return filledValue(record, String);
}

/** Canonical data of a planned record, its slots filled by the function given. */
export function filledValue(
  record: RecordData<string | Template>,
  slotText: (name: SlotName) => string,
): string {
  const { type, said } = saidBy(record);
  return type.join(said.map((one) => (typeof one === "object" ? fill(one, slotText) : String(one))));
}

/** Data of a planned record with its slots open. A type with a field that may be late has no other. */
export function valueTemplate(record: RecordData<Template>): Template {
  const { said } = saidBy(record);
  return said.find((one) => typeof one === "object") ?? [filledValue(record, String)];
}

/** The fields of a record that may be known late, as the templates that a planned one has. */
export function lateFields(record: RecordData<string>): Readonly<Record<string, Template>> {
  const { type, said } = saidBy(record);
  return Object.fromEntries(
    Object.entries(type.fields).flatMap(([key, { late }], index) => {
      const text = said[index];
      return late === true && typeof text === "string" ? [[key, [text]]] : [];
    }),
  );
}

/** Fields of a type in order; none where it cannot be declared. */
function listFields(type: string): readonly (readonly [key: string, field: DataField])[] {
  return Object.entries(findRecordType(type)?.fields ?? {});
}

/** Name that a record points to (a lone dot for none), and its key in the configuration. */
export interface Target {
  readonly key: string;
  readonly name: string;
  /** It is to have addresses, and to be no alias. */
  readonly isHost: boolean;
}

/** The target in canonical data; undefined where the type has none. */
export function findTarget(type: string, value: string): Target | undefined {
  const fields = listFields(type);
  const at = fields.findIndex(([, { kind }]) => kind === "name" || kind === "host");
  const [key, field] = fields[at] ?? [];
  if (key === undefined) return undefined;
  return { key, name: value.split(" ")[at] ?? "", isHost: field?.kind === "host" };
}

/** Keys of the fields of 16 bits, which stand first. */
export function numberKeys(type: string): readonly string[] {
  return listFields(type).flatMap(([key, { most }]) => (most === MOST_16_BITS ? [key] : []));
}

/** How many fields in front only say in which order or how often; undefined where none does. */
export function orderFields(type: string): number | undefined {
  const count = listFields(type).filter(([, { ordersOnly }]) => ordersOnly === true).length;
  return count === 0 ? undefined : count;
}

/** Whether records of a type give their name an address, or may do so as an alias. */
export function leadsToAddress(type: string): boolean {
  return listFields(type).some(([, { kind }]) => kind === "address" || kind === "name");
}
