/** Stack files that somebody broke: valid ones with changes of their text, of their values, or of both. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { DIGEST } from "./validRaw.ts";

const root = join(import.meta.dirname, "../../../..");
type Path = readonly (string | number)[];
type Tree = Record<string | number, unknown>;

const golden = join(root, "test/golden/stack");

/** The values of a golden case as a stack's file. */
function asStackFile(text: string): string {
  const values = Object.entries(parse(text) as Tree);
  return stringify({ config: Object.fromEntries(values.map(([key, value]) => [`mailstead:${key}`, value])) });
}

/** Whole files that are right, each with digests. */
const BASES: readonly string[] = [
  ...readdirSync(golden).map((name) => asStackFile(readFileSync(join(golden, name, "config.yaml"), "utf8"))),
  readFileSync(join(root, "Pulumi.dev.yaml"), "utf8").replace(
    /^ {4}# images:$/m,
    `    images: { app: &d { digest: "${DIGEST}" }, nginx: *d, mongo: *d, redis: *d }`,
  ),
];

/** Their values, read once: what two places share by an anchor is one object here too. */
const DOCUMENTS: readonly Tree[] = BASES.map((text) => parse(text) as Tree);

/** What stands where it should not: of each kind that YAML has, and what people paste. */
const STRANGE: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    8,
    1.5,
    1e300,
    12_345_678_901_234,
    "",
    " ",
    "0",
    "true",
    "null",
    "CHANGE",
    "~",
  ],
  ...[
    "@",
    "*",
    "*.example.com",
    ".",
    "..",
    "-",
    "a..b",
    "example.com.",
    "mx",
    "a.b.c.d.e.f.g.h",
    "xn--",
    "xn--a",
  ],
  ...[
    "x".repeat(64),
    "x".repeat(300),
    `${"a.".repeat(140)}com`,
    "münchen.example",
    "\u202eabc",
    "a\u0000b",
    "a\nb",
  ],
  ...[
    "203.0.113.0/24",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::1",
    "1.2.3",
    "999.1.1.1",
    "10.0.0.0/8",
    "::ffff:1.2.3.4",
  ],
  ...[
    "v=spf1 -all",
    "v=spf1 include:example.com ~all",
    "v=DMARC1; p=none",
    "v=DKIM1; p=",
    "v=STSv1; id=1",
    '"quoted"',
  ],
  ...[
    "include:_spf.example.net",
    "exists:%{i}.example.net",
    "redirect=a",
    "-----BEGIN CERTIFICATE-----\nMII",
    "https://",
  ],
  ...[
    "_acme-challenge",
    "_dmarc",
    "_mta-sts",
    "default._domainkey",
    "https://a.example/b?c#d",
    "mailto:a@b",
    "sha256:ab",
  ],
  ...["__proto__", "constructor", "toString", "hasOwnProperty"],
  ...[
    [],
    [null],
    [[]],
    ["a", "a"],
    {},
    { secure: "v1:abc" },
    { a: { b: { c: 1 } } },
    { secure: 1 },
    [{ secure: "x" }],
  ],
];

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}

/** Every place in a value. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (!isTree(value)) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...keys.flatMap((key) => placesIn(value[key], [...path, key]))];
}

const VALUE_CHANGES = ["replace", "remove", "rename", "wrap", "twice", "unwrap", "flatten"] as const;
type ValueChange = readonly [where: number, kind: (typeof VALUE_CHANGES)[number], what: number];

/** A value in another form. */
function changed(value: unknown, kind: ValueChange[1], strange: unknown): unknown {
  if (kind === "wrap") return [value];
  if (kind === "twice")
    return Array.isArray(value) ? [...(value as unknown[]), ...(value as unknown[])] : [value, value];
  if (kind === "unwrap")
    return Array.isArray(value) ? value[0] : isTree(value) ? Object.values(value)[0] : value;
  return strange;
}

/** One change of a file's values. The document is changed in place. */
function changeValue(document: Tree, [where, kind, what]: ValueChange): void {
  const paths = placesIn(document["config"], ["config"]).slice(1);
  const path = paths[where % Math.max(1, paths.length)];
  if (path === undefined) return;
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), document);
  if (!isTree(parent)) return;
  const strange = STRANGE[what % STRANGE.length];
  const value = parent[last];
  if (kind === "remove") Reflect.deleteProperty(parent, last);
  else if (kind === "rename") parent[`${String(last)}${JSON.stringify(strange).slice(0, 20)}`] = value;
  else if (kind === "flatten") parent[path.slice(1).join(".")] = value;
  else parent[last] = changed(value, kind, strange);
}

const PIECES = [
  ...[
    "@",
    "*",
    "&a ",
    "*a",
    "!",
    "!!int ",
    "%",
    "`",
    "\t",
    "  ",
    "\n",
    ": ",
    ":",
    "- ",
    "#",
    "? ",
    "|\n",
    ">-\n",
    "{",
    "}",
  ],
  ...[
    "[",
    "]",
    ",",
    '"',
    "'",
    "\\",
    "<<: ",
    "---\n",
    "...\n",
    "~",
    "010",
    "1_000",
    "0x1f",
    "yes",
    ".inf",
    "2024-01-01",
  ],
  ...[
    "\r",
    "\u0000",
    "\u0007",
    "\u0085",
    "\u2028",
    "\ufeff",
    "\u00a0",
    "é",
    "config:\n",
    "secure: x",
    "\ud800",
  ],
] as const;

type TextChange = readonly [where: number, length: number, piece: number];

/** One change of a file's text: some characters go, and a piece comes. */
function changeText(text: string, [where, length, piece]: TextChange): string {
  const at = where % (text.length + 1);
  return `${text.slice(0, at)}${PIECES[piece % PIECES.length] ?? ""}${text.slice(at + length)}`;
}

const someNumber = fc.nat({ max: 1_000_000 });

/** Mostly nothing; once in so many times something. */
function seldom<T>(some: fc.Arbitrary<T[]>, once: number): fc.Arbitrary<T[]> {
  return fc.oneof({ weight: once - 1, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: some });
}

/** A file that shows itself as text. */
export class BrokenFile {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  [fc.toStringMethod](): string {
    return JSON.stringify(this.bytes.toString());
  }
}

/** A broken file. */
export const brokenFile: fc.Arbitrary<BrokenFile> = fc
  .record({
    base: fc.nat({ max: BASES.length - 1 }),
    values: fc.array(fc.tuple(someNumber, fc.constantFrom(...VALUE_CHANGES), someNumber), { maxLength: 3 }),
    texts: seldom(
      fc.array(fc.tuple(someNumber, fc.constantFrom(0, 0, 0, 1, 2, 30), someNumber), { maxLength: 2 }),
      2,
    ),
    bytes: seldom(fc.array(fc.tuple(someNumber, fc.nat({ max: 255 })), { minLength: 1, maxLength: 1 }), 20),
  })
  .map(({ base, values, texts, bytes }) => {
    let text = BASES[base] ?? "";
    if (values.length > 0) {
      const document = structuredClone(DOCUMENTS[base] ?? {});
      for (const change of values) changeValue(document, change);
      text = stringify(document, { aliasDuplicateObjects: false });
    }
    const result = Buffer.from(texts.reduce(changeText, text));
    for (const [at, byte] of bytes) result[at % result.length] = byte;
    return new BrokenFile(result);
  });
