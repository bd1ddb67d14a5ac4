/** The data of a record as one line of text, by the kinds of its fields. */
import { characterStrings, quoteText } from "../../values/characterStrings.ts";
import { canonicalName } from "../../values/domainName.ts";
import { findKind, type Kind, type KindName, type Quote, type ReadName } from "./field.ts";

/** How the data of a type is written. A value is the canonical text of its fields with one blank between. */
export interface Layout {
  /** Canonical value of what a zone file has, with texts also unquoted. Data that is wrong keeps its words. */
  readonly canonical: (data: string, readName?: ReadName) => string;
  /** Texts of a value, field by field; empty where the value has fewer. */
  readonly split: (value: string) => readonly string[];
  /** Value of texts in any spelling. */
  readonly join: (texts: readonly string[]) => string;
  /** A value as a zone file has it. @param quote writes a text as quoted strings */
  readonly inZoneFile: (value: string, quote?: Quote) => string;
  /** A value as people read it: without final dots, and in quotes only a text beside other fields. */
  readonly inTable: (value: string) => string;
}

/** What takes a zone file's data apart. Undefined where it has too few words, or too many. */
function wordReader(kinds: readonly Kind[]): (data: string) => readonly string[] | undefined {
  const last = kinds.at(-1);
  const before = kinds.length - 1;
  if (last?.hasBlanks !== true)
    return (data) => {
      const words = data.trim().split(/\s+/);
      return words.length === kinds.length ? words : undefined;
    };
  // Blanks round a text that is all of the data are its own.
  const whole = new RegExp(before === 0 ? "^()([^]*)$" : `^\\s*((?:\\S+\\s+){${before}})([^]+)$`);
  return (data) => {
    const [, head = "", rest] = whole.exec(data) ?? [];
    return rest === undefined ? undefined : [...head.split(/\s+/).slice(0, before), rest];
  };
}

/** Words with one blank between, whatever they mean. */
export function plainWords(data: string): string {
  return data.trim().split(/\s+/).join(" ");
}

/**
 * The layout of fields of these kinds.
 *
 * @param settle gives texts their one spelling where that of one field depends on another.
 */
export function buildLayout(
  names: readonly KindName[],
  settle: (texts: readonly string[]) => readonly string[] = (texts) => texts,
): Layout {
  const kinds = names.map(findKind);
  const before = kinds.length - 1;
  const readWords = wordReader(kinds);
  const canonicalTexts = (texts: readonly string[], readName: ReadName): string =>
    settle(texts.map((text, index) => kinds[index]?.canonical(text, readName) ?? text)).join(" ");
  const split = (value: string): readonly string[] => {
    if (before === 0) return [value];
    const words = value.split(" ");
    return kinds.map((_, index) => (index < before ? (words[index] ?? "") : words.slice(before).join(" ")));
  };
  const written = (value: string, write: (text: string, kind: Kind | undefined) => string | undefined) =>
    split(value)
      .map((text, index) => write(text, kinds[index]) ?? text)
      .join(" ");
  return {
    split,
    canonical: (data, readName = canonicalName) => {
      const words = readWords(data);
      if (words === undefined) return plainWords(data);
      return canonicalTexts(
        words.map((word, index) => kinds[index]?.unquoted?.(word) ?? word),
        readName,
      );
    },
    join: (texts) => canonicalTexts(texts, canonicalName),
    inZoneFile: (value, quote = characterStrings) =>
      written(value, (text, kind) => kind?.inZoneFile?.(text, quote)),
    inTable: (value) =>
      before === 0 ? value : written(value, (text, kind) => kind?.unquoted && quoteText(text, Infinity)),
  };
}
