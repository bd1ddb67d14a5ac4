/** A: an IPv4 address (RFC 1035 3.4.1). */
import { address } from "./field.ts";
import { recordType } from "./recordType.ts";

export const A = recordType("A", { address: address("ipv4") });
