/** Reads CIDR blocks and addresses in canonical form. */
import ipaddr from "ipaddr.js";
import type { Reading } from "./reading.ts";
import { bad, good } from "./reading.ts";

function hostBitsCleared(address: ipaddr.IPv4 | ipaddr.IPv6, prefix: number): string {
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  return `${ipaddr.fromByteArray(bytes).toString()}/${prefix}`;
}

function isPlainAddress(text: string): boolean {
  // Each family asked for its own alone: the library's answer to the other's is an exception.
  return text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** Reads a block such as `203.0.113.0/24`; a bare address or host bits are refused with the right form named. */
export function readNetwork(text: string): Reading<string> {
  const [address = "", prefixText, more] = text.split("/");
  const fix = "write a block such as 203.0.113.0/24 or 2001:db8::/32";
  if (!isPlainAddress(address) || more !== undefined || address.includes("%")) {
    return bad("not-a-network", "this is not a CIDR block", fix, "RFC 4632 3.1");
  }
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv6" && (parsed as ipaddr.IPv6).isIPv4MappedAddress()) {
    return bad("not-a-network", "this is an IPv4 address in IPv6 form", "write the IPv4 block");
  }
  const most = parsed.kind() === "ipv4" ? 32 : 128;
  if (prefixText === undefined) {
    return bad(
      "network-without-length",
      "the prefix length is missing",
      `write ${parsed.toString()}/${most}`,
    );
  }
  const prefix = Number(prefixText);
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || prefix > most) {
    return bad("not-a-network", `the prefix length must be 0 to ${most}`, fix);
  }
  const canonical = hostBitsCleared(parsed, prefix);
  if (canonical !== `${parsed.toString()}/${prefix}`) {
    return bad("host-bits", "the block has bits set after its prefix", `write ${canonical}`);
  }
  return good(canonical);
}

/** Reads one address of the family given, in canonical form. */
export function readAddress(text: string, family: "ipv4" | "ipv6"): Reading<string> {
  const wanted = family === "ipv4" ? "192.0.2.1" : "2001:db8::1";
  if (!isPlainAddress(text) || text.includes("%") || ipaddr.parse(text).kind() !== family) {
    return bad(
      "not-an-address",
      `this is not an ${family === "ipv4" ? "IPv4" : "IPv6"} address`,
      `write it as ${wanted}`,
    );
  }
  return good(ipaddr.parse(text).toString());
}

/** An address in its shortest form (RFC 5952); what is none stays, in lower case. */
export function canonicalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address.toLowerCase();
}
