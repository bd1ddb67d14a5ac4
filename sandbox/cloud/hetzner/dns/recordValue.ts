/**
 * Values of records as the API takes them: the form of a zone file, TXT in quoted strings of at most 255 bytes.
 *
 * @see https://docs.hetzner.com/networking/dns/record-types/overview/
 */
import { isIPv4, isIPv6 } from "node:net";
import { isLongPiece, readText } from "../../serve/text.ts";

/** A word of a value in its served form; undefined where it does not fit. */
type Field = (word: string, zone: string) => string | undefined;

const LABEL = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/i;

function where(fits: (word: string) => boolean): Field {
  return (word) => (fits(word) ? word : undefined);
}

const number = (most: number): Field => where((word) => /^\d{1,10}$/.test(word) && Number(word) <= most);
const [u8, u16, u32] = [number(255), number(65_535), number(4_294_967_295)];
const hex = where((word) => /^[0-9a-f]+$/i.test(word));
const tag = where((word) => /^[a-z0-9]{1,15}$/i.test(word));
const any = where(() => true);
const string = where((word) => {
  const pieces = /^".*"$/s.test(word) ? readText(word) : undefined;
  return pieces?.length === 1 && !isLongPiece(pieces[0] ?? "");
});

/** A name without a final dot is relative to the zone, as in a zone file. */
const host: Field = (word, zone) => {
  if (word === ".") return word;
  const full = word === "@" ? zone : word.endsWith(".") ? word.slice(0, -1) : `${word}.${zone}`;
  return full.length <= 253 && full.split(".").every((label) => LABEL.test(label)) ? `${full}.` : undefined;
};

/** The words of a type, in order; the last may be repeated where `more` says so. */
interface Words {
  readonly fields: readonly [Field, ...Field[]];
  readonly more?: true;
}

const WORDS = {
  A: { fields: [where(isIPv4)] },
  AAAA: { fields: [where(isIPv6)] },
  CAA: { fields: [u8, tag, string] },
  CNAME: { fields: [host] },
  DS: { fields: [u16, u8, u8, hex], more: true },
  HINFO: { fields: [string, string] },
  HTTPS: { fields: [u16, host, any], more: true },
  MX: { fields: [u16, host] },
  NS: { fields: [host] },
  PTR: { fields: [host] },
  RP: { fields: [host, host] },
  SOA: { fields: [host, host, u32, u32, u32, u32, u32] },
  SRV: { fields: [u16, u16, u16, host] },
  SVCB: { fields: [u16, host, any], more: true },
  TLSA: { fields: [u8, u8, u8, hex], more: true },
  TXT: { fields: [string], more: true },
} as const satisfies Record<string, Words>;

/** A type of record set that the API knows. */
export type RrsetType = keyof typeof WORDS;
/** All of them. */
export const RRSET_TYPES = Object.keys(WORDS) as [RrsetType, ...RrsetType[]];

/** RDATA of a value as the name server has it, or undefined where the value is not one of the type. */
export function rdataOf(type: RrsetType, value: string, zone: string): string | undefined {
  const words = value.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/gs) ?? [];
  if (words.join("") !== value.replaceAll(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, "")) return undefined;
  const { fields, more }: Words = WORDS[type];
  // SVCB in its alias form has no parameters.
  const least = fields.at(-1) === any ? fields.length - 1 : fields.length;
  if (words.length < least || (words.length > fields.length && more !== true)) return undefined;
  const served = words.map((word, index) => fields[Math.min(index, fields.length - 1)]?.(word, zone));
  return served.includes(undefined) ? undefined : served.join(" ");
}
