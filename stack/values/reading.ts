/** What reading one value gives: the value in its canonical form, or what is wrong with it. */

/** What is wrong with a value, before its path is known. */
export interface Fault {
  /** Kebab case. */
  readonly rule: string;
  readonly message: string;
  readonly fix: string;
  readonly source?: string;
}

export type Reading<T> = { readonly value: T; readonly fault?: never } | { readonly fault: Fault };

/** The value was good. */
export function good<T>(value: T): Reading<T> {
  return { value };
}

/** The value was bad. */
export function bad(rule: string, message: string, fix: string, source?: string): { readonly fault: Fault } {
  return { fault: source === undefined ? { rule, message, fix } : { rule, message, fix, source } };
}
