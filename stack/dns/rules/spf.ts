/** Rules about SPF policies (RFC 7208), as far as the text alone tells. */
import type { JudgedRecord } from "./judgedRecord.ts";
import { readText } from "./judgedRecord.ts";
import type { Rule } from "./rule.ts";
import { aboutText } from "./rule.ts";
import type { SpfTerm } from "../policies/spfTerms.ts";
import { readSpf } from "../policies/spfTerms.ts";

/** A rule about a policy: its terms, and its text. */
const aboutPolicy = aboutText(({ record }) => {
  const text = readText(record);
  const terms = readSpf(text);
  return text === undefined || terms === undefined ? undefined : { text, terms };
});

function quoted({ text }: SpfTerm): string {
  return JSON.stringify(text);
}

const syntax = aboutPolicy(
  {
    name: "spf-syntax",
    grade: "syntax",
    severity: "error",
    title: "Each term of an SPF policy is as the grammar has it: with one fault, receivers answer permerror.",
    source: "RFC 7208 4.6, 5, 6, 7.1, 12",
  },
  ({ terms }) => {
    const bad = terms.flatMap((term) => {
      const fault = term.fault ?? term.doubt;
      return fault === undefined ? [] : [{ said: `${quoted(term)}: ${fault.message}`, fix: fault.fix }];
    });
    if (bad.length === 0) return undefined;
    const list = (some: readonly string[]) => [...new Set(some)].join("; ");
    return { message: list(bad.map(({ said }) => said)), fix: list(bad.map(({ fix }) => fix)) };
  },
);

function findAll(terms: readonly SpfTerm[]): SpfTerm | undefined {
  return terms.find(({ name, sign }) => name === "all" && sign !== "=");
}

const allowsAll = aboutPolicy(
  {
    name: "spf-allows-all",
    grade: "best-practice",
    severity: "warning",
    title: "An SPF policy does not allow the whole world to send (+all).",
    source: "RFC 7208 5.1, 11.3",
  },
  ({ terms }) =>
    findAll(terms)?.sign === "+"
      ? { message: "the policy lets everybody send", fix: "end it with -all" }
      : undefined,
);

const neutralAll = aboutPolicy(
  {
    name: "spf-neutral-all",
    grade: "best-practice",
    severity: "warning",
    title: "An SPF policy says what of all others, rather than nothing (?all).",
    source: "RFC 7208 2.6.2",
  },
  ({ terms }) =>
    findAll(terms)?.sign === "?"
      ? { message: "the policy says nothing about other senders", fix: "end it with -all, or ~all" }
      : undefined,
);

const openEnd = aboutPolicy(
  {
    name: "spf-open-end",
    grade: "best-practice",
    severity: "warning",
    title: "An SPF policy ends with all or redirect.",
    source: "RFC 7208 4.7",
  },
  ({ terms }) =>
    findAll(terms) === undefined && !terms.some(({ name }) => name === "redirect")
      ? { message: "the policy says nothing about other senders", fix: "end it with -all" }
      : undefined,
);

const afterAll = aboutPolicy(
  {
    name: "spf-after-all",
    grade: "rfc",
    severity: "warning",
    title: "Nothing stands after all in an SPF policy, and no redirect beside it, as nobody reads it.",
    source: "RFC 7208 5.1, 6.1",
  },
  ({ terms }) => {
    const end = terms.findIndex(({ name, sign }) => name === "all" && sign !== "=");
    const unread = terms.find(({ name, sign }, index) =>
      sign === "=" ? name === "redirect" && end !== -1 : end !== -1 && index > end,
    );
    return (
      unread && {
        message: `${quoted(unread)} is never read, as there is all`,
        fix: "put all last, without redirect",
      }
    );
  },
);

const ptr = aboutPolicy(
  {
    name: "spf-ptr",
    grade: "rfc",
    severity: "warning",
    title: "An SPF policy does not use ptr.",
    source: "RFC 7208 5.5",
  },
  ({ terms }) => {
    const found = terms.find(({ name }) => name === "ptr");
    return (
      found && {
        message: `${quoted(found)} is slow, and many receivers do not ask it`,
        fix: "use a, mx or ip4",
      }
    );
  },
);

/** Bytes within which the answer fits in one packet with all else at the name. */
const FITTING = 450;

const tooLong = aboutPolicy(
  {
    name: "spf-too-long",
    grade: "best-practice",
    severity: "warning",
    title: `An SPF policy has ${FITTING} bytes at most, so that the answer fits in one packet.`,
    source: "RFC 7208 3.4",
  },
  ({ text }) =>
    Buffer.byteLength(text) > FITTING
      ? {
          message: `the policy has ${Buffer.byteLength(text)} bytes`,
          fix: "shorten it, or move parts to an include",
        }
      : undefined,
);

const obsoleteType: Rule = {
  name: "spf-record-type",
  grade: "rfc",
  severity: "warning",
  title: "An SPF policy is a TXT record; the record type SPF is gone.",
  source: "RFC 7208 3.1",
  audit: "verdict unmanaged",
  judge: ({ record }: { record: JudgedRecord }) =>
    record.type === "SPF"
      ? { message: "nobody asks for the record type SPF", fix: "make it a TXT record" }
      : undefined,
};

export const SPF_RULES: readonly Rule[] = [
  syntax,
  allowsAll,
  neutralAll,
  openEnd,
  afterAll,
  ptr,
  tooLong,
  obsoleteType,
];
