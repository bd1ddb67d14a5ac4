/** What the adapters share: data that the APIs cut into fields, and rows that a provider keeps itself. */
import type { ZoneIdentity } from "./dnsForm.ts";

/** Types of records that every provider has. */
export const COMMON_TYPES = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];

/** Largest time to live in seconds (RFC 2181 8). */
export const MOST_TTL = 2 ** 31 - 1;

/** Fields before the target, by type, in the order of the zone file. */
const NUMBERS = { MX: ["priority"], SRV: ["priority", "weight", "port"] } as const;

/** Numbers that an API gives beside the data. */
export type Numbers = Readonly<Partial<Record<"priority" | "weight" | "port", number | null>>>;

/** Whether records of the type have numbers before their target. */
export function hasNumbers(type: string): type is keyof typeof NUMBERS {
  return type in NUMBERS;
}

/** The data of a zone file, whether the API gave all numbers, some or none of them in `data`. */
export function withNumbers(type: keyof typeof NUMBERS, data: string, numbers: Numbers): string {
  const names = NUMBERS[type];
  const words = data.trim().split(/\s+/);
  const missing = names.slice(0, Math.max(0, names.length + 1 - words.length));
  return [...missing.map((name) => numbers[name] ?? 0), ...words].join(" ");
}

/** The numbers before the target of a canonical value, and the target. */
export function splitNumbers(value: string): {
  readonly numbers: readonly number[];
  readonly target: string;
} {
  const words = value.split(" ");
  return { numbers: words.slice(0, -1).map(Number), target: words.at(-1) ?? "" };
}

/** Flags, tag and value of a canonical CAA value. */
export function splitCaa(value: string): {
  readonly flags: number;
  readonly tag: string;
  readonly value: string;
} {
  const [flags = "", tag = "", ...rest] = value.split(" ");
  return { flags: Number(flags), tag, value: rest.join(" ") };
}

/** A name with its final dot; the root is that dot. */
export function withDot(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

/** SOA and the zone's own NS are the provider's, wherever its API lists them. */
export function isOwnedByAnyProvider(type: string, name: string, zone: ZoneIdentity): boolean {
  return type === "SOA" || (type === "NS" && name === zone.name);
}
