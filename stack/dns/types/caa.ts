/** CAA: who may give certificates for the name and those below it (RFC 8659). */
import { number, wholeText, word } from "./field.ts";
import { recordType } from "./recordType.ts";

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

/** Tags whose value begins with the name of a CA, in which case says nothing (RFC 8659 4.2, RFC 9495 3). */
export const ISSUER_TAGS: readonly string[] = [
  "issue",
  "issuewild",
  "issuemail",
  "issuevmc",
] satisfies readonly CaaTag[];

/** The issuer's name is a host name, so its case says nothing; parameters and URLs keep theirs (RFC 8659 4.2, 4.4). */
function withIssuer([flags = "", tag = "", value = ""]: readonly string[]): readonly string[] {
  if (!ISSUER_TAGS.includes(tag)) return [flags, tag, value];
  const [issuer = "", ...parameters] = value.trim().split(";");
  return [flags, tag, [issuer.toLowerCase(), ...parameters].join(";")];
}

export const CAA = recordType(
  "CAA",
  {
    flags: number(255, "flags", "set 0 or 128"),
    tag: word(CAA_TAGS, "what is said"),
    value: wholeText("CA or URL", "set a value such as letsencrypt.org"),
  },
  withIssuer,
);
