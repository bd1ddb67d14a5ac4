/** Values in a sentence. */

const LONGEST = 60;

/** A value short enough for a sentence. */
export function short(value: string, longest = LONGEST): string {
  return value.length <= longest ? value : `${value.slice(0, longest - 1)}…`;
}

/** Values of which one is to be taken: `one, two or three`. */
export function alternatives(values: readonly string[]): string {
  return [values.slice(0, -1).join(", "), ...values.slice(-1)].filter((part) => part !== "").join(" or ");
}

/** Values in a sentence: two of them, and how many more. */
export function listed(values: readonly string[]): string {
  const more = values.length > 2 ? ` and ${values.length - 2} more` : "";
  return values
    .slice(0, 2)
    .map((value) => short(value))
    .join(", ")
    .concat(more);
}

/** A number with its noun: `1 value`, `2 values`. */
export function pluralize(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
