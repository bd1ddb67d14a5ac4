/** What one type of DNS record is, but for the wire forms of providers. */
import type { DataField } from "./field.ts";
import { buildLayout, type Layout } from "./layout.ts";

/** Fields of a type by their key in the configuration, in the order of a zone file. */
export type DataFields = Readonly<Record<string, DataField>>;

/** One type. */
export interface RecordType<
  Type extends string = string,
  Fields extends DataFields = DataFields,
> extends Layout {
  /** Upper case. */
  readonly type: Type;
  readonly fields: Fields;
  /** What a canonical value says, field by field. */
  readonly parse: (value: string) => ParsedBy<Fields>;
}

/** What fields say, of any type as text or number. */
type ParsedBy<Fields> = string extends keyof Fields
  ? Readonly<Record<string, string | number>>
  : ValuesOf<Fields, string>;

/** Values of fields; one that may be known late is a `Text`. */
type ValuesOf<Fields, Text> = {
  readonly [Key in keyof Fields]: Fields[Key] extends { readonly late: true }
    ? Text
    : Fields[Key] extends DataField<infer Value>
      ? Value
      : never;
};

/** What records of a type say. */
export type DataOf<Type, Text> =
  Type extends RecordType<infer Name, infer Fields>
    ? { readonly type: Name } & ValuesOf<Fields, Text>
    : never;

/**
 * Defines a type.
 *
 * @param settle gives texts their one spelling where that of one field depends on another.
 */
export function recordType<const Type extends string, const Fields extends DataFields>(
  type: Type,
  fields: Fields,
  settle?: (texts: readonly string[]) => readonly string[],
): RecordType<Type, Fields> {
  const entries = Object.entries<DataField>(fields);
  const layout = buildLayout(
    entries.map(([, { kind }]) => kind),
    settle,
  );
  const parse = (value: string) => {
    const texts = layout.split(value);
    return Object.fromEntries(
      entries.map(([key, { kind }], index) => [key, kind === "number" ? Number(texts[index]) : texts[index]]),
    ) as ParsedBy<Fields>;
  };
  return { type, fields, parse, ...layout };
}
