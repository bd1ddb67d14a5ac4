/** Values for records that take the place of declared ones, and what declared texts are known by. */
import type { ZoneRecord } from "../../../../stack/dns/zoneRecord.ts";
import type { Choose } from "../../../support/zoneRows.ts";

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
    case "MX":
    case "SRV":
      return choose(moved.join(" "), [String((Number(words[0]) + 1) % 65536), ...words.slice(1)].join(" "));
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

/** Texts by which a record is known for what it is; a change that leaves them leaves its kind. */
export const MARKS = ["v=spf1 ", "v=DMARC1;", "v=STSv1;", "v=TLSRPTv1;", "forward-email-site-verification="];

export function isKey({ name, type }: ZoneRecord): boolean {
  return type === "TXT" && name.includes("._domainkey.");
}

export function markOf({ type, value }: ZoneRecord): string | undefined {
  return type === "TXT" ? MARKS.find((mark) => value.startsWith(mark)) : undefined;
}
