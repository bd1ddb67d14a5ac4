/** Messages of an open folder as IMAP shows them (RFC 3501, 7.4.2), and which ones a command means. */
import type { StoredMessage } from "./client.ts";

/** A message, and its place among the others. */
export interface Numbered extends StoredMessage {
  /** From 1. */
  readonly number: number;
}

/** `1,3:5,*` as messages, by their places or their unique identifiers. */
export function chosen(set: string, messages: readonly Numbered[], byUid: boolean): readonly Numbered[] {
  const keyOf = (message: Numbered): number => (byUid ? message.uid : message.number);
  const last = messages.at(-1);
  const numberOf = (text: string): number => (text === "*" ? ((last && keyOf(last)) ?? 0) : Number(text));
  const ranges = set.split(",").map((part) => {
    const [from = "", to = from] = part.split(":");
    return [numberOf(from), numberOf(to)].sort((a, b) => a - b);
  });
  return messages.filter((message) =>
    ranges.some(([low = 0, high = 0]) => keyOf(message) >= low && keyOf(message) <= high),
  );
}

function subjectOf(message: Buffer): string {
  const [head = ""] = message.toString("latin1").split(/\r?\n\r?\n/);
  return /^subject:(.*)$/im.exec(head.replace(/\r?\n[ \t]+/g, " "))?.[1] ?? "";
}

/** Messages whose subject has a text; all, where none is asked for. */
export function found(words: readonly string[], messages: readonly Numbered[]): readonly Numbered[] {
  const at = words.findIndex((word) => word.toUpperCase() === "SUBJECT");
  const wanted = at < 0 ? "" : (words[at + 1] ?? "").toLowerCase();
  return messages.filter(({ raw }) => subjectOf(raw).toLowerCase().includes(wanted));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number): string => String(number).padStart(2, "0");

/** A moment as IMAP writes it. */
function writeDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `"${day}-${MONTHS[date.getUTCMonth()] ?? ""}-${date.getUTCFullYear()} ${time} +0000"`;
}

/** A moment that IMAP wrote. */
export function readDate(text: string): Date {
  const [, day = "", month = "", year = "", time = "", hours = "", minutes = ""] =
    /^\s*(\d+)-(\w{3})-(\d{4}) (\S+) ([+-]\d\d)(\d\d)$/.exec(text) ?? [];
  return new Date(`${year}-${two(MONTHS.indexOf(month) + 1)}-${two(Number(day))}T${time}${hours}:${minutes}`);
}

/** What `BODY[…]` asks for, by its name in the answer. */
function part(items: string, raw: Buffer): readonly [name: string, bytes: Buffer] | undefined {
  const [, section] = /BODY(?:\.PEEK)?\[([^\]]*)\]/i.exec(items) ?? [];
  if (section === undefined) return undefined;
  if (section === "") return ["BODY[]", raw];
  const end = raw.indexOf("\r\n\r\n");
  const head = end < 0 ? raw : raw.subarray(0, end + 4);
  const [, names] = /^HEADER\.FIELDS \(([^)]*)\)$/i.exec(section) ?? [];
  if (names === undefined) return [`BODY[${section}]`, head];
  const wanted = names.toLowerCase().split(/\s+/);
  const lines = head
    .toString("latin1")
    .split(/\r\n(?![ \t])/)
    .filter((line) => wanted.includes((line.split(":", 1)[0] ?? "").toLowerCase()));
  return [`BODY[${section}]`, Buffer.from(`${lines.map((line) => `${line}\r\n`).join("")}\r\n`, "latin1")];
}

/** The answer for one message. */
export function fetched(message: Numbered, items: string, byUid: boolean): Buffer[] {
  const { number, uid, flags, date, raw } = message;
  const facts = [
    ...(byUid || /\bUID\b/i.test(items) ? [`UID ${uid}`] : []),
    ...(/\bFLAGS\b/i.test(items) ? [`FLAGS (${flags.join(" ")})`] : []),
    ...(/\bINTERNALDATE\b/i.test(items) ? [`INTERNALDATE ${writeDate(date)}`] : []),
    ...(/RFC822\.SIZE/i.test(items) ? [`RFC822.SIZE ${raw.length}`] : []),
  ].join(" ");
  const body = part(items, raw);
  if (body === undefined) return [Buffer.from(`* ${number} FETCH (${facts})\r\n`)];
  const [name, bytes] = body;
  const head = `* ${number} FETCH (${facts}${facts === "" ? "" : " "}${name} {${bytes.length}}\r\n`;
  return [Buffer.from(head), bytes, Buffer.from(")\r\n")];
}
