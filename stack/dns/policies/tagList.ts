/** Lists of tags, as DKIM, DMARC, MTA-STS, TLS reporting and BIMI write them (RFC 6376 3.2). */

/** Tags of a list. */
export interface Tags {
  readonly values: ReadonlyMap<string, string>;
  /** Names in the order written. */
  readonly order: readonly string[];
  /** First piece that is no tag, or a tag for the second time. */
  readonly broken?: string;
}

/** Without the blanks at its ends, which mean nothing in a list; what holds other letters stays, and is no piece of one. */
export function trimmed(piece: string): string {
  return /^[\t\x20-\x7e]*$/.test(piece) ? piece.trim() : piece;
}

/** A piece to show, at no more than a line's length. */
export function shown(piece: string): string {
  return JSON.stringify(piece.length > 80 ? `${piece.slice(0, 80)}…` : piece);
}

/** Printable ASCII without the semicolon, with blanks inside. */
const TAG = /^([A-Za-z][A-Za-z0-9_]*)[ \t]*=[ \t]*([\t\x20-\x3a\x3c-\x7e]*)$/;

/** Reads `v=DKIM1; k=rsa; p=…;`: blanks round names, values and the last semicolon mean nothing. */
export function readTags(text: string): Tags {
  const values = new Map<string, string>();
  let broken: string | undefined;
  const pieces = text.split(";").map(trimmed);
  if (pieces.length > 1 && pieces.at(-1) === "") pieces.pop();
  for (const piece of pieces) {
    const [, name, value] = TAG.exec(piece) ?? [];
    if (name === undefined || value === undefined || values.has(name)) broken ??= piece;
    else values.set(name, value);
  }
  const tags = { values, order: [...values.keys()] };
  return broken === undefined ? tags : { ...tags, broken };
}
