/** The nodes of a YAML document as values, with what the engine makes of keys, anchors and `<<`. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { readScalar, TagFault, type Scalar } from "./scalars.ts";
import { BAD_ESCAPE, needsQuotes, type Fault } from "./wording.ts";

/** A value of a stack file; keys are scalars too. */
export type Value = Scalar | readonly Value[] | Mapping;
export type Mapping = ReadonlyMap<Scalar, Value>;

/** Most values of a file, what anchors repeat counted each time. A stack file of a thousand records has some 8,000. */
const MOST_VALUES = 200_000;

/** Ends the reading: the file would grow without an end. */
class TooMuch extends Error {}

interface Reading {
  readonly text: string;
  readonly document: Document;
  readonly faults: Fault[];
  /** Nodes that are being read, to find one that holds itself. */
  readonly open: Set<unknown>;
  left: number;
}

function findOffset(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

const STRINGS = ["QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"];

/** Escapes in double quotes that the engine does not know: `\\/`, and half a character of UTF-16. */
function hasBadEscape(source: string): boolean {
  return [...source.matchAll(/\\(u[0-9a-fA-F]{4}|.)/gs)].some(([, escape = ""]) =>
    /^(\/|u[dD][89a-fA-F])/.test(escape),
  );
}

function toScalar(node: Node & { source?: string; type?: string }, reading: Reading): Scalar {
  const offset = findOffset(node);
  if (node.type === "QUOTE_DOUBLE" && hasBadEscape(reading.text.slice(offset, node.range?.[1])))
    reading.faults.push({ offset, ...BAD_ESCAPE });
  try {
    return readScalar(node.source ?? "", STRINGS.includes(node.type ?? ""), node.tag);
  } catch (error) {
    if (!(error instanceof TagFault)) throw error;
    const fix = "take the mark with the two ! away, or change the value";
    reading.faults.push({ offset, message: error.message, fix });
    return null;
  }
}

function readAlias(node: Alias, reading: Reading): Value {
  const offset = findOffset(node);
  const target = node.resolve(reading.document);
  if (target === undefined)
    reading.faults.push(needsQuotes(reading.text, offset) ?? { offset, ...UNKNOWN_ANCHOR });
  else if (!reading.open.has(target)) return readValue(target, reading);
  else
    reading.faults.push({
      offset,
      message: `*${node.source} stands within itself`,
      fix: "write out what is meant",
    });
  return null;
}

const UNKNOWN_ANCHOR = { message: "no anchor of this name stands before it", fix: "write out what is meant" };

function readValue(node: unknown, reading: Reading): Value {
  reading.left -= 1;
  if (reading.left < 0) throw new TooMuch();
  if (isAlias(node)) return readAlias(node, reading);
  if (isScalar(node)) return toScalar(node, reading);
  reading.open.add(node);
  try {
    if (isSeq(node)) return node.items.map((item) => readValue(item, reading));
    if (isMap(node)) return readMap(node, reading);
    return null;
  } finally {
    reading.open.delete(node);
  }
}

/** What follows a key without a value: in brackets a text may end with this colon, for the engine. */
function endsInColon(pair: Pair, text: string): boolean {
  const end = (pair.key as Node | null)?.range?.[1] ?? -1;
  return pair.value === null || isEmpty(pair.value) ? /^:[\],}]/.test(text.slice(end, end + 2)) : false;
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.source === "" && node.type === "PLAIN";
}

/** A key; undefined where something stands for one that is none. */
function readKey(pair: Pair, reading: Reading): Scalar | undefined {
  const offset = findOffset(pair.key);
  if (pair.key === null || isEmpty(pair.key)) {
    reading.faults.push({
      offset,
      message: "there is nothing before the colon",
      fix: "write a key, or quotes around it all",
    });
    return undefined;
  }
  if (endsInColon(pair, reading.text)) {
    const message = "a text within brackets ends with a colon, which would make it a key";
    reading.faults.push({ offset, message, fix: "write it in quotes" });
  }
  const key = readValue(pair.key, reading);
  if (key === null || typeof key !== "object") return key;
  const message = "a list or an object stands for a key";
  const fix = "write a word before the colon; a value that begins with [ or { wants quotes";
  reading.faults.push({ offset, message, fix });
  return undefined;
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.value === "<<" && (key.tag === undefined || key.tag === "!");
}

/** What `<<` takes over: the earlier of a list counts before the later. */
function merged(pair: Pair, reading: Reading): Mapping[] {
  const value = readValue(pair.value, reading);
  const all = Array.isArray(value) ? (value as readonly Value[]) : [value];
  const maps = all.filter((one) => one instanceof Map) as readonly Mapping[] as Mapping[];
  if (maps.length < all.length) {
    const message = "<< takes keys over, and what stands after it has none";
    const fix = "name an object after <<, or write the key in another way";
    reading.faults.push({ offset: findOffset(pair.key), message, fix });
  }
  return maps;
}

function readMap(node: YAMLMap, reading: Reading): Mapping {
  const own = new Map<Scalar, Value>();
  for (const pair of node.items) {
    if (isMerge(pair)) continue;
    const key = readKey(pair, reading);
    const value = readValue(pair.value, reading);
    if (key !== undefined) own.set(key, value);
  }
  for (const pair of node.items) {
    if (!isMerge(pair)) continue;
    for (const taken of merged(pair, reading))
      for (const [key, value] of taken) if (!own.has(key)) own.set(key, value);
  }
  return own;
}

/** Every value of a document, and what is wrong with them. */
export function readTree(
  document: Document,
  text: string,
): { readonly value: Value; readonly faults: readonly Fault[] } {
  const reading: Reading = { text, document, faults: [], open: new Set(), left: MOST_VALUES };
  try {
    const value = readValue(document.contents, reading);
    return { value, faults: reading.faults };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    const message = `it holds more than ${String(MOST_VALUES)} values`;
    const fix = "an anchor (&) repeats too much: write out what is meant";
    return { value: null, faults: [{ offset: 0, message, fix }] };
  }
}
