/** Names of the reverse tree. */

import { isIPv4, isIPv6 } from "node:net";

/** Reverse zones that the sandbox serves: RFC 5737's TEST-NET-3 and RFC 3849's documentation prefix. */
export const reverseZones = { ipv4: "113.0.203.in-addr.arpa", ipv6: "8.b.d.0.1.0.0.2.ip6.arpa" } as const;

/**
 * The name that holds an address's PTR, without a final dot (RFC 1035 3.5, RFC 3596 2.5).
 *
 * @throws {Error} when it is no IP address.
 */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  if (!isIPv6(address) || address.includes(".") || address.includes("%")) {
    throw new Error(`${address} is not an IP address`);
  }
  const [head = "", tail] = address.toLowerCase().split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  const digits = [...left, ...zeros, ...right].map((group) => group.padStart(4, "0")).join("");
  return `${Array.from(digits).reverse().join(".")}.ip6.arpa`;
}
