/** Where others send reports, as a URI. */

/** Characters of a local part that mean something else in a URI, and in a list of them (RFC 6068 2). */
const RESERVED = /[^A-Za-z0-9._~!$'*+=@-]/g;

/** A mail address as `mailto:` URI; an https URL as it is. */
export function reportUri(target: string): string {
  return target.startsWith("https:") ? target : `mailto:${target.replace(RESERVED, encodeURIComponent)}`;
}
