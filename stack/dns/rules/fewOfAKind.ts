/**
 * Texts of which a name may have only so many, and the rules made from them; how each kind is known stands in
 * `policies/kinds.ts`. Texts of no kind are other people's and harm nobody.
 */
import { isDmarc, isDkim, isMtaSts, isSpf, isTlsRpt } from "../policies/kinds.ts";
import { isOpenAliasList, isVerification } from "../../services/siteVerification.ts";
import { harm, type Harm, type SharedSet } from "./foreign.ts";
import type { JudgedRecord } from "./judgedRecord.ts";
import type { Complaint, Place, Rule } from "./rule.ts";
import type { RuleFacts } from "./zoneView.ts";

/** A kind of text with its number. */
export interface LimitedText {
  /** Name of the rule that holds a name to its number. */
  readonly rule: string;
  /** As in "a second SPF policy". */
  readonly words: string;
  /** How many a name may have. */
  readonly most: 0 | 1;
  /** What more of them do. */
  readonly harm: string;
  /** Whether this text at this name is one. */
  readonly is: (name: string, text: string) => boolean;
  readonly grade: Rule["grade"];
  readonly title: string;
  readonly source: string;
  /** What the plan says of one too many among the owner's records. */
  readonly complaint: (name: string) => Complaint;
  /** Where the owner has one, it is one too many: there is a key of the configuration for it. */
  readonly hasOwnKey?: true;
}

function at(label: string, name: string): boolean {
  return name.startsWith(`${label}.`);
}

function already(kind: string, effect: string, fix: string): (name: string) => Complaint {
  return (name) => ({ message: `${name} has ${kind} policy already; with two, ${effect}`, fix });
}

export const LIMITED: readonly LimitedText[] = [
  {
    // First, since whatever stands there is taken for a key: of two texts verifiers may take either.
    rule: "second-dkim",
    words: "key at this selector",
    most: 1,
    harm: "verifiers may take either, and signatures fail",
    is: (name) => name.includes("._domainkey."),
    grade: "rfc",
    title: "A DKIM selector has one key.",
    source: "RFC 6376 3.6.2.2",
    complaint: () => ({ message: "this selector has a key already", fix: "use another selector" }),
  },
  {
    rule: "second-spf",
    words: "SPF policy",
    most: 1,
    harm: "with two, receivers answer permerror and refuse mail",
    is: (_, text) => isSpf(text),
    grade: "rfc",
    title: "A name has one SPF policy; with two, mail is refused.",
    source: "RFC 7208 3.2, 4.5",
    complaint: already(
      "an SPF",
      "mail is refused",
      "remove this one; other senders of the domain go into dns.spf.mechanisms",
    ),
  },
  {
    // What does not begin with the version is left out, and of two policies none counts.
    rule: "second-dmarc",
    words: "DMARC policy",
    most: 1,
    harm: "with two, none counts",
    is: (name, text) => at("_dmarc", name) && isDmarc(text),
    grade: "rfc",
    title: "A name has one DMARC policy; with two, none counts.",
    source: "RFC 9989 4.10",
    complaint: already("a DMARC", "none counts", "use dns.dmarc"),
  },
  {
    rule: "second-mta-sts",
    words: "MTA-STS record",
    most: 1,
    harm: "with two, senders take it that there is none",
    is: (name, text) => at("_mta-sts", name) && isMtaSts(text),
    grade: "rfc",
    title: "A name has one MTA-STS policy; with two, none counts.",
    source: "RFC 8461 3.1",
    complaint: already("an MTA-STS", "none counts", "remove this one"),
  },
  {
    rule: "second-tls-rpt",
    words: "TLS-RPT record",
    most: 1,
    harm: "with two, nobody sends reports",
    is: (name, text) => at("_smtp._tls", name) && isTlsRpt(text),
    grade: "rfc",
    title: "A name has one SMTP TLS reporting policy; with two, none counts.",
    source: "RFC 8460 3",
    complaint: already("an SMTP TLS reporting", "none counts", "remove this one"),
  },
  {
    rule: "verification-as-record",
    words: "site verification",
    most: 1,
    harm: "the mail server accepts exactly one",
    is: (_, text) => isVerification(text),
    grade: "best-practice",
    title: "The domain has exactly one site verification, from dns.verification.",
    source: "forwardemail.net/en/faq",
    complaint: () => ({
      message: "there must be exactly one site verification",
      fix: "use dns.verification",
    }),
    hasOwnKey: true,
  },
  {
    rule: "open-aliases",
    words: "list of aliases in the open",
    most: 0,
    harm: "it keeps the domain from sending",
    is: (_, text) => isOpenAliasList(text),
    grade: "best-practice",
    title: "No TXT record of the domain lists aliases in the open.",
    source: "forwardemail.net/en/faq",
    complaint: () => ({
      message: "aliases in the open keep the domain from sending",
      fix: "make the aliases in the web interface",
    }),
  },
];

/** The kind of a text, or undefined. */
export function limitedText(name: string, text: string): LimitedText | undefined {
  return LIMITED.find(({ is }) => is(name, text));
}

/** Whether a text would be taken for a policy or key wherever it is answered, as below a wildcard. */
export function isPolicyText(name: string, text: string): boolean {
  return isDmarc(text) || isMtaSts(text) || isTlsRpt(text) || isDkim(text) || name.includes("._domainkey.");
}

/** Texts that say something of the domain at its own name alone. */
const OF_DOMAIN = ["verification-as-record", "open-aliases"];

function isElsewhere({ rule }: LimitedText, name: string, { domain }: RuleFacts): boolean {
  return OF_DOMAIN.includes(rule) && name !== domain;
}

function judge(kind: LimitedText, { record, before, zone }: Place): Complaint | undefined {
  const isOne = ({ type, name, value }: JudgedRecord) => type === "TXT" && limitedText(name, value) === kind;
  if (!isOne(record) || isElsewhere(kind, record.name, zone.facts)) return undefined;
  const tooMany = before.filter(isOne).length >= kind.most;
  return tooMany || (kind.hasOwnKey === true && record.owners === true)
    ? kind.complaint(record.name)
    : undefined;
}

function inSet(kind: LimitedText, { desired, foreign, values, facts }: SharedSet): readonly Harm[] {
  if (isElsewhere(kind, desired.name, facts)) return [];
  const isOne = (value: string): boolean => limitedText(desired.name, value) === kind;
  if (desired.type !== "TXT" || values.filter(isOne).length <= kind.most) return [];
  const beside = kind.most === 0 ? "" : "second ";
  return harm(foreign.filter(isOne), `is a ${beside}${kind.words}: ${kind.harm}`);
}

/** One rule a kind. */
export const FEW_RULES: readonly Rule[] = LIMITED.map((kind) => ({
  name: kind.rule,
  clash: true,
  severity: "error",
  grade: kind.grade,
  title: kind.title,
  source: kind.source,
  judge: (place) => judge(kind, place),
  inSet: (set) => inSet(kind, set),
}));
