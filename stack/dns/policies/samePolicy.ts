/** Whether two texts say the same to those who read policies and keys, however they are spelt. */
import { canonicalSpf } from "./canonicalSpf.ts";
import type { PolicyKind } from "./kinds.ts";
import { kindAt } from "./kinds.ts";
import { readTags } from "./tagList.ts";

/** How the values of one kind are spelt, by tag. */
interface Spelling {
  /** Value that a tag has where it is not said, or the tag whose value it has then. */
  readonly meant: Readonly<Record<string, string | { readonly as: string }>>;
  /** Tags that readers know; all others count for nothing. */
  readonly values: Readonly<Record<string, (value: string) => string>>;
}

function asIs(value: string): string {
  return value;
}

function lower(value: string): string {
  return value.toLowerCase();
}

function bare(value: string): string {
  return value.replace(/[ \t]/g, "");
}

/** A list of which the order says nothing. */
function unordered(separator: string, spell = bare): (value: string) => string {
  return (value) => [...new Set(value.split(separator).map(spell))].sort().join(separator);
}

/** The same place for reports: scheme and domain know no case, and a letter may be given by its number (RFC 3986 6.2.2). */
function uri(written: string): string {
  const text = bare(written).replace(/^(https|mailto):/i, lower);
  const [, local = "", domain] = /^mailto:([^@!]*)@([^!]*)/.exec(text) ?? [];
  if (domain === undefined) return text;
  const decoded = local.replace(/%(2[1b-f]|[3-7][0-9a-f])/gi, (code) => {
    const letter = decodeURIComponent(code);
    return /[A-Za-z0-9._~!$'*+=-]/.test(letter) ? letter : code.toUpperCase();
  });
  return `mailto:${decoded}@${domain.toLowerCase()}`;
}

const uris = unordered(",", uri);

const SPELLINGS: Readonly<Record<Exclude<PolicyKind["kind"], "spf">, Spelling>> = {
  // RFC 9989 4.7; the size limit of a place for reports is gone.
  dmarc: {
    meant: {
      ...{ sp: { as: "p" }, np: { as: "sp" }, adkim: "r", aspf: "r", fo: "0", t: "n", psd: "u" },
      ...{ pct: "100", rf: "afrf", ri: "86400" },
    },
    values: {
      ...{ p: lower, sp: lower, np: lower, adkim: lower, aspf: lower, t: lower, psd: lower },
      ...{ fo: unordered(":", (one) => bare(one).toLowerCase()), rua: uris, ruf: uris },
      ...{ pct: asIs, rf: lower, ri: asIs },
    },
  },
  // RFC 6376 3.6.1; notes (n) are for people.
  dkim: {
    meant: { v: "DKIM1", k: "rsa", s: "*", h: "", t: "" },
    values: { v: asIs, k: asIs, p: bare, h: unordered(":"), s: unordered(":"), t: unordered(":") },
  },
  // RFC 8461 3.1
  "mta-sts": { meant: {}, values: { id: asIs } },
  // RFC 8460 3
  "tls-rpt": { meant: {}, values: { rua: uris } },
  bimi: { meant: { a: "", l: "" }, values: { l: asIs, a: asIs } },
};

/** What a list says of a tag, said or not. */
function readValue(
  tag: string,
  said: ReadonlyMap<string, string>,
  meant: Spelling["meant"],
): string | undefined {
  const written = said.get(tag) ?? meant[tag];
  return typeof written === "object" ? readValue(written.as, said, meant) : written;
}

function canonicalTags(text: string, { meant, values }: Spelling): string | undefined {
  const tags = readTags(text);
  if (tags.broken !== undefined || (tags.values.has("v") && tags.order[0] !== "v")) return undefined;
  const said = Object.entries(values).flatMap(([tag, spell]) => {
    const written = readValue(tag, tags.values, meant);
    return written === undefined ? [] : [`${tag}=${spell(written)}`];
  });
  return said.sort().join("; ");
}

/**
 * The spelling in which texts that say the same are equal.
 *
 * @param name name that the text stands at, whole and in lower case.
 * @returns undefined for what is no policy or key, and for one with a fault: it says nothing for certain.
 */
export function canonicalPolicy(name: string, text: string): string | undefined {
  const found = kindAt(name, text);
  if (found === undefined) return undefined;
  if (found.kind === "spf") return canonicalSpf(text, name);
  const spelt = canonicalTags(text, SPELLINGS[found.kind]);
  return spelt === undefined ? undefined : `${found.version}: ${spelt}`;
}

/**
 * Whether two texts at one name say the same: letter by letter, or as policies or keys of one kind.
 *
 * @param name whole, in lower case.
 */
export function samePolicy(name: string, left: string, right: string): boolean {
  if (left === right) return true;
  const canonical = canonicalPolicy(name, left);
  return canonical !== undefined && canonical === canonicalPolicy(name, right);
}
