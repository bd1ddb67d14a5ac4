/** Reads lists of tags, as DKIM, DMARC, MTA-STS and TLS reporting write them (RFC 6376 3.2). */

/** Tags of a list. */
export interface Tags {
  readonly values: ReadonlyMap<string, string>;
  /** Names in the order written. */
  readonly order: readonly string[];
  /** First piece that is no tag, or a tag for the second time. */
  readonly broken?: string;
}

/** Reads `v=DKIM1; k=rsa; p=…;`: blanks round names, values and the last semicolon mean nothing. */
export function readTags(text: string): Tags {
  const values = new Map<string, string>();
  let broken: string | undefined;
  const pieces = text.split(";").map((piece) => piece.trim());
  if (pieces.at(-1) === "") pieces.pop();
  for (const piece of pieces) {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9_]*)\s*=\s*([\s\S]*)$/.exec(piece) ?? [];
    if (name === undefined || value === undefined || values.has(name)) broken ??= piece;
    else values.set(name, value);
  }
  const tags = { values, order: [...values.keys()] };
  return broken === undefined ? tags : { ...tags, broken };
}
