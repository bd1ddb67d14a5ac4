/** One spelling for SPF policies that say the same. */
import ipaddr from "ipaddr.js";
import type { SpfTerm } from "./spfTerms.ts";
import { readSpf } from "./spfTerms.ts";

/** Names know no case; macros do, where a capital letter asks for another form (RFC 7208 7.3). */
function canonicalDomain(value: string): string {
  const name = value.replace(/%\{[^}]*\}|[A-Z]/g, (piece) =>
    piece.length === 1 ? piece.toLowerCase() : piece,
  );
  return name.replace(/\.$/, "");
}

/** A block by its first address. */
function network(value: string, length: string, whole: number): string {
  const bits = length === "" ? whole : Number(length.replace(/^\/+/, ""));
  const cidr = `${value}/${bits}`;
  const first =
    whole === 32 ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return bits === whole ? first.toString() : `${first.toString()}/${bits}`;
}

/** Lengths that say something: the whole address is what is meant without one. */
function writeLengths([ipv4, ipv6]: SpfTerm["lengths"]): string {
  return `${ipv4 === "/32" ? "" : ipv4}${ipv6 === "//128" ? "" : ipv6}`;
}

function canonicalTerm({ sign, name, value, lengths }: SpfTerm, domain: string): string {
  const before = sign === "+" || sign === "=" ? "" : sign;
  if (name === "ip4") return `${before}ip4:${network(value, lengths[0], 32)}`;
  if (name === "ip6") return `${before}ip6:${network(value, lengths[1], 128)}`;
  const target = canonicalDomain(value);
  if (sign === "=") return `${name}=${target}`;
  // The domain of the policy is what is meant without a name (RFC 7208 5.3, 5.4).
  const own = ["a", "mx", "ptr"].includes(name) && target === domain;
  return `${before}${name}${target === "" || own ? "" : `:${target}`}${writeLengths(lengths)}`;
}

/**
 * The spelling in which policies that say the same are equal; undefined for what is no policy, or a void one.
 *
 * Mechanisms keep their order, which counts; modifiers go last, as their place says nothing (RFC 7208 6).
 *
 * @param domain name that it stands at, in lower case.
 */
export function canonicalSpf(text: string, domain: string): string | undefined {
  const terms = readSpf(text);
  if (terms === undefined || terms.some(({ fault }) => fault !== undefined)) return undefined;
  const spell = (some: readonly SpfTerm[]) => some.map((term) => canonicalTerm(term, domain));
  const mechanisms = spell(terms.filter(({ sign }) => sign !== "="));
  const modifiers = spell(terms.filter(({ sign }) => sign === "=")).sort();
  return ["v=spf1", ...mechanisms, ...modifiers].join(" ");
}
