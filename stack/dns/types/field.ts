/** The kinds of field that the data of DNS records is made of. */
import { z } from "zod";
import { joinedText } from "../../values/characterStrings.ts";
import { canonicalName, readDnsName, readHostName, wholeName, withDot } from "../../values/domainName.ts";
import { text as textKey, type Field } from "../../values/field.ts";
import { canonicalAddress, readAddress } from "../../values/network.ts";
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";

/** Reads a name that stands in data: whole, or relative to where a provider has it. */
export type ReadName = (name: string) => string;

/** Writes a text as quoted strings, each of so many bytes at most; by default of the 255 that a character-string has. */
export type Quote = (text: string, most?: number) => string;

/** How a field is written, in a zone file and in the canonical value of a record. */
export interface Kind {
  /** The one spelling; data that is wrong stays as it is. */
  readonly canonical: (text: string, readName: ReadName) => string;
  /** What a zone file's text means: there, quotes and escapes are no part of it. */
  readonly unquoted?: (text: string) => string;
  /** As a zone file has it (RFC 1035 5.1). */
  readonly inZoneFile?: (text: string, quote: Quote) => string;
  /** It may have blanks in it, as the last field of its type. */
  readonly hasBlanks?: true;
}

const KINDS = {
  address: { canonical: canonicalAddress },
  /** Any name, such as an alias may point to. */
  name: { canonical: (text, readName) => readName(text), inZoneFile: withDot },
  /** A name that has addresses, and is no alias; `.` where there is no host. */
  host: { canonical: (text, readName) => readName(text), inZoneFile: withDot },
  number: { canonical: (text) => (/^\d+$/.test(text) ? String(Number(text)) : text) },
  word: { canonical: (text) => text.toLowerCase() },
  text: {
    canonical: (text) => text,
    unquoted: joinedText,
    inZoneFile: (text, quote) => quote(text),
    hasBlanks: true,
  },
  /** Text without the wire's cuts: all that is left of the data, in one string (RFC 8659 4.1.1). */
  wholeText: {
    canonical: (text) => text,
    unquoted: joinedText,
    inZoneFile: (text, quote) => quote(text, Infinity),
    hasBlanks: true,
  },
  /** Hexadecimal digits, in a zone file in groups too. */
  hex: { canonical: (text) => text.replace(/\s+/g, "").toLowerCase(), hasBlanks: true },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** How a kind is written. */
export function findKind(name: KindName): Kind {
  return KINDS[name];
}

/** One field of a record's data, and the key of the configuration that sets it. */
export interface DataField<T = unknown> extends Field<T> {
  readonly kind: KindName;
  readonly required: true;
  /** It may be known only after resources exist. */
  readonly late?: true;
  /** Largest value of a number. */
  readonly most?: number;
  /** It says in which order or how often, and nothing of where to (RFC 5321 5.1, RFC 2782). */
  readonly ordersOnly?: true;
}

function readTarget(target: string): Reading<string> {
  return wholeName(readDnsName(target), "target");
}

/** The target of an MX, SRV or NS is a host name; `.` alone says that there is no service. */
function readHostTarget(target: string): Reading<string> {
  return target === "."
    ? bad("null-target", "a null target cannot be planned here", "leave the record out")
    : wholeName(readHostName(target), "target");
}

function readText(value: string): Reading<string> {
  if (value === "") return bad("empty", "the text is empty", "write the text of the record");
  if (/^"[\s\S]*"$/.test(value)) {
    return bad(
      "quoted-text",
      "the text is in quotes, which would become part of it",
      "write it without the quotes",
    );
  }
  if (/\p{Cc}/u.test(value))
    return bad("control-character", "the text holds a control character", "write one line");
  return Buffer.byteLength(value) <= 2048
    ? good(value)
    : bad(
        "text-too-long",
        "the text has more than 2048 bytes",
        "shorten it",
        "developers.cloudflare.com/dns",
      );
}

/** Hexadecimal digits of whole bytes, in groups or not. */
function readHex(value: string): Reading<string> {
  const digits = findKind("hex").canonical(value, canonicalName);
  return /^([0-9a-f]{2})+$/.test(digits)
    ? good(digits)
    : bad("not-hex", "this is not two hexadecimal digits for each byte", "write it as in a zone file");
}

/** An address of one family, which may be known late. */
export function address(family: "ipv4" | "ipv6") {
  const schema = textKey((value) => readAddress(value, family));
  const said = { meaning: "address", fix: "set one address" } as const;
  return { kind: "address", schema, ...said, required: true, late: true } as const;
}

/** Any whole name. */
export const name = {
  kind: "name",
  schema: textKey(readTarget),
  meaning: "name",
  fix: "set a whole name",
  required: true,
} as const satisfies DataField<string>;

/** The name of a host. */
export const host = {
  kind: "host",
  schema: textKey(readHostTarget),
  meaning: "host",
  fix: "set a host name",
  required: true,
} as const satisfies DataField<string>;

/** A whole number from 0. */
export function number(most: number, meaning: string, fix = `set a whole number from 0 to ${most}`) {
  return { kind: "number", schema: z.int().min(0).max(most), most, meaning, fix, required: true } as const;
}

/** Largest number of 16 bits. */
export const MOST_16_BITS = 65_535;

/** A number of 16 bits that says in which order or how often. */
export function order(meaning: string) {
  return { ...number(MOST_16_BITS, meaning), ordersOnly: true } as const;
}

/** One word of a list. */
export function word<const Word extends string>(words: readonly Word[], meaning: string) {
  const fix = `set one of ${words.join(", ")}`;
  return { kind: "word", schema: z.enum(words), meaning, fix, required: true } as const;
}

/** A text of one line. */
export function text(meaning: string, fix: string) {
  return { kind: "text", schema: textKey(readText), meaning, fix, required: true } as const;
}

/** A text of one line that the wire does not cut. */
export function wholeText(meaning: string, fix: string) {
  return { ...text(meaning, fix), kind: "wholeText" } as const;
}

/** Bytes. */
export function hex(meaning: string, fix: string) {
  return { kind: "hex", schema: textKey(readHex), meaning, fix, required: true } as const;
}
