/** Takes out of a text what tells whose it is, or opens something. Pure. */

/** A text that is known not to be for others, and what stands in its place. */
export interface Known {
  readonly text: string;
  readonly as: string;
}

/** Endings of files, which names of hosts do not have. */
const FILE = /\.(?:yaml|json|md|ts|js|env|pem|key|crt)$/i;

/** Shapes of what nobody else needs, in the order in which they are looked for. */
const SHAPES: readonly { readonly shape: RegExp; readonly as: string }[] = [
  { shape: /[^\s"'<>,;:]+@(?:[\w-]+\.)*(?:<\w+>|[\w-]+)/g, as: "<mail address>" },
  {
    shape:
      /(?<![\w:.])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){7})(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])/gi,
    as: "<address>",
  },
  { shape: /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]?\w)/g, as: "<address>" },
  // What is long and has letters and digits is a key, an id, a hash or a token.
  { shape: /(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{20,}/gi, as: "<text>" },
];

/** Keys of the configuration have periods too. */
const KEY_BEFORE = /mailstead:[\w.[\]-]*$/;

function withoutNames(text: string): string {
  const name = /(?<![\w.@-])(?:[\w*-]+\.)+[a-z][a-z0-9-]+(?![\w-]|\.<)/gi;
  return text.replace(name, (found, at: number) =>
    FILE.test(found) || KEY_BEFORE.test(text.slice(0, at)) ? found : "<name>",
  );
}

/** Longest first, as one may be part of another. Of less than three characters nothing would be left to read. */
function inOrder(known: readonly Known[]): readonly Known[] {
  return known
    .filter(({ text }) => text.length >= 3)
    .toSorted((left, right) => right.text.length - left.text.length);
}

/** What is short may be part of a longer word that is another one. */
const SHORT = 12;

/** A text as it stands, a short one as a word of its own. */
function matchShape(text: string): RegExp {
  const escaped = text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  return new RegExp(text.length > SHORT ? escaped : `(?<!\\w)${escaped}(?!\\w)`, "gi");
}

/** Makes a function that takes known texts out, in any spelling of upper and lower case. */
export function withoutKnown(known: readonly Known[]): (text: string) => string {
  const shapes = inOrder(known).map(({ text, as }) => ({ shape: matchShape(text), as }));
  return (text) => shapes.reduce((left, { shape, as }) => left.replaceAll(shape, () => as), text);
}

/**
 * Makes a function that redacts a sentence.
 *
 * @param known goes first; then mail addresses, IP addresses, keys and tokens, and names of hosts go by their shape.
 */
export function redactor(known: readonly Known[]): (text: string) => string {
  const first = withoutKnown(known);
  return (text) =>
    withoutNames(SHAPES.reduce((left, { shape, as }) => left.replaceAll(shape, as), first(text)));
}
