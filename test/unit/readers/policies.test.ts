/**
 * Proves: what we read as right in 3,600 policies and keys, others read as right too, with the same meaning, and what we
 * refuse they refuse, but for the differences listed here by kind, each with the RFC's section.
 * Cannot: prove that the other readers are right where they agree; and they ask no real DNS.
 *
 * The readers of others are pyspf, dkimpy and OpenDMARC, asked in one run. Skips without Debian's python3-spf,
 * python3-dkim, libopendmarc2.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { measureKey, dkimFault } from "../../../stack/dns/rules/dkim.ts";
import { dmarcFault, isReportUri, reportUris } from "../../../stack/dns/rules/dmarc.ts";
import type { LookUp } from "../../../stack/dns/rules/rule.ts";
import { checkSpfLookUps } from "../../../stack/dns/rules/spfLookUps.ts";
import { readSpf } from "../../../stack/dns/policies/spfTerms.ts";
import { isDmarc } from "../../../stack/dns/policies/kinds.ts";
import type { Tags } from "../../../stack/dns/policies/tagList.ts";
import { readTags } from "../../../stack/dns/policies/tagList.ts";
import type { SpfCase } from "./policyCases.ts";
import { policyCases } from "./policyCases.ts";

/** Debian's own, whatever else is on PATH. */
const PYTHON = "/usr/bin/python3";
const NEEDED = "import ctypes, dkim, spf; ctypes.CDLL('libopendmarc.so.2')";
const isThere = spawnSync(PYTHON, ["-c", NEEDED]).status === 0;

interface Answers {
  readonly spf: readonly (readonly [result: string, words: string])[];
  /** Null where the key is of no use. */
  readonly dkim: readonly { readonly bits: number | null; readonly words: string }[];
  readonly dmarc: readonly {
    /** 0 where the policy counts. */
    readonly code: number;
    /** First letters, empty where nothing is said. */
    readonly p?: string;
    readonly sp?: string;
    readonly adkim?: string;
    readonly aspf?: string;
    readonly rua?: readonly string[];
  }[];
}

interface Said {
  /** Empty where the text is right. */
  readonly ours: readonly string[];
  readonly theirs: string;
  readonly isRightToThem: boolean;
}

/** A kind of difference: which texts have it, and where the RFC says who is right. */
interface Difference<Case> {
  readonly name: string;
  readonly source: string;
  readonly is: (one: Case, said: Said) => boolean;
}

/**
 * Holds our readers against theirs: no difference is of no kind, and each kind is seen, as what is not seen any more has
 * to go from the list. Enough of right and of wrong ones were asked about for that to mean something.
 */
function compare<Case>(
  cases: readonly Case[],
  kinds: readonly Difference<Case>[],
  ask: (one: Case, index: number) => Said,
): void {
  let [right, refused] = [0, 0];
  const seen = new Set<string>();
  const unexplained: string[] = [];
  for (const [index, one] of cases.entries()) {
    const said = ask(one, index);
    const isRight = said.ours.length === 0;
    if (isRight && said.isRightToThem) right += 1;
    else if (!isRight && !said.isRightToThem) refused += 1;
    else {
      const kind = kinds.find(({ is }) => is(one, said));
      if (kind === undefined) unexplained.push(JSON.stringify({ one, ...said }));
      else seen.add(kind.name);
    }
  }
  expect(unexplained).toEqual([]);
  expect([...seen].sort()).toEqual(kinds.map(({ name }) => name).sort());
  expect(Math.min(right, refused)).toBeGreaterThan(100);
}

/** Pieces of a list of tags, as anybody would cut it. */
function piecesOf(text: string): string[] {
  const pieces = text.replace(/;[ \t]*$/, "").split(";");
  return pieces.map((piece) => piece.trim());
}

