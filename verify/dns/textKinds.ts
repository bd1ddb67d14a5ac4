/** Kinds of TXT record of which a name may have only so many. Texts of no kind are other people's and harm nobody. */
import { isDmarc } from "../../stack/dns/dmarc.ts";
import { isSpf } from "../../stack/dns/spf.ts";
import { isOpenAliasList, isVerification } from "../../stack/dns/verification.ts";

/** A kind of text. */
export interface TextKind {
  /** As in "a second SPF policy". */
  readonly words: string;
  /** How many a name may have. */
  readonly most: 0 | 1;
  /** What more of them do. */
  readonly harm: string;
  /** Whether this text at this name is one. */
  readonly is: (name: string, text: string) => boolean;
}

function at(label: string, name: string): boolean {
  return name.startsWith(`${label}.`);
}

const KINDS: readonly TextKind[] = [
  // RFC 6376 3.6.2.2: more than one key at a selector is undefined.
  {
    words: "key at this selector",
    most: 1,
    harm: "verifiers may take either, and signatures fail",
    is: (name) => name.includes("._domainkey."),
  },
  // RFC 7208 4.5
  {
    words: "SPF policy",
    most: 1,
    harm: "with two, receivers answer permerror and refuse mail",
    is: (_, text) => isSpf(text),
  },
  // RFC 9989 4.10: what does not begin with the version is left out, and of two policies none counts.
  {
    words: "DMARC policy",
    most: 1,
    harm: "with two, none counts",
    is: (name, text) => at("_dmarc", name) && isDmarc(text),
  },
  // RFC 8461 3.1
  {
    words: "MTA-STS record",
    most: 1,
    harm: "with two, senders take it that there is none",
    is: (name, text) => at("_mta-sts", name) && /^v=STSv1\s*;/.test(text),
  },
  // RFC 8460 3
  {
    words: "TLS-RPT record",
    most: 1,
    harm: "with two, nobody sends reports",
    is: (name, text) => at("_smtp._tls", name) && /^v=TLSRPTv1\s*;/.test(text),
  },
  {
    words: "site verification",
    most: 1,
    harm: "the mail server accepts exactly one",
    is: (_, text) => isVerification(text),
  },
  {
    words: "list of aliases in the open",
    most: 0,
    harm: "it keeps the domain from sending",
    is: (_, text) => isOpenAliasList(text),
  },
];

/** The kind of a text, or undefined. */
export function textKind(name: string, text: string): TextKind | undefined {
  return KINDS.find(({ is }) => is(name, text));
}

/** Whether a text would be taken for a policy or key wherever it is answered, as below a wildcard. */
export function isPolicyText(name: string, text: string): boolean {
  return isDmarc(text) || /^v=(STSv1|TLSRPTv1|DKIM1)\s*;/.test(text) || name.includes("._domainkey.");
}
