/** Kinds of text that other mail servers look for: where each stands, and how it begins. The one table of them. */
import { editDistance } from "../../values/nearest.ts";

/** A kind of policy or key in a TXT record. */
export interface PolicyKind {
  readonly kind: "spf" | "dmarc" | "dkim" | "mta-sts" | "tls-rpt" | "bimi";
  /** As in "a second SPF policy". */
  readonly words: string;
  /** With its article: "an SPF policy". */
  readonly one: string;
  /** How a text of the kind begins. */
  readonly version: string;
  /** Whether others look for the kind at this name. */
  readonly standsAt: (name: string) => boolean;
  /** Whether a text begins as the kind has to, letter by letter. What does not is left out by all who look for it. */
  readonly is: (text: string) => boolean;
  /** Whether a text at such a name has no other meaning. */
  readonly hasNameToItself: boolean;
  /** A text as it should be. */
  readonly example: string;
  /** Name to give it, as the configuration has it. */
  readonly place: string;
  readonly source: string;
}

/** An SPF policy (RFC 7208 4.5). */
export function isSpf(text: string): boolean {
  return /^v=spf1( |$)/i.test(text);
}

/** A DMARC policy, or a word that takes the reports of another domain: the version is read letter by letter. */
export function isDmarc(text: string): boolean {
  return /^v[ \t]*=[ \t]*DMARC1[ \t]*(;|$)/.test(text);
}

/** A DKIM key that says its version, which it need not (RFC 6376 3.6.1). */
export function isDkim(text: string): boolean {
  return /^[ \t]*v[ \t]*=[ \t]*DKIM1[ \t]*(;|$)/.test(text);
}

/** The notice of an MTA-STS policy; senders drop what does not begin with exactly this (RFC 8461 3.1). */
export function isMtaSts(text: string): boolean {
  return text.startsWith("v=STSv1;");
}

/** A request for reports on SMTP TLS; senders drop what does not begin with exactly this (RFC 8460 3). */
export function isTlsRpt(text: string): boolean {
  return text.startsWith("v=TLSRPTv1;");
}

/** A domain's picture for mail programs. */
export function isBimi(text: string): boolean {
  return /^v[ \t]*=[ \t]*BIMI1[ \t]*;/.test(text);
}

const ELSEWHERE = /^(_dmarc|_mta-sts|_smtp\._tls|_acme-challenge)\.|\._(domainkey|bimi)\./;

export const POLICY_KINDS: readonly PolicyKind[] = [
  {
    kind: "spf",
    words: "SPF policy",
    one: "an SPF policy",
    version: "v=spf1",
    standsAt: (name) => !ELSEWHERE.test(name),
    is: isSpf,
    hasNameToItself: false,
    example: "v=spf1 include:_spf.example.net -all",
    place: "name it as the domain",
    source: "RFC 7208 4.5",
  },
  {
    kind: "dmarc",
    words: "DMARC policy",
    one: "a DMARC policy",
    version: "v=DMARC1",
    standsAt: (name) => /(^|\._report\.)_dmarc\./.test(name),
    is: isDmarc,
    hasNameToItself: true,
    example: "v=DMARC1; p=quarantine; rua=mailto:reports@example.com",
    place: "name it _dmarc",
    source: "RFC 9989 4.7",
  },
  {
    kind: "dkim",
    words: "DKIM key",
    one: "a DKIM key",
    version: "v=DKIM1",
    // Names that begin with an underscore, such as _adsp, are no selectors.
    standsAt: (name) => /^[^_][^;]*\._domainkey\./.test(name),
    // Any list of tags is one: the rules about keys judge it.
    is: isDkim,
    hasNameToItself: false,
    example: "v=DKIM1; k=rsa; p=MIIB…",
    place: "name it SELECTOR._domainkey",
    source: "RFC 6376 3.6.1",
  },
  {
    kind: "mta-sts",
    words: "MTA-STS notice",
    one: "an MTA-STS notice",
    version: "v=STSv1",
    standsAt: (name) => name.startsWith("_mta-sts."),
    is: isMtaSts,
    hasNameToItself: true,
    example: "v=STSv1; id=20261124T000000;",
    place: "name it _mta-sts",
    source: "RFC 8461 3.1",
  },
  {
    kind: "tls-rpt",
    words: "request for TLS reports",
    one: "a request for TLS reports",
    version: "v=TLSRPTv1",
    standsAt: (name) => name.startsWith("_smtp._tls."),
    is: isTlsRpt,
    hasNameToItself: true,
    example: "v=TLSRPTv1; rua=mailto:reports@example.com",
    place: "name it _smtp._tls",
    source: "RFC 8460 3",
  },
  {
    kind: "bimi",
    words: "BIMI picture",
    one: "a BIMI picture",
    version: "v=BIMI1",
    standsAt: (name) => name.includes("._bimi."),
    is: isBimi,
    hasNameToItself: true,
    example: "v=BIMI1; l=https://example.com/logo.svg;",
    place: "name it default._bimi",
    source: "draft-brand-indicators-for-message-identification 4.2",
  },
];

/** The kind that a text is by how it begins. */
export function kindOfText(text: string): PolicyKind | undefined {
  return POLICY_KINDS.find(({ is }) => is(text));
}

/** The kind of a text at a name: below `_domainkey` a key needs no version. */
export function kindAt(name: string, text: string): PolicyKind | undefined {
  return kindOfText(text) ?? POLICY_KINDS.find(({ kind, standsAt }) => kind === "dkim" && standsAt(name));
}

/** Letters and digits alone: what is left of a version that was pasted with quotes, blanks or backslashes. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** A version in the place of another tag, or the beginning of one that is one letter off. */
function isNearly({ version }: PolicyKind, text: string): boolean {
  const word = bare(version);
  const begin = bare(text.slice(0, 3 * version.length));
  if (begin.startsWith(word) || begin.startsWith(word.slice(1))) return true;
  if (new RegExp(`[;\\s]${version.replace("=", "\\s*=\\s*")}\\b`, "i").test(text)) return true;
  const said = bare(/^\W*v\W*=\W*([a-z0-9]*)/i.exec(text)?.[1] ?? "");
  return said !== "" && editDistance(said, word.slice(1)) <= 1;
}

/** The kind that a text was meant as, by how it nearly begins, and is not. */
export function kindMeant(text: string): PolicyKind | undefined {
  if (kindOfText(text) !== undefined) return undefined;
  return POLICY_KINDS.find((kind) => isNearly(kind, text));
}
