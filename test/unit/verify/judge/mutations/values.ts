/** Values for records that take the place of declared ones, and what declared texts are known by. */
import type { ZoneRecord } from "../../../../../stack/model/zoneRecord.ts";
import type { Choose } from "../../../../support/zoneRows.ts";

/** The same MX or SRV with another priority. */
export function otherPriority({ value }: ZoneRecord, choose: Choose): string {
  const [priority, ...rest] = value.split(" ");
  return [(Number(priority) + choose(1, 10, 65_535)) % 65_536, ...rest].join(" ");
}

/** Another value that means something else, of the same kind. */
export function otherValue({ type, value }: ZoneRecord, choose: Choose): string {
  const words = value.split(" ");
  const target = words.at(-1) ?? "";
  const moved = [...words.slice(0, -1), choose("elsewhere.example.net", `x${target === "." ? "" : target}`)];
  switch (type) {
    case "A":
      return choose("192.0.2.77", "198.51.100.8");
    case "AAAA":
      return choose("2001:db8:dead::1", "2001:db8::2");
    case "CAA":
      return `${words[0] ?? "0"} ${words[1] ?? "issue"} ${words[1] === "iodef" ? "mailto:x@example.net" : "other.example.net"}`;
    case "TXT":
      return choose(`${value}x`, value.slice(0, -1), `${value} `);
    default:
      return moved.join(" ");
  }
}

export const VALUES: Readonly<Record<string, string>> = {
  A: "192.0.2.99",
  AAAA: "2001:db8:beef::1",
  CNAME: "other.example.net",
  TXT: "retyped",
  NS: "ns1.example.net",
  SPF: '"v=spf1 -all"',
};

export const SPF_MARK = "v=spf1 ";
/** Texts by which a record is known for what it is; a change that leaves them leaves its kind. */
export const MARKS = [SPF_MARK, "v=DMARC1;", "v=STSv1;", "v=TLSRPTv1;", "forward-email-site-verification="];

export function isKey({ name, type }: ZoneRecord): boolean {
  return type === "TXT" && name.includes("._domainkey.");
}

export function markOf({ type, value }: ZoneRecord): string | undefined {
  return type === "TXT" ? MARKS.find((mark) => value.startsWith(mark)) : undefined;
}

/** A text in another case, where it has letters: whole, its first part, or its last letter. */
export function otherCase(text: string, choose: Choose): string {
  const swapped = (part: string): string =>
    Array.from(part, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join("");
  const [first = ""] = /^[^ ;=]*=?[^ ;]*/.exec(text) ?? [];
  const last = text.search(/[a-z](?=[^a-z]*$)/i);
  return choose(
    text.toUpperCase(),
    text.toLowerCase(),
    `${swapped(first)}${text.slice(first.length)}`,
    `${text.slice(0, last)}${swapped(text.slice(last, last + 1))}${text.slice(last + 1)}`,
  );
}
