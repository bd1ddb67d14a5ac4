/** One key of the configuration: its check, its meaning, and what to set. */
import { z } from "zod";
import type { Reading } from "./reading.ts";

/** Stands for a secret whose text is not at hand: what reads a stack's file without its key sees no more of it. */
export const UNREAD_SECRET = "<secret>";

/** Stands in the file that `mailstead init` writes for what its owner has to set; refused as long as it does. */
export const UNCHANGED = "CHANGE";

/** One key of the configuration. */
export interface Field<T> {
  readonly schema: z.ZodType<T>;
  /** One line for people. */
  readonly meaning: string;
  /** What to set when the value is missing or of the wrong kind. */
  readonly fix: string;
  /** Value where the key is left out; none: the key is optional unless it is required. */
  readonly fallback?: T;
  readonly required?: true;
  /** The value is never shown. */
  readonly secret?: true;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** Values that a table of fields gives; what failed or was left out is absent. */
export type Values<F extends Fields> = { [K in keyof F]?: F[K] extends Field<infer T> ? T : never };

/** Text that a reader understands. */
export function text<T>(read: (text: string) => Reading<T>): z.ZodType<T> {
  return z.string().transform((value, context) => {
    const reading = read(value);
    if (reading.fault === undefined) return reading.value;
    context.addIssue({ code: "custom", message: reading.fault.message, params: { fault: reading.fault } });
    return z.NEVER;
  });
}

/** Time to live of a record, in seconds. */
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
