/**
 * `data` of a record by type: what is taken, how it is kept and answered, and what it is in a zone file.
 *
 * Targets are sent with a final dot (or as `@`) and answered without; a CAA issuer too. TXT is one text without quotes.
 *
 * @see https://docs.digitalocean.com/reference/api/reference/domain-records/
 */
import { isIPv4, isIPv6 } from "node:net";
import { quoteText, readText } from "../serve/text.ts";
import { unprocessable } from "./errors.ts";
import type { DomainRecord } from "./state.ts";

/** Numbers and words beside `data`. */
export type Beside = "priority" | "port" | "weight" | "flags" | "tag";

interface TypeRules {
  /** What the type has beside `data`; all else is answered as null, whatever was sent. */
  readonly beside: readonly Beside[];
  /** `data` as it is kept. @throws DigitaloceanError 422 */
  take(data: string, domain: string, tag: string | null): string;
  /** RDATA of what is kept. */
  rdata(record: DomainRecord, domain: string): string;
}

const MOST_TEXT = 512;
const TARGET = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+$/i;

function takeAddress(fits: (data: string) => boolean, version: string): TypeRules["take"] {
  return (data) => {
    if (!fits(data)) throw unprocessable(`IP address did not match ${version} format`);
    return data;
  };
}

function takeTarget(data: string, domain: string): string {
  // No host at all (RFC 7505, RFC 2782): the one name that is nothing but its final dot.
  if (data === "@" || data === ".") return data;
  if (!data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
  if (!TARGET.test(data) || data.length > 254) throw unprocessable("Data is not a valid hostname");
  const name = data.slice(0, -1);
  return name.toLowerCase() === domain ? "@" : name;
}

function wholeTarget(data: string, domain: string): string {
  if (data === ".") return data;
  return data === "@" ? `${domain}.` : `${data}.`;
}

function targetType(beside: readonly Beside[]): TypeRules {
  return {
    beside,
    take: takeTarget,
    rdata: (record, domain) =>
      [...beside.map((field) => record[field]), wholeTarget(record.data, domain)].join(" "),
  };
}

const asKept = (record: DomainRecord): string => record.data;

const caa: TypeRules = {
  beside: ["flags", "tag"],
  take(data, _domain, tag) {
    if (tag === "iodef") return data;
    if (!data.endsWith(".")) throw unprocessable("Data needs to end with a dot (.)");
    return data.slice(0, -1);
  },
  rdata: ({ flags, tag, data }) => `${flags} ${tag} ${quoteText([data])}`,
};

const txt: TypeRules = {
  beside: [],
  take(data) {
    if (data.length > MOST_TEXT) {
      throw unprocessable(`Data is too long (maximum is ${MOST_TEXT} characters)`);
    }
    return data;
  },
  // Quotes round the whole are taken for those of a zone file.
  rdata: ({ data }) => quoteText(readText(data) ?? [data]),
};

/** Types that can be made. */
export const TYPES: Readonly<Record<string, TypeRules>> = {
  A: { beside: [], take: takeAddress(isIPv4, "IPv4"), rdata: asKept },
  AAAA: { beside: [], take: takeAddress(isIPv6, "IPv6"), rdata: asKept },
  CAA: caa,
  CNAME: targetType([]),
  MX: targetType(["priority"]),
  NS: targetType([]),
  SRV: targetType(["priority", "weight", "port"]),
  TXT: txt,
};
