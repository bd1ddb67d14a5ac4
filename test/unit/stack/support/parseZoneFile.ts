/** A small reader of zone files (RFC 1035 5.1), written apart from the writer that it checks. */

export interface ZoneRow {
  readonly name: string;
  readonly ttl: number;
  readonly type: string;
  /** Words of the data; quoted strings are decoded to bytes and joined per string. */
  readonly words: readonly (string | Uint8Array)[];
}

function decodeString(text: string): { bytes: Uint8Array; length: number } {
  const bytes: number[] = [];
  let at = 1;
  while (text[at] !== '"') {
    if (at >= text.length) throw new Error(`a string does not end: ${text}`);
    const digits = /^\\(\d{3})/.exec(text.slice(at, at + 4));
    if (digits?.[1] !== undefined) {
      bytes.push(Number(digits[1]));
      at += 4;
    } else {
      if (text[at] === "\\") at++;
      bytes.push(text.charCodeAt(at++));
    }
  }
  return { bytes: Uint8Array.from(bytes), length: at + 1 };
}

function wordsOf(text: string): (string | Uint8Array)[] {
  const words: (string | Uint8Array)[] = [];
  let rest = text;
  while (rest !== "") {
    if (rest.startsWith('"')) {
      const { bytes, length } = decodeString(rest);
      words.push(bytes);
      rest = rest.slice(length).trimStart();
    } else {
      const word = rest.split(" ", 1)[0] ?? "";
      words.push(word);
      rest = rest.slice(word.length).trimStart();
    }
  }
  return words;
}

/** Rows of a zone file. Comments are whole lines; anything else that is no record is an error. */
export function parseZoneFile(text: string): ZoneRow[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(";") && !line.startsWith("$TTL "))
    .map((line) => {
      const head = /^(\S+)\. (\d+) IN ([A-Z]+) (.*)$/.exec(line);
      if (head === null) throw new Error(`not a record: ${line}`);
      const [, name = "", ttl = "", type = "", data = ""] = head;
      return { name, ttl: Number(ttl), type, words: wordsOf(data) };
    });
}
