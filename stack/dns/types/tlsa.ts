/** TLSA: which certificate a server shows at a port (RFC 6698, RFC 7671), as in `_25._tcp.mx.example.com`. */
import { hex, number } from "./field.ts";
import { recordType } from "./recordType.ts";

export const TLSA = recordType("TLSA", {
  usage: number(3, "0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE (RFC 7218)"),
  selector: number(1, "0 the whole certificate, 1 its public key"),
  matchingType: number(2, "0 the data as it is, 1 its SHA-256, 2 its SHA-512"),
  data: hex("hexadecimal digits", "set the digits, as in a zone file"),
});

/** Digests by matching type (RFC 6698 2.1.3). */
export const TLSA_DIGESTS: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  1: { name: "SHA-256", bytes: 32 },
  2: { name: "SHA-512", bytes: 64 },
};
