/** Keys of a rule that leaves records to others. */
import { z } from "zod";
import { DNS_PROVIDERS } from "../../vendors/registry.ts";
import { because, filledList, text, type Fields } from "../../values/field.ts";
import { nearest } from "../../values/nearest.ts";
import type { Reading } from "../../values/reading.ts";
import { bad, good } from "../../values/reading.ts";

const GLOB_FIX = "write it with * for any characters and ? for one, such as *.shop or @";

function readGlob(text: string): Reading<string> {
  const fault = (message: string, fix = GLOB_FIX): Reading<string> => bad("bad-glob", message, fix);
  if (text === "") return fault("the glob is empty");
  if (/\p{Cc}/u.test(text)) return fault("the glob holds a control character");
  if (/(^|[^\\])(\\\\)*\\$/.test(text))
    return fault("the glob ends with a \\ that takes the meaning from nothing", "write \\\\ for a \\");
  return good(text);
}

/** A glob over names. What shells know beside `*` and `?` is in no name, so it was meant as a wildcard. */
export function readNameGlob(text: string): Reading<string> {
  if (/[[\]{}()|]/.test(text)) return bad("bad-glob", "only * and ? are wildcards here", GLOB_FIX);
  if (/\s/.test(text)) return bad("bad-glob", "a name has no blanks", GLOB_FIX);
  return readGlob(text.replace(/([^\\.])\.$/, "$1"));
}

/** Types that any provider has, and the one that is gone. */
const TYPES = [
  ...new Set([...Object.values(DNS_PROVIDERS).flatMap(({ limits }) => limits.types.offered), "SPF"]),
].sort();

function readType(text: string): Reading<string> {
  const type = text.toUpperCase();
  if (TYPES.includes(type)) return good(type);
  const meant = nearest(type, TYPES);
  const fix = meant === undefined ? `the known ones are ${TYPES.join(", ")}` : `set ${meant}`;
  return bad("unknown-type", "there is no such record type", fix);
}

export const IGNORE = {
  name: {
    schema: text(readNameGlob),
    meaning: "glob over the whole name, or over the name relative to the zone; `@` is the zone itself",
    fix: GLOB_FIX,
    required: true,
  },
  types: {
    schema: filledList(text(readType), 20),
    meaning: "record types; without it all, but then nothing that breaks a declared record",
    fix: "list record types such as A, AAAA",
  },
  target: {
    schema: text(readGlob),
    meaning: "glob over the value; with it the rule also leaves foreign values beside declared ones",
    fix: "write it with * for any characters and ? for one, such as 192.0.2.*",
  },
  reason: {
    schema: z.string().trim().min(1).max(200),
    meaning: "why, for the report",
    fix: "write one line of 200 characters at most",
    default: because(
      "ignored by the configuration",
      "the report gives a reason for each; your own says more",
    ),
  },
} satisfies Fields;