function valuesOf(text: string, tag: string): string[] {
  return piecesOf(text).flatMap((piece) =>
    (new RegExp(`^(?:${tag})\\s*=\\s*(.*)$`).exec(piece) ?? []).slice(1),
  );
}

/** Whether a tag has a value that it cannot have. */
function hasOther(text: string, tag: string, allowed: RegExp): boolean {
  return valuesOf(text, tag).some((value) => !allowed.test(value));
}

function hasNoTag(text: string): boolean {
  return piecesOf(text).some((piece) => !/^[A-Za-z][A-Za-z0-9_]*\s*=/.test(piece));
}

function hasTwice(text: string): boolean {
  const names = piecesOf(text).map((piece) => piece.split("=")[0]?.trim());
  return new Set(names).size < names.length;
}

function isBase64(key: string): boolean {
  const bare = key.replace(/\s/g, "");
  return bare === Buffer.from(bare, "base64").toString("base64");
}

function hasMacro({ dns }: SpfCase): boolean {
  return Object.entries(dns).some(
    ([at, texts]) => at.endsWith(" TXT") && texts.some((text) => text.includes("%")),
  );
}

/** Whether we complain of nothing else. */
function ofThisAlone(pattern: RegExp): Difference<SpfCase>["is"] {
  return (_, { ours }) => ours.length > 0 && ours.every((fault) => pattern.test(fault));
}

const SPF_DIFFERENCES: readonly Difference<SpfCase>[] = [
  {
    name: "only a receiver can expand a macro: such a name is not counted here as one that finds nothing",
    source: "RFC 7208 4.6.4, 7.2",
    is: (one, { ours, theirs }) => ours.length === 0 && hasMacro(one) && theirs.includes("Void lookup limit"),
  },
  {
    name: "pyspf takes a macro with letters that no macro has, and one without its end",
    source: "RFC 7208 7.1",
    is: ofThisAlone(/%\{.* begins like a macro and is none/),
  },
  {
    name: "pyspf takes a macro that keeps none of the labels",
    source: "RFC 7208 7.3",
    is: ofThisAlone(/%\{[a-z]0+[^}]*\} keeps none of the labels/i),
  },
  {
    name: "pyspf takes exists without a name behind a qualifier",
    source: "RFC 7208 5.7",
    is: ofThisAlone(/exists wants a name/),
  },
];

const DKIM_DIFFERENCES: readonly Difference<string>[] = [
  {
    name: "dkimpy passes over letters that base64 has not, and padding too much",
    source: "RFC 4648 3.3, RFC 6376 3.6.1",
    is: (text) => valuesOf(text, "p").some((key) => !isBase64(key)),
  },
  {
    name: "dkimpy takes a tag with other letters in its name",
    source: "RFC 6376 3.2",
    is: hasNoTag,
  },
];

const DMARC_DIFFERENCES: readonly Difference<string>[] = [
  {
    name: "OpenDMARC takes a version in other letters, and behind other tags",
    source: "RFC 9989 4.7",
    is: (text) => !/^v\s*=\s*DMARC1\s*(;|$)/.test(text),
  },
  { name: "OpenDMARC takes a tag twice", source: "RFC 6376 3.2", is: hasTwice },
  { name: "OpenDMARC passes over what is no tag", source: "RFC 9989 4.8", is: hasNoTag },
  {
    name: "OpenDMARC takes letters beyond ASCII",
    source: "RFC 9989 4.8",
    is: (text) => /[^\x20-\x7e]/.test(text),
  },
  {
    name: "OpenDMARC looks at the first letters of a value alone, or at none",
    source: "RFC 9989 4.8",
    is: (text) =>
      hasOther(text, "adkim|aspf", /^[rs]$/i) ||
      hasOther(text, "p|sp", /^(none|quarantine|reject)$/i) ||
      hasOther(text, "fo", /^([01ds]|d:s|s:d)$/i),
  },
  {
    name: "OpenDMARC takes any text as a place for reports",
    source: "RFC 9989 4.7",
    is: (text) => hasOther(text, "rua", /^(mailto:[^\s@]+@[^\s@]+(\s*,\s*|$))+$/i),
  },
];

