/** PEM (RFC 7468). */

/** The base64 between the armour, in one line: of a public key, what `p=` of a DKIM record holds (RFC 6376 3.6.1). */
export function withoutArmour(pem: string): string {
  return pem.replace(/-----(BEGIN|END) [A-Z ]+-----/g, "").replace(/\s/g, "");
}
