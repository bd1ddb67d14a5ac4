/** Rules about texts of any kind. */
import { kindOfText } from "../policies/kinds.ts";
import { findOwner, whyNoPolicy } from "../policies/whyNoPolicy.ts";
import { readText } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";

/** Longest character-string, in bytes; a longer text is sent as several. */
const STRING_BYTES = 255;
/** Longest data of a record, the length of each string counted (RFC 1035 3.2.1). */
const DATA_BYTES = 65_535;

const tooLong: Rule = {
  name: "txt-too-long",
  grade: "syntax",
  severity: "error",
  title: `A text with the length bytes of its strings has ${DATA_BYTES} bytes at most.`,
  source: "RFC 1035 3.2.1, 3.3.14",
  judge: ({ record }) => {
    const bytes = Buffer.byteLength(readText(record) ?? "");
    if (bytes + Math.ceil(bytes / STRING_BYTES) <= DATA_BYTES) return undefined;
    return { key: "text", message: `the text has ${bytes} bytes`, fix: "shorten it" };
  },
};

/** A policy or key with the quotes of its pieces. */
function isQuoted(text: string): boolean {
  return /^"?v=\S/.test(text) && text.includes('"');
}

const quotesInside: Rule = {
  name: "txt-quotes",
  grade: "syntax",
  severity: "error",
  title: `A policy or key is one text: it is cut into strings of ${STRING_BYTES} bytes here, so quotes of pasted pieces do not belong in it.`,
  source: "RFC 1035 3.3, RFC 7208 3.3",
  judge: ({ record }) => {
    if (!isQuoted(readText(record) ?? "")) return undefined;
    return {
      key: "text",
      message: "the text holds quotes",
      fix: "join the pieces, and leave out quotes and what is between",
    };
  },
};

/** Kinds that are read as one string by some; keys are longer than one, and everybody joins theirs. */
const SHORT_KINDS = ["spf", "dmarc", "mta-sts", "tls-rpt"];

const severalStrings: Rule = {
  name: "policy-over-one-string",
  grade: "best-practice",
  severity: "warning",
  title: `A policy fits in one string of ${STRING_BYTES} bytes; several are joined without a blank, which not all do right.`,
  source: "RFC 7208 3.3, RFC 8461 3.1",
  judge: ({ record }) => {
    const text = readText(record) ?? "";
    const bytes = Buffer.byteLength(text);
    const found = kindOfText(text);
    if (found === undefined || !SHORT_KINDS.includes(found.kind) || bytes <= STRING_BYTES) return undefined;
    return {
      key: "text",
      message: `the ${found.words} has ${bytes} bytes`,
      fix: `shorten it to ${STRING_BYTES}`,
    };
  },
};

const misplaced: Rule = {
  name: "policy-misplaced",
  grade: "rfc",
  severity: "warning",
  title: "Each policy and key stands at the name where receivers look for it.",
  source: "RFC 6376 3.6.2.1, RFC 7208 3, RFC 8460 3, RFC 8461 3.1, RFC 9989 4.7",
  judge: ({ record }) => {
    const found = record.type === "TXT" ? kindOfText(record.value) : undefined;
    if (found === undefined || found.standsAt(record.name) || findOwner(record.name) !== undefined)
      return undefined;
    return { key: "name", message: `nobody looks for ${found.one} here`, fix: found.place };
  },
};

const policyThatIsNone: Rule = {
  name: "policy-that-is-none",
  grade: "rfc",
  severity: "error",
  title:
    "A text at _dmarc, _mta-sts, _smtp._tls or _bimi, and one that begins nearly like a policy or key, is one.",
  source: "RFC 6376 3.6.1, RFC 7208 4.5, RFC 8460 3, RFC 8461 3.1, RFC 9989 4.7",
  judge: ({ record }) => {
    const text = readText(record);
    if (text === undefined || isQuoted(text)) return undefined;
    const complaint = whyNoPolicy(record.name, text);
    return complaint && { key: "text", ...complaint };
  },
};

export const TEXT_RULES: readonly Rule[] = [
  tooLong,
  quotesInside,
  policyThatIsNone,
  severalStrings,
  misplaced,
];
