/** HTML made from values that may be hostile: whatever is put into it becomes text, never markup. */

/** Finished HTML. Made by {@link markup} alone. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text and numbers are escaped, markup goes in as it is, nothing for `undefined`. */
export type Part = string | number | Markup | readonly Part[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters and what is none, line and paragraph separators, and those that turn or hide what stands beside them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]/gu;

/**
 * Text for HTML, between tags or in a quoted attribute.
 *
 * What could not be seen, or would show other text than is there (U+202E turns it round), is written as `\u202e`.
 */
export function escapeText(value: string): string {
  return value.replace(UNSEEN, codePoint).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function codePoint(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(written).join("");
  return escapeText(String(part));
}

/** Template tag: ``markup`<p>${anything}</p>` ``. */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.map((literal, index) => literal + written(parts[index])).join(""));
}
