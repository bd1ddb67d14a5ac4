/** Content of a record by type: what is taken, how it is shown, and what it is in a zone file. */
import { isIPv4, isIPv6 } from "node:net";
import { canonicalIpv6 } from "../hetzner/addresses.ts";
import { invalidRecord } from "./errors.ts";
import { quoteText } from "../serve/text.ts";
import { textPieces, tidyText } from "./text.ts";

/** Structured form, as in `data`. */
export type RecordData = Record<string, string | number>;

/** What a request says of a record's value. */
export interface GivenContent {
  readonly content: string | undefined;
  readonly data: RecordData | undefined;
  readonly priority: number | undefined;
}

/** What is kept and shown. */
export interface Content {
  readonly content: string;
  readonly data?: RecordData | undefined;
  readonly priority?: number | undefined;
}

interface TypeRules {
  /** Checks and makes canonical. `name` is the record's own. */
  take(given: GivenContent, name: string): Content;
  /** RDATA of what was taken. */
  rdata(kept: Content): string;
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Host name without a final dot, lower case; undefined where it is none. */
export function hostName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, "");
  const fits = name.length <= 253 && name.split(".").every((label) => LABEL.test(label));
  return fits ? name : undefined;
}

function need(content: string | undefined, type: string): string {
  if (content === undefined || content === "") {
    throw invalidRecord(9020, `Content is a required field for ${type} records.`);
  }
  return content;
}

function host(text: string, code: number, type: string): string {
  const name = hostName(text);
  if (name === undefined) throw invalidRecord(code, `Content for ${type} record is invalid.`);
  return name;
}

/** A type whose content is one host name. */
function hostType(type: string, code: number): TypeRules {
  return {
    take(given, name) {
      const content = host(need(given.content, type), code, type);
      if (type === "CNAME" && content === name) {
        throw invalidRecord(9039, "Content for CNAME record cannot reference itself.");
      }
      return { content };
    },
    rdata: (kept) => `${kept.content}.`,
  };
}

/** A field of `data`: a number up to a limit, or text with its own canonical form. */
interface Field {
  readonly name: string;
  readonly most?: number;
  readonly text?: (value: string) => string | undefined;
}

/** A type with `data`; its content is the fields joined by spaces, and may be given in that form instead. */
function dataType(
  type: string,
  fields: readonly Field[],
  show: (data: RecordData) => string,
  rdata: (data: RecordData) => string,
): TypeRules {
  const hasPriority = fields[0]?.name === "priority" && type !== "HTTPS" && type !== "SVCB";
  return {
    take(given) {
      const raw = given.data ?? fromContent(type, fields, given);
      const data: RecordData = {};
      for (const field of fields) {
        const value = raw[field.name] ?? (field.name === "priority" ? given.priority : undefined);
        data[field.name] = takeField(type, field, value);
      }
      const priority = hasPriority ? { priority: Number(data["priority"]) } : {};
      return { content: show(data), data, ...priority };
    },
    rdata: (kept) => rdata(kept.data ?? {}),
  };
}

function fromContent(type: string, fields: readonly Field[], given: GivenContent): RecordData {
  const words = need(given.content, type).trim().split(/\s+/);
  // Three words of an SRV: its priority stands beside.
  const short = fields[0]?.name === "priority" && words.length === fields.length - 1;
  const names = (short ? fields.slice(1) : fields).map((field) => field.name);
  const last = names.length - 1;
  const pairs = names.map((name, index) => [
    name,
    index === last ? words.slice(last).join(" ") : (words[index] ?? ""),
  ]);
  return Object.fromEntries(pairs) as RecordData;
}

function takeField(type: string, field: Field, value: string | number | undefined): string | number {
  const fault = (): Error => invalidRecord(9101, `${field.name} is invalid or missing for ${type} record.`);
  if (value === undefined || value === "") throw fault();
  if (field.most !== undefined) {
    const number = Number(value);
    if (!Number.isInteger(number) || number < 0 || number > field.most) throw fault();
    return number;
  }
  const text = field.text?.(String(value));
  if (text === undefined) throw fault();
  return text;
}

