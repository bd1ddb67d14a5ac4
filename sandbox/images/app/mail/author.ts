/** Addresses in a header field, by the parser of nodemailer. */
import parse from "nodemailer/lib/addressparser";

/** Plain addresses, groups flattened. */
export function addressparser(text: string): string[] {
  return parse(text, { flatten: true }).map((entry) => entry.address.toLowerCase());
}
