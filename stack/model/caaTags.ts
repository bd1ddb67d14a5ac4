/** Tags of CAA records. */

/** Tags that there are (IANA, Certification Authority Restriction Properties). */
export const CAA_TAGS = [
  "issue",
  "issuewild",
  "iodef",
  "contactemail",
  "contactphone",
  "issuemail",
  "issuevmc",
] as const;
export type CaaTag = (typeof CAA_TAGS)[number];

/** Tags whose value begins with the name of an authority, in which case says nothing (RFC 8659 4.2, RFC 9495 3). */
export const ISSUER_TAGS: readonly string[] = [
  "issue",
  "issuewild",
  "issuemail",
  "issuevmc",
] satisfies readonly CaaTag[];
