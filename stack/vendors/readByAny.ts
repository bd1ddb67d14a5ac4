/** Words of vendors, read before it is known which vendor is meant. */
import type { Reading } from "../values/reading.ts";

type Read = (text: string) => Reading<string>;

/**
 * A reader that takes what any of several takes; what none takes is the first one's fault. Whether the vendor in question
 * takes it is checked once that is known.
 */
export function readByAny([first, ...others]: readonly Read[]): Read {
  if (first === undefined) throw new Error("no vendor reads it");
  return (text) => {
    const read = first(text);
    if (read.fault === undefined) return read;
    return others.map((other) => other(text)).find(({ fault }) => fault === undefined) ?? read;
  };
}
