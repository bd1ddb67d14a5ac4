/** Text of strangers, made harmless for whoever reads it: a TXT record, a log or a vendor's answer may hold anything. */

/**
 * Characters that move the cursor, colour the terminal, break the line, turn the direction of writing or do not show:
 * C0, DEL, C1, line and paragraph separator, what Unicode calls format characters (categories Cc, Cf, Zl, Zp), and what
 * is no character.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** One line that shows every character: what would not show is written as `\x1b` or `\u{202e}`. */
export function printable(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** Several lines, each {@link printable}; a tab stays. */
export function printableLines(text: string): string {
  return text.replace(UNSEEN, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );
}

/** The same but for line breaks: to find each and leave it makes 16 MiB of garbage in an audit of 10,000 records. */
const UNSEEN_IN_LINES = new RegExp(`(?!\\n)${UNSEEN.source}`, "gu");

/** JSON that is safe to look at: escapes what JSON itself lets through, such as C1 controls. The value stays the same. */
export function printableJson(json: string): string {
  return json.replace(UNSEEN_IN_LINES, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}
