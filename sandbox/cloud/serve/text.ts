/** TXT content as vendors take and show it: one string, or quoted pieces of at most 255 bytes (RFC 1035, 3.3.14 and 5.1). */

const PIECE = 255;

/** The strings in a content; without quotes it is one. `undefined` where a quote is not closed. */
export function readText(content: string): string[] | undefined {
  if (!content.startsWith('"')) return [content];
  const pieces: string[] = [];
  let rest = content;
  while (rest !== "") {
    const match = /^"((?:[^"\\]|\\.)*)"\s*/s.exec(rest);
    if (match === null) return undefined;
    pieces.push((match[1] ?? "").replaceAll(/\\(\d{3}|.)/gs, unescape));
    rest = rest.slice(match[0].length);
  }
  return pieces;
}

function unescape(_: string, escaped: string): string {
  return escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped;
}

/** Strings in quotes, each of at most 255 bytes. */
export function quoteText(pieces: readonly string[]): string {
  return pieces
    .flatMap(split)
    .map((piece) => `"${piece.replaceAll(/["\\]/g, "\\$&")}"`)
    .join(" ");
}

/** Whether a piece is longer than a string of a TXT record may be. */
export function isLongPiece(piece: string): boolean {
  return Buffer.byteLength(piece) > PIECE;
}

function split(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const character of text) {
    if (isLongPiece(part + character)) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}

/** In which form an API answers TXT content; vendors have changed theirs without notice. */
export const TEXT_FORMS = ["as-sent", "quoted", "unquoted"] as const;
export type TextForm = (typeof TEXT_FORMS)[number];

/** Content in the form. What is not well quoted is answered as it was sent. */
export function answeredText(content: string, form: TextForm): string {
  const pieces = form === "as-sent" ? undefined : readText(content);
  if (pieces === undefined) return content;
  return form === "quoted" ? quoteText(pieces) : pieces.join("");
}
