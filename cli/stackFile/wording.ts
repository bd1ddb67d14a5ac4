/** Faults of a stack file's YAML, in words that say what to type. */
import type { YAMLError } from "yaml";

/** What is wrong, and from which character of the text on. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
}

/** Characters that begin something else than a text, and what. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  "@": "YAML keeps @ for itself",
  "`": "YAML keeps ` for itself",
  "%": "% begins a directive",
  "*": "* begins the name of an anchor",
  "&": "& begins an anchor",
  "!": "! begins a tag",
};

/** A value that wants quotes, from its first character to where it most likely ends; undefined where it does not. */
export function needsQuotes(text: string, offset: number): Fault | undefined {
  // Of an alias the parser tells the place of its name.
  const start = /[*&!]/.test(text[offset - 1] ?? "") ? offset - 1 : offset;
  const why = BEGINNINGS[text[start] ?? ""];
  if (why === undefined) return undefined;
  const [word = ""] = /^[^\s,\]}]*/.exec(text.slice(start)) ?? [];
  return {
    offset: start,
    message: `${why}, and cannot begin a text`,
    fix: `write it in quotes: ${JSON.stringify(word)}`,
  };
}

/** An escape in double quotes that means nothing. */
export const BAD_ESCAPE = {
  message: "after \\ stands what it has no meaning with",
  fix: "write \\\\ for the character itself, or the text in single quotes",
} as const;

/** What the parser misses, by its own words. */
const MISSING: readonly (readonly [RegExp, message: string, fix: string])[] = [
  [
    /quote/,
    "a quote is not closed",
    "close it; within double quotes a quote is written \\\", within single ones ''",
  ],
  [
    /map values/,
    "a line is neither KEY: VALUE nor an entry with -",
    "put a colon and a blank after the key, or quotes around a text of several lines",
  ],
  [/to end with/, "a bracket is not closed", "close it, and begin the next key on a line of its own"],
  [/[Mm]issing ,|comma/, "a comma is missing between two entries", "put one between them"],
];

/** Words for the parser's codes; what has none is said in the parser's own words. */
const WORDS: Partial<Record<YAMLError["code"], readonly [message: string, fix: string]>> = {
  TAB_AS_INDENT: ["there is a tab where blanks have to be", "put blanks in its place"],
  BAD_INDENT: [
    "the line begins at another column than those it belongs to",
    "move it under them, with blanks",
  ],
  BLOCK_IN_FLOW: [
    "a list or an object of several lines stands within [ ] or { }",
    "close the bracket before it",
  ],
  MULTILINE_IMPLICIT_KEY: [
    "a key, or a text before a colon, goes over several lines",
    "write it in one line, in quotes",
  ],
  BLOCK_AS_IMPLICIT_KEY: ["there are two colons in one line", "write the value in quotes"],
  BAD_COLLECTION_TYPE: ["a mark with ! says another kind than what follows", "take the mark away"],
};

/** A fault of the parser. */
export function parserFault(error: YAMLError, text: string): Fault {
  const [offset] = error.pos;
  if (
    error.code === "BAD_SCALAR_START" ||
    error.code === "BAD_ALIAS" ||
    /alias|anchor/i.test(error.message)
  ) {
    const known = needsQuotes(text, offset);
    if (known !== undefined) return known;
  }
  if (error.code === "DUPLICATE_KEY") {
    const [key = ""] = /^("[^"\n]*"|'[^'\n]*'|[^\n]*?)(?=\s*:(\s|$))/.exec(text.slice(offset)) ?? [];
    return {
      offset,
      message: `the key ${key} is there already`,
      fix: "remove one of the two, or put both into one",
    };
  }
  if (error.code === "BAD_INDENT" && error.message.startsWith("Flow")) {
    const message =
      "a bracket of a line before is not closed, or the line belongs to it and begins too far left";
    return { offset, message, fix: "close the bracket, or begin the line with more blanks" };
  }
  if (error.code === "BAD_DQ_ESCAPE") return { offset, ...BAD_ESCAPE };
  const missing = MISSING.find(([pattern]) => error.code === "MISSING_CHAR" && pattern.test(error.message));
  if (missing !== undefined) return { offset, message: missing[1], fix: missing[2] };
  const words = WORDS[error.code];
  if (words !== undefined) return { offset, message: words[0], fix: words[1] };
  const said = error.message.replace(/\.$/, "");
  return {
    offset,
    message: `this is no valid YAML: ${said}`,
    fix: "look at brackets, quotes and indentation; a text with `: `, ` #` or brackets in it wants quotes",
  };
}

/** Characters that may not stand in a YAML document, as the engine's reader has it. */
const FORBIDDEN = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** Ends of lines that no editor shows as such. */
const HIDDEN_BREAK = /[\x85\u2028\u2029]/;

/** A character that ends the reading, whatever stands around it. */
export function characterFault(text: string): Fault | undefined {
  const forbidden = FORBIDDEN.exec(text);
  if (forbidden !== null) {
    const code = (forbidden[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const message = `there is a character that may not stand in YAML: U+${code}`;
    return { offset: forbidden.index, message, fix: "take it away" };
  }
  const hidden = HIDDEN_BREAK.exec(text);
  if (hidden === null) return undefined;
  const code = hidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const message = `there is a character that ends the line and does not show: U+${code}`;
  return { offset: hidden.index, message, fix: "take it away, or press Enter in its place" };
}
