/** A fact that a vendor may change: where it stands, and when that was last read. */
export interface Sourced {
  /** Page, without `https://`. */
  readonly source: string;
  /** Day on which the page was read: `2026-11-24`. */
  readonly checked: string;
}

/** Pages of several facts, each once, as one text. */
export function listSources(facts: readonly Sourced[]): string {
  return [...new Set(facts.map(({ source }) => source))].join(", ");
}

/** The day from which on all of several facts have not been read again. @throws Error where there is no fact */
export function oldestCheck(facts: readonly Sourced[]): string {
  const [oldest] = facts.map(({ checked }) => checked).sort();
  if (oldest === undefined) throw new Error("no vendor has such a fact");
  return oldest;
}