/** What a receiver cannot work through in a policy, with all that it includes. */
async function spfFaults({ domain, dns }: SpfCase): Promise<string[]> {
  const own = dns[`${domain} TXT`]?.[0] ?? "";
  const written = readSpf(own)?.flatMap(({ fault }) => (fault === undefined ? [] : [fault.message])) ?? [];
  if (written.length > 0) return written;
  const lookUp: LookUp = (name, type) => {
    const values = dns[`${name} ${type}`];
    return Promise.resolve(values === undefined ? { state: "nxdomain" } : { state: "answer", values });
  };
  const { findings } = await checkSpfLookUps(own, domain, lookUp);
  return findings.map(({ message }) => message);
}

/** What a policy asks for, in OpenDMARC's letters. */
function meaningOf({ values }: Tags): Omit<Answers["dmarc"][number], "code"> {
  const letter = (tag: string, otherwise: string) => (values.get(tag) ?? otherwise).charAt(0).toLowerCase();
  const rua = values.get("rua")?.split(",") ?? [];
  return {
    ...{ p: letter("p", ""), sp: letter("sp", ""), adkim: letter("adkim", "r"), aspf: letter("aspf", "r") },
    rua: rua.map((uri) => uri.trim()),
  };
}

describe.skipIf(!isThere)("readers of others (needs python3-spf, python3-dkim, libopendmarc2)", () => {
  const cases = policyCases({ spf: 2000, dkim: 800, dmarc: 800 });
  let answers: Answers;

  beforeAll(() => {
    const script = join(import.meta.dirname, "policyReaders.py");
    const input = JSON.stringify(cases);
    const run = spawnSync(PYTHON, [script], { input, encoding: "utf8", maxBuffer: 1e8, timeout: 30_000 });
    if (run.status !== 0) throw new Error(run.stderr);
    answers = JSON.parse(run.stdout) as Answers;
  });

  test("pyspf: what a receiver answers to a policy, with all that it includes", async () => {
    const faults = await Promise.all(cases.spf.map(spfFaults));
    compare(cases.spf, SPF_DIFFERENCES, (_, index) => {
      const [result = "", words = ""] = answers.spf[index] ?? [];
      const isRightToThem = result !== "permerror";
      return { ours: faults[index] ?? [], theirs: `${result}: ${words}`, isRightToThem };
    });
  });

  test("dkimpy: which keys are of use, and how long they are", () => {
    compare(cases.dkim, DKIM_DIFFERENCES, (text, index) => {
      const tags = readTags(text);
      const bits = measureKey(tags);
      const fault = dkimFault(tags) ?? (bits === undefined ? "the key cannot be read" : undefined);
      const { bits: theirBits = null, words = "" } = answers.dkim[index] ?? {};
      // Ed25519 counts as strong here.
      if (fault === undefined && theirBits !== null) expect([Infinity, theirBits]).toContain(bits);
      return { ours: fault === undefined ? [] : [fault], theirs: words, isRightToThem: theirBits !== null };
    });
  });

  test("OpenDMARC: which policies count, and what they ask for", () => {
    compare(cases.dmarc, DMARC_DIFFERENCES, (text, index) => {
      const tags = readTags(text);
      const place = reportUris(tags).find((uri) => !isReportUri(uri));
      const fault = isDmarc(text) ? (dmarcFault(tags) ?? place) : "the version";
      const { code, ...theirs } = answers.dmarc[index] ?? { code: -1 };
      if (fault === undefined && code === 0)
        expect({ text, ...theirs }).toEqual({ text, ...meaningOf(tags) });
      return { ours: fault === undefined ? [] : [fault], theirs: `code ${code}`, isRightToThem: code === 0 };
    });
  });
});
