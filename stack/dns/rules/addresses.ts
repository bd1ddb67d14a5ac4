/** Rules about addresses. */
import ipaddr from "ipaddr.js";
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";

const FAMILIES: Readonly<Record<string, string>> = { A: "ipv4", AAAA: "ipv6" };

/** A known address of the family that the type wants. */
function readAddress({ type, value, unknown }: JudgedRecord): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (unknown === true || !ipaddr.isValid(value)) return undefined;
  const address = ipaddr.parse(value);
  return address.kind() === FAMILIES[type] ? address : undefined;
}

const notAnAddress: Rule = {
  name: "not-an-address",
  grade: "syntax",
  severity: "error",
  title: "An A record has an IPv4 address, an AAAA record an IPv6 address.",
  source: "RFC 1035 3.4.1, RFC 3596 2.2",
  judge: ({ record }) => {
    if (FAMILIES[record.type] === undefined || record.unknown === true) return undefined;
    if (readAddress(record) !== undefined) return undefined;
    const fix = `write it as ${record.type === "A" ? "192.0.2.1" : "2001:db8::1"}`;
    return { key: "address", message: `${JSON.stringify(record.value)} is no such address`, fix };
  },
};

/** Ranges that no one outside reaches. Those for documentation are left out: examples and test networks use them. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  private: "private",
  uniqueLocal: "private",
  loopback: "loopback",
  linkLocal: "link-local",
  carrierGradeNat: "carrier-grade NAT",
  multicast: "multicast",
  broadcast: "broadcast",
  unspecified: "unspecified",
  ipv4Mapped: "IPv4 written as IPv6",
};

const privateAddress: Rule = {
  name: "private-address",
  grade: "best-practice",
  severity: "warning",
  title: "Addresses in a public zone can be reached from outside.",
  source: "RFC 6890 2.2",
  judge: ({ record }) => {
    const range = readAddress(record)?.range();
    const kind = range === undefined ? undefined : UNREACHABLE[range];
    if (kind === undefined) return undefined;
    return { key: "address", message: `${record.value} is ${kind}`, fix: "use the public address" };
  },
};

const withoutReverse: Rule = {
  name: "aaaa-without-reverse",
  grade: "best-practice",
  severity: "warning",
  title: "A mail host has an AAAA record only if its IPv6 address has a reverse name.",
  source: "support.google.com/a/answer/81126",
  audit: "reverse-v6",
  judge: ({ record, zone }) => {
    const families = zone.facts.reverseFamilies;
    if (record.type !== "AAAA" || families === undefined || families.includes("ipv6")) return undefined;
    if (!zone.mailHosts.has(record.name)) return undefined;
    const message = "mail over IPv6 is refused without a reverse name";
    return { message, fix: "set the reverse name at the cloud, or remove the AAAA record" };
  },
};

export const ADDRESS_RULES: readonly Rule[] = [notAnAddress, privateAddress, withoutReverse];
