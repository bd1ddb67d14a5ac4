/** Reads the texts at `_mta-sts` (RFC 8461 3.1) and `_smtp._tls` (RFC 8460 3), which have one grammar. */

import { shown, trimmed } from "./tagList.ts";

/** Fields behind the version, or what is wrong. */
export type Notice =
  | { readonly fields: ReadonlyMap<string, string>; readonly fault?: never }
  | { readonly fields?: never; readonly fault: string };

const NAME = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*=[ \t]*(.*)$/;
/** Printable ASCII without blank, semicolon and equals sign. */
const VALUE = /^[\x21-\x3a\x3c\x3e-\x7e]+$/;

/** Fields whose values have a grammar of their own. */
const OWN_GRAMMAR: Readonly<Record<string, (value: string) => string | undefined>> = {
  id: (value) =>
    /^[A-Za-z0-9]{1,32}$/.test(value) ? undefined : "the id is not of 1 to 32 letters and digits",
  rua: (value) => {
    const bad = reportPlaces(value).find((place) => !isReportPlace(place));
    return bad === undefined ? undefined : `${shown(bad)} is no place for reports`;
  },
};

/** Places of a list, without the blanks round its commas. */
export function reportPlaces(list: string): string[] {
  return list.split(",").map(trimmed);
}

/** `mailto:` with one address, or an https URL; commas, semicolons and exclamation marks are escaped (RFC 8460 3). */
export function isReportPlace(place: string): boolean {
  const isPrintable = /^[\x21-\x7e]+$/.test(place) && !/[!;,]/.test(place);
  if (!isPrintable || /%(?![0-9a-f]{2})/i.test(place)) return false;
  if (/^mailto:/i.test(place)) return /^mailto:[^@?]+@[a-z0-9_-]+(\.[a-z0-9_-]+)+(\?[^@]*)?$/i.test(place);
  return /^https:\/\/[^/?#@]/i.test(place) && URL.canParse(place);
}

/**
 * Reads a notice.
 *
 * @param text begins with the version and a semicolon.
 * @param wanted the field that has to be there: `id` or `rua`.
 */
export function readNotice(text: string, wanted: "id" | "rua"): Notice {
  const fields = new Map<string, string>();
  const [, ...pieces] = text.split(";").map(trimmed);
  if (pieces.at(-1) === "") pieces.pop();
  for (const piece of pieces) {
    const [, name = "", value = ""] = NAME.exec(piece) ?? [];
    if (name === "") return { fault: `${shown(piece)} is no field` };
    if (fields.has(name)) return { fault: `${name} is there twice` };
    const own = name === wanted ? OWN_GRAMMAR[name] : undefined;
    const fault =
      own?.(value) ?? (own === undefined && !VALUE.test(value) ? `${name} has no value` : undefined);
    if (fault !== undefined) return { fault };
    fields.set(name, value);
  }
  return fields.has(wanted) ? { fields } : { fault: `there is no ${wanted}` };
}
