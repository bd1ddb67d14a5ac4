/** AAAA: an IPv6 address, in its shortest form (RFC 3596 2.2, RFC 5952). */
import { address } from "./field.ts";
import { recordType } from "./recordType.ts";

export const AAAA = recordType("AAAA", { address: address("ipv6") });
