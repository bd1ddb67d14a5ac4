/** Rules about texts of any kind. */
import { isDmarc } from "../dmarc.ts";
import { isSpf } from "../spf.ts";
import { textOf } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import { isMtaSts, isTlsRpt } from "./transport.ts";

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
    const bytes = Buffer.byteLength(textOf(record) ?? "");
    if (bytes + Math.ceil(bytes / STRING_BYTES) <= DATA_BYTES) return undefined;
    return { key: "text", message: `the text has ${bytes} bytes`, fix: "shorten it" };
  },
};

const quotesInside: Rule = {
  name: "txt-quotes",
  grade: "syntax",
  severity: "error",
  title: `A policy or key is one text: it is cut into strings of ${STRING_BYTES} bytes here, so quotes of pasted pieces do not belong in it.`,
  source: "RFC 1035 3.3, RFC 7208 3.3",
  judge: ({ record }) => {
    const text = textOf(record) ?? "";
    if (!/^"?v=\S/.test(text) || !text.includes('"')) return undefined;
    return {
      key: "text",
      message: "the text holds quotes",
      fix: "join the pieces, and leave out quotes and what is between",
    };
  },
};

const POLICIES: readonly { kind: string; is: (text: string) => boolean }[] = [
  { kind: "SPF", is: isSpf },
  { kind: "DMARC", is: isDmarc },
  { kind: "MTA-STS", is: isMtaSts },
  { kind: "TLS reporting", is: isTlsRpt },
];

const severalStrings: Rule = {
  name: "policy-over-one-string",
  grade: "best-practice",
  severity: "warning",
  title: `A policy fits in one string of ${STRING_BYTES} bytes; several are joined without a blank, which not all do right.`,
  source: "RFC 7208 3.3, RFC 8461 3.1",
  judge: ({ record }) => {
    const text = textOf(record) ?? "";
    const bytes = Buffer.byteLength(text);
    const kind = POLICIES.find(({ is }) => is(text))?.kind;
    if (kind === undefined || bytes <= STRING_BYTES) return undefined;
    return {
      key: "text",
      message: `the ${kind} policy has ${bytes} bytes`,
      fix: `shorten it to ${STRING_BYTES}`,
    };
  },
};

/** Where receivers look for a text. */
const PLACES: readonly { kind: string; is: (text: string) => boolean; at: RegExp; fix: string }[] = [
  { kind: "a DMARC policy", is: isDmarc, at: /(^|\._report\.)_dmarc\./, fix: "name it _dmarc" },
  {
    kind: "a DKIM key",
    is: (text) => /^v=DKIM1\s*(;|$)/.test(text),
    at: /\._domainkey\./,
    fix: "name it SELECTOR._domainkey",
  },
  { kind: "an MTA-STS notice", is: isMtaSts, at: /^_mta-sts\./, fix: "name it _mta-sts" },
  { kind: "a request for TLS reports", is: isTlsRpt, at: /^_smtp\._tls\./, fix: "name it _smtp._tls" },
  {
    kind: "an SPF policy",
    is: isSpf,
    at: /^(?!_dmarc\.|_mta-sts\.|_smtp\._tls\.|_acme-challenge\.)/,
    fix: "name it as the domain",
  },
];

const misplaced: Rule = {
  name: "policy-misplaced",
  grade: "rfc",
  severity: "warning",
  title: "Each policy and key stands at the name where receivers look for it.",
  source: "RFC 6376 3.6.2.1, RFC 7208 3, RFC 8460 3, RFC 8461 3.1, RFC 9989 4.7",
  judge: ({ record }) => {
    const text = record.type === "TXT" ? record.value : "";
    const found = PLACES.find(({ is, at }) => is(text) && !at.test(record.name));
    return found && { key: "name", message: `nobody looks for ${found.kind} here`, fix: found.fix };
  },
};

export const TEXT_RULES: readonly Rule[] = [tooLong, quotesInside, severalStrings, misplaced];
