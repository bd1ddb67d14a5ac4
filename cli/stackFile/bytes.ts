/** The bytes of a stack file as text, by its encoding. */
import type { Fault } from "./wording.ts";

/** Encodings that a byte order mark names; without one it is UTF-8. */
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

function guessEncoding(bytes: Uint8Array): string {
  return MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1] ?? "utf-8";
}

/** Text up to the first byte that is none. */
function readable(bytes: Uint8Array, encoding: string): string {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let text = "";
  // Byte by byte: what came before the bad one is what tells its line.
  for (const byte of bytes) {
    try {
      text += decoder.decode(Uint8Array.of(byte), { stream: true });
    } catch {
      break;
    }
  }
  return text;
}

/** A file's text, with line ends as `\n`; a fault where its bytes are no text. */
export function readBytes(bytes: Uint8Array): { readonly text: string; readonly fault?: Fault } {
  const encoding = guessEncoding(bytes);
  const lines = (text: string): string => text.replace(/\r\n?/g, "\n");
  try {
    return { text: lines(new TextDecoder(encoding, { fatal: true }).decode(bytes)) };
  } catch {
    const text = lines(readable(bytes, encoding));
    const message = `there is a byte that is no ${encoding.toUpperCase()}`;
    return { text, fault: { offset: text.length, message, fix: "save the file as UTF-8" } };
  }
}
