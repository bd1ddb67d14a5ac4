/** One key of the configuration: its check, its meaning, and what to set. */
import { z } from "zod";
import type { Reading } from "./reading.ts";

/** Stands for a secret whose text is not at hand: what reads a stack's file without its key sees no more of it. */
export const UNREAD_SECRET = "<secret>";

/** Stands in the file that `mailstead init` writes for what its owner has to set; refused as long as it does. */
export const UNCHANGED = "CHANGE";

/** A value and why it is that one. */
export interface Because<T> {
  readonly value: T;
  readonly reason: string;
}

export function because<T>(value: T, reason: string): Because<T> {
  return { value, reason };
}

/** One key of the configuration: all that is known of it stands here, and nowhere else. */
export interface Field<T> {
  readonly schema: z.ZodType<T>;
  /** One line for people. */
  readonly meaning: string;
  /** What to set when the value is missing or of the wrong kind. */
  readonly fix: string;
  /** What counts where the key is left out, as an owner would write it; without one the key is optional or required. */
  readonly default?: Because<unknown>;
  /** What counts instead where that follows from other values, in words. */
  readonly follows?: Because<string>;
  readonly required?: true;
  /** The value is never shown. */
  readonly secret?: true;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F extends Field<unknown>> = z.output<F["schema"]>;

/** Values that a table of fields gives; what failed or was left out is absent. */
export type Values<F extends Fields> = { readonly [K in keyof F]?: ValueOf<F[K]> };

/** What a field is that has a value in every configuration without faults. */
type Sure = { readonly required: true } | { readonly default: Because<unknown> };

type SureKey<F extends Fields> = { [K in keyof F]: F[K] extends Sure ? K : never }[keyof F];

/** A table with a field for each key of a type and for no other; only an optional key may go without a value. */
export type FieldsFor<T> = {
  readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> &
    (Partial<Pick<T, K>> extends Pick<T, K> ? unknown : Sure);
};

/** Values that a table of fields gives where nothing failed. */
export type WholeValues<F extends Fields> = { readonly [K in SureKey<F>]: ValueOf<F[K]> } & {
  readonly [K in Exclude<keyof F, SureKey<F>>]?: ValueOf<F[K]>;
};

/** The values, where every key that has to have one has it; else nothing: what could not be read is never made up. */
export function wholeValues<F extends Fields>(fields: F, values: Values<F>): WholeValues<F> | undefined {
  const isSure = (key: string) => fields[key]?.required === true || fields[key]?.default !== undefined;
  return Object.keys(fields).every((key) => !isSure(key) || values[key] !== undefined)
    ? (values as WholeValues<F>)
    : undefined;
}

/** Text that a reader understands. */
export function text<T>(read: (text: string) => Reading<T>): z.ZodType<T> {
  return z.string().transform((value, context) => {
    const reading = read(value);
    if (reading.fault === undefined) return reading.value;
    context.addIssue({ code: "custom", message: reading.fault.message, params: { fault: reading.fault } });
    return z.NEVER;
  });
}

/**
 * A text that may be of digits alone: `pulumi config set --path` writes such a one as a number, unless it begins with 0. Another
 * number than a whole one is not what somebody wrote any more: 1.30 has become 1.3.
 */
export function digits<T>(read: (text: string) => Reading<T>) {
  const isWhole = (given: unknown): boolean => Number.isSafeInteger(given) && Number(given) >= 0;
  return z.preprocess((given) => (isWhole(given) ? String(given) : given), text(read));
}

/** TTL of a record, in seconds. */
export const ttl = z.union([z.literal("auto"), z.int().min(60).max(86400)]);
/** On or off. */
export const switches = z.boolean();

/** A whole number between two bounds, both allowed. */
export function count(least: number, most: number): z.ZodType<number> {
  return z.int().min(least).max(most);
}

/** A list of at most `most` items. */
export function list<T>(item: z.ZodType<T>, most = 100): z.ZodType<readonly T[]> {
  return z.array(item).max(most);
}

/** A list that is not empty. */
export function filledList<T>(item: z.ZodType<T>, most = 100): z.ZodType<readonly T[]> {
  return z.array(item).min(1).max(most);
}
