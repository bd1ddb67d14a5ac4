/** A TXT's text as DNS carries it: character-strings of at most 255 bytes each (RFC 1035 3.3.14), and back. */

/** Longest character-string, in bytes (RFC 1035 3.3). */
const STRING_BYTES = 255;

/** One or more quoted strings and nothing else. */
const QUOTED = /^\s*(?:"(?:[^"\\]|\\.)*"\s*)+$/s;

/** One quoted string without escapes, as nearly every text of a zone is. */
const PLAIN = /^"[^"\\]*"$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A text as quoted strings of at most 255 bytes of UTF-8 each, for APIs that take any character: `"v=spf1 a -all"`,
 * `"first 255 bytes" "rest"`. Never cuts inside a character; an empty text is `""`.
 *
 * @param most bytes of one string; `Infinity` where the data has no character-strings.
 */
export function quoteText(text: string, most = STRING_BYTES): string {
  return splitText(text, most)
    .map((piece) => `"${piece.replace(/["\\]/g, "\\$&")}"`)
    .join(" ");
}

/** The same for zone files: bytes that are no printable ASCII as `\DDD` (RFC 1035 5.1). */
export function characterStrings(text: string, most = STRING_BYTES): string {
  return splitText(text, most)
    .map((piece) => `"${Array.from(encoder.encode(piece), escaped).join("")}"`)
    .join(" ");
}

function escaped(byte: number): string {
  if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`;
}

/** Whether {@link joinedText} would take the text for quoted strings. */
export function isQuoted(text: string): boolean {
  return text.includes('"') && QUOTED.test(text);
}

/**
 * The one text of a TXT, however it was answered: quoted strings are joined and freed of their escapes, anything else
 * is taken as it is.
 */
export function joinedText(wire: string): string {
  // Without the search below, which makes some 700 bytes of garbage for each record of a zone.
  if (PLAIN.test(wire)) return wire.slice(1, -1);
  if (!isQuoted(wire)) return wire;
  const strings = wire.matchAll(/"((?:[^"\\]|\\.)*)"/gs);
  return unescaped(Array.from(strings, ([, string = ""]) => string).join(""));
}

/** `\DDD` is a byte and `\X` the character X (RFC 1035 5.1). */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes = Array.from(text.matchAll(/\\(\d{3})|\\?(.)/gsu), ([, code, character = ""]) =>
    code === undefined ? [...encoder.encode(character)] : [Number(code) & 0xff],
  );
  return decoder.decode(Uint8Array.from(bytes.flat()));
}

/** Bytes of a character in UTF-8 (RFC 3629 3); counted, as a zone has many and an encoder takes its time over each. */
function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Cuts a text into pieces of so many bytes of UTF-8 at most, never inside a character. At least one piece. */
function splitText(text: string, most: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let size = 0;
  for (const character of text) {
    const bytes = utf8Length(character.codePointAt(0) ?? 0);
    if (size + bytes > most) {
      pieces.push(piece);
      piece = "";
      size = 0;
    }
    piece += character;
    size += bytes;
  }
  return [...pieces, piece];
}
