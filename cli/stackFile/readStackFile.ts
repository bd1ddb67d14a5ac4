/**
 * A stack's file as the engine reads it: the values of its `config`, each as the text that the program gets.
 *
 * Where the engine refuses the file, so do we, with the line. What both make of some 200 files is compared by a test.
 */
import {
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type ParsedNode,
  type Scalar as ScalarNode,
} from "yaml";
import { UNREAD_SECRET } from "../../stack/values/field.ts";
import { readBytes } from "./bytes.ts";
import type { Scalar } from "./scalars.ts";
import { tabFaults } from "./tabs.ts";
import { readTree, type Mapping, type Value } from "./tree.ts";
import { characterFault, parserFault, type Fault } from "./wording.ts";

/** A fault with its place in the file. */
export interface PlacedFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
}

export type StackFile =
  | { readonly values: Readonly<Record<string, string>>; readonly faults?: undefined }
  | { readonly faults: readonly PlacedFault[] };

function isMapping(value: Value | undefined): value is Mapping {
  return value instanceof Map;
}

/** Ciphertext: an object that holds one text, named `secure`, and nothing else. */
function isSecret(value: Value): boolean {
  return isMapping(value) && value.size === 1 && typeof value.get("secure") === "string";
}

function keyText(key: Scalar): string {
  return key === null
    ? "<nil>"
    : String(key)
        .replace(/^Infinity$/, "+Inf")
        .replace(/^-Infinity$/, "-Inf");
}

/** A value within another, as JSON. A mark stands for ciphertext, which the checks let pass where a secret belongs. */
function plain(value: Value): unknown {
  if (isSecret(value)) return UNREAD_SECRET;
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
  if (isMapping(value))
    return Object.fromEntries([...value].map(([key, inner]) => [keyText(key), plain(inner)]));
  return typeof value === "bigint" ? Number(value) : value;
}

/** A value of `config` as the program gets it: lists and objects as JSON, nothing as an empty text. */
function writeText(value: Value): string {
  if (value === null) return "";
  if (isSecret(value)) return UNREAD_SECRET;
  return typeof value === "object" ? JSON.stringify(plain(value)) : String(value);
}

/** JSON knows neither infinity nor what is no number. */
function holdsNoNumber(value: Value): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  if (Array.isArray(value)) return (value as readonly Value[]).some(holdsNoNumber);
  return isMapping(value) && [...value.values()].some(holdsNoNumber);
}