const hex = (text: string): string | undefined => {
  const digits = text.replaceAll(/\s/g, "").toLowerCase();
  return /^([0-9a-f]{2})+$/.test(digits) ? digits : undefined;
};
const target = (text: string): string | undefined => (text === "." ? "." : hostName(text));
const dotted = (name: unknown): string => (name === "." ? "." : `${String(name)}.`);
const joined = (data: RecordData): string => Object.values(data).join(" ");
const unquoted = (text: string): string => (text.startsWith('"') ? textPieces(text).join("") : text);
const CAA_TAGS = ["issue", "issuewild", "iodef", "issuemail", "issuevmc"];

const digestType = (
  type: string,
  names: readonly [string, string, string, string],
  mosts: readonly number[],
) =>
  dataType(
    type,
    names.map((name, index) => (index < 3 ? { name, most: mosts[index] ?? 255 } : { name, text: hex })),
    joined,
    joined,
  );
const serviceType = (type: string): TypeRules =>
  dataType(
    type,
    [
      { name: "priority", most: 65_535 },
      { name: "target", text: target },
      { name: "value", text: (text) => text },
    ],
    joined,
    (data) => `${data["priority"]} ${dotted(data["target"])} ${data["value"]}`,
  );

const caaShown = (data: RecordData): string => `${data["flags"]} ${data["tag"]} "${data["value"]}"`;

/** Types that are taken. */
export const TYPES: Readonly<Record<string, TypeRules>> = {
  A: {
    take(given) {
      const content = need(given.content, "A");
      if (!isIPv4(content)) throw invalidRecord(9005, "Content for A record must be a valid IPv4 address.");
      return { content };
    },
    rdata: (kept) => kept.content,
  },
  AAAA: {
    take(given) {
      const content = need(given.content, "AAAA");
      const canonical = isIPv6(content) ? canonicalIpv6(content) : undefined;
      if (canonical === undefined) {
        throw invalidRecord(9006, "Content for AAAA record must be a valid IPv6 address.");
      }
      return { content: canonical };
    },
    rdata: (kept) => kept.content,
  },
  CNAME: hostType("CNAME", 9007),
  NS: hostType("NS", 9008),
  PTR: hostType("PTR", 9010),
  MX: {
    take(given) {
      const content = need(given.content, "MX");
      if (given.priority === undefined) {
        throw invalidRecord(9100, "Priority is a required field for MX records.");
      }
      // A null MX is taken: github.com/cloudflare/terraform-provider-cloudflare/pull/2038 makes one at the vendor.
      return { content: content === "." ? "." : host(content, 9009, "MX"), priority: given.priority };
    },
    rdata: (kept) => `${kept.priority ?? 0} ${dotted(kept.content)}`,
  },
  TXT: {
    take: (given) => ({ content: tidyText(need(given.content, "TXT")) }),
    rdata: (kept) => quoteText(textPieces(kept.content)),
  },
  SRV: dataType(
    "SRV",
    [
      { name: "priority", most: 65_535 },
      { name: "weight", most: 65_535 },
      { name: "port", most: 65_535 },
      { name: "target", text: target },
    ],
    joined,
    (data) => `${data["priority"]} ${data["weight"]} ${data["port"]} ${dotted(data["target"])}`,
  ),
  CAA: dataType(
    "CAA",
    [
      { name: "flags", most: 255 },
      { name: "tag", text: (tag) => (CAA_TAGS.includes(tag.toLowerCase()) ? tag.toLowerCase() : undefined) },
      { name: "value", text: unquoted },
    ],
    caaShown,
    caaShown,
  ),
  TLSA: digestType("TLSA", ["usage", "selector", "matching_type", "certificate"], [255, 255, 255]),
  DS: digestType("DS", ["key_tag", "algorithm", "digest_type", "digest"], [65_535, 255, 255]),
  SSHFP: dataType(
    "SSHFP",
    [
      { name: "algorithm", most: 255 },
      { name: "type", most: 255 },
      { name: "fingerprint", text: hex },
    ],
    joined,
    joined,
  ),
  HTTPS: serviceType("HTTPS"),
  SVCB: serviceType("SVCB"),
};
