/** TXT content at Cloudflare. */
import { isLongPiece, quoteText, readText } from "../serve/text.ts";
import { invalidRecord } from "./errors.ts";

const MOST = 4096;

/**
 * Content as it is kept: text without quotes stays as sent; a quoted piece longer than 255 bytes is split.
 * @throws CloudflareError 1004 when a quote is not closed or the text is longer than 4096 bytes.
 */
export function tidyText(content: string): string {
  const pieces = textPieces(content);
  const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
  if (bytes > MOST) throw invalidRecord(9207, `Content for TXT record is longer than ${MOST} bytes.`);
  return content.startsWith('"') && pieces.some(isLongPiece) ? quoteText(pieces) : content;
}

/** The strings in a content. @throws CloudflareError 1004 when a quote is not closed. */
export function textPieces(content: string): string[] {
  const pieces = readText(content);
  if (pieces === undefined) {
    throw invalidRecord(9208, "Content for TXT record has an unbalanced quotation mark.");
  }
  return pieces;
}