/** `namespace:name`; a name alone is the project's, and `config` between the two is an older form. */
function wholeKey(key: Scalar, project: string): string | undefined {
  if (typeof key !== "string") return undefined;
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  if (parts.length === 2) return key;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0] ?? ""}:${parts[2] ?? ""}` : undefined;
}

interface Found {
  readonly values: Record<string, string>;
  readonly faults: Omit<Fault, "offset">[];
}

function readConfig(config: Mapping, project: string): Found {
  const found: Found = { values: {}, faults: [] };
  for (const [key, value] of config) {
    // The engine passes over it.
    if (key === null) continue;
    const whole = wholeKey(key, project);
    if (whole === undefined) {
      const message = `${String(key)} is no key of a configuration`;
      found.faults.push({ message, fix: `write ${project}:NAME, and what is within it below that` });
    } else if (holdsNoNumber(value)) {
      found.faults.push({
        message: `${String(key)} holds .inf or .nan, which is no number here`,
        fix: "write it in quotes",
      });
    } else if (whole in found.values) {
      const message = `${String(key)} is there already, in another spelling`;
      found.faults.push({ message, fix: "remove one of the two" });
    } else {
      found.values[whole] = writeText(value);
    }
  }
  return found;
}

/** What the engine keeps beside `config`, by which it opens secrets. */
export const TEXTS = ["encryptionsalt", "secretsprovider", "encryptedkey"];

/** The values of a document whose YAML is right. */
function readRoot(root: Value, project: string): Found {
  const fault = (message: string): Found => {
    const fix =
      "write config: at the beginning of a line, and below it the keys, each with two blanks before it";
    return { values: {}, faults: [{ message, fix }] };
  };
  if (root === null) return { values: {}, faults: [] };
  if (!isMapping(root)) return fault("the file holds no keys");
  const broken = TEXTS.find((key) => typeof root.get(key) === "object" && root.get(key) !== null);
  if (broken !== undefined) {
    const fix = "put back the line that `pulumi stack init` wrote";
    return { values: {}, faults: [{ message: `${broken} is no text`, fix }] };
  }
  const config = root.get("config") ?? null;
  if (config === null) return { values: {}, faults: [] };
  return isMapping(config) ? readConfig(config, project) : fault("config holds no keys");
}

function readSource(node: ParsedNode | null): string | undefined {
  return node !== null && "source" in node ? ((node as ScalarNode).source ?? "") : undefined;
}

/** The first document, which is the only one that the engine reads. */
function takeFirst(text: string): string {
  const [opening = ""] = /^(?:(?:[ \t]*|[ \t]*#.*|%.*)\n)*---(?=\s|$)/.exec(text) ?? [];
  const end = /^(?:---|\.\.\.)(?=\s|$)/m.exec(
    text.slice(opening.length).replace(/^[^\n]*/, (line) => " ".repeat(line.length)),
  );
  return end === null ? text : text.slice(0, opening.length + end.index);
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, {
    // What scalars mean is for us to say; keys are the same where they are spelled the same.
    schema: "failsafe",
    uniqueKeys: (a, b) => {
      const source = readSource(a);
      return source !== undefined && source === readSource(b);
    },
    // As lenient as the engine, with brackets that close at the beginning of a line.
    strict: false,
    prettyErrors: false,
    logLevel: "silent",
  });
}

/** A version of YAML that the engine's reader is not made for. */
function versionFault(text: string): Fault | undefined {
  const [found, version] = /^%YAML\s+(\S+)/m.exec(text.split(/^---/m)[0] ?? "") ?? [];
  if (found === undefined || version === "1.1") return undefined;
  const message = `the engine does not read YAML ${version ?? ""}`;
  return { offset: text.indexOf(found), message, fix: "take the line away" };
}

/** Where the quote begins that is open at a place; the place itself where none is. */
function quoteBefore(document: Document.Parsed, offset: number): number {
  let start = offset;
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith("QUOTE") === true && range && range[0] < offset && range[1] >= offset)
        start = range[0];
    },
  });
  return start;
}

function faultsOfText(text: string, document: Document.Parsed): readonly Fault[] {
  const version = versionFault(text);
  if (version !== undefined) return [version];
  const faults = document.errors.map((error) => {
    const fault = parserFault(error, text);
    return /quote/.test(error.message) ? { ...fault, offset: quoteBefore(document, fault.offset) } : fault;
  });
  return [...faults, ...tabFaults(text, document)].sort((a, b) => a.offset - b.offset);
}

/** One fault a place: the first one that is told of it. */
function placed(faults: readonly Fault[], lines: LineCounter): PlacedFault[] {
  const seen = new Set<number>();
  return faults.flatMap(({ offset, message, fix }) => {
    const { line, col } = lines.linePos(offset);
    if (seen.has(line)) return [];
    seen.add(line);
    return [{ line: Math.max(line, 1), column: Math.max(col, 1), message, fix }];
  });
}

/**
 * Reads the bytes of a `Pulumi.STACK.yaml`.
 *
 * @param project name of the project, which the engine puts before a key without a namespace.
 * @returns every value by its whole key, as the engine hands it to the program, with {@link UNREAD_SECRET} for
 *   ciphertext; or what is wrong with the file, one fault a line.
 */
export function readStackFile(bytes: Uint8Array, project: string): StackFile {
  const lines = new LineCounter();
  const { text: whole, fault: encoding } = readBytes(bytes);
  const text = encoding === undefined ? takeFirst(whole) : whole;
  lines.addNewLine(0);
  for (let at = whole.indexOf("\n"); at !== -1; at = whole.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
  const character = encoding ?? characterFault(whole);
  if (character !== undefined) return { faults: placed([character], lines) };
  const document = parse(text);
  const syntax = faultsOfText(text, document);
  const { value, faults } = readTree(document, text);
  const all = [...syntax, ...faults].sort((a, b) => a.offset - b.offset);
  if (all.length > 0) return { faults: placed(all, lines) };
  const found = readRoot(value, project);
  if (found.faults.length === 0) return { values: found.values };
  return { faults: found.faults.map((fault) => ({ ...findPlace(text, fault.message), ...fault })) };
}

/** Where a key that a fault begins with stands. */
function findPlace(text: string, message: string): { readonly line: number; readonly column: number } {
  const [key = ""] = /^\S+/.exec(message) ?? [];
  const rows = text.split("\n");
  const row = rows.findIndex((one) => one.trimStart().replace(/^["']/, "").startsWith(key));
  const line = Math.max(row, 0);
  return { line: line + 1, column: (rows[line] ?? "").length - (rows[line] ?? "").trimStart().length + 1 };
}
