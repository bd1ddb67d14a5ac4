/** Single values of a stack file replaced, and every other byte of it left as it is. */
import { isAlias, isMap, isScalar, parseDocument, type Node, type YAMLMap } from "yaml";
import { writeScalar } from "./writeScalar.ts";

/** A value to be put in place of one that is there. */
export interface Replacement {
  /** Keys that lead to it from the top; of those in one place the first that is there counts. */
  readonly path: readonly (readonly string[])[];
  readonly value: string;
}

/** A piece of the text, and what takes its place. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function findKey(map: YAMLMap, names: readonly string[]): unknown {
  return map.items.find(({ key }) => isScalar(key) && names.includes(String(key.value)))?.value;
}

/** A value in the quotes that the one before had. */
function inQuotesOf(node: Node, value: string): string {
  const type = isScalar(node) ? node.type : undefined;
  // A number that took a number's place stays one.
  if (
    isScalar(node) &&
    type === "PLAIN" &&
    [String(node.value), value].every((text) => /^[1-9]\d{0,14}$/.test(text))
  )
    return value;
  if (type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
  return type === "QUOTE_DOUBLE" ? JSON.stringify(value) : writeScalar(value);
}

/** Where the value stands; undefined where there is none that stands on one line. */
function findSplice(text: string, top: unknown, { path, value }: Replacement): Splice | undefined {
  let node = top;
  for (const names of path) node = isMap(node) ? findKey(node, names) : undefined;
  if (!(isScalar(node) || isAlias(node)) || node.range == null) return undefined;
  const [start, end] = node.range;
  if (text.slice(start, end).includes("\n")) return undefined;
  // Of a key with nothing after it the value begins at once.
  const gap = text[start - 1] === ":" ? " " : "";
  return { start, end, text: `${gap}${inQuotesOf(node, value)}` };
}

/**
 * Replaces values.
 *
 * @param text of a file that the engine takes.
 * @returns the new text; or the first value that does not stand there as a word or text on one line.
 */
export function replaceValues(
  text: string,
  replacements: readonly Replacement[],
): { readonly text: string; readonly missing?: undefined } | { readonly missing: Replacement } {
  const { contents } = parseDocument(text, { schema: "failsafe", strict: false, logLevel: "silent" });
  const splices: Splice[] = [];
  for (const replacement of replacements) {
    const splice = findSplice(text, contents, replacement);
    if (splice === undefined) return { missing: replacement };
    splices.push(splice);
  }
  // From the end on, so that places before stay where they are.
  const fromTheEnd = splices.toSorted((one, other) => other.start - one.start);
  return {
    text: fromTheEnd.reduce(
      (all, splice) => all.slice(0, splice.start) + splice.text + all.slice(splice.end),
      text,
    ),
  };
}
