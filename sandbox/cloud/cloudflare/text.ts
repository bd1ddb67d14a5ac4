/** TXT content: one string or quoted pieces of at most 255 bytes (RFC 1035, 3.3.14 and 5.1). */
import { invalidRecord } from "./errors.ts";

const PIECE = 255;
const MOST = 4096;

/**
 * Content as it is kept: text without quotes stays as sent; a quoted piece longer than 255 bytes is split.
 * @throws CloudflareError 1004 when a quote is not closed or the text is longer than 4096 bytes.
 */
export function tidyText(content: string): string {
  const pieces = readText(content);
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  if (bytes > MOST) throw invalidRecord(9207, `Content for TXT record is longer than ${MOST} bytes.`);
  const long = pieces.some((piece) => Buffer.byteLength(piece) > PIECE);
  return content.startsWith('"') && long ? quoteText(pieces) : content;
}

/** The strings in a content. Without quotes it is one. */
export function readText(content: string): string[] {
  if (!content.startsWith('"')) return [content];
  const pieces: string[] = [];
  let rest = content;
  while (rest !== "") {
    const match = /^"((?:[^"\\]|\\.)*)"\s*/s.exec(rest);
    if (match === null) throw invalidRecord(9208, "Content for TXT record has an unbalanced quotation mark.");
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

function split(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const character of text) {
    if (Buffer.byteLength(part) + Buffer.byteLength(character) > PIECE) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}
