/**
 * What a scalar of a stack file means to the engine, whose YAML is that of the Go module `gopkg.in/yaml.v3`: 1.2 with
 * remains of 1.1, so that `010` is 8 and `1_000` is 1000, while `yes` is a text.
 *
 * @see https://github.com/go-yaml/yaml/blob/v3/resolve.go
 */

/** A scalar's value; a date is a text already, as the engine writes it into the program's configuration. */
export type Scalar = string | number | bigint | boolean | null;

/** A scalar that its own tag contradicts. */
export class TagFault extends Error {}

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...["", "+"].flatMap((sign) =>
    [".inf", ".Inf", ".INF"].map((word) => [sign + word, Number.POSITIVE_INFINITY] as const),
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

/** Digits of the integers, by what stands before them; a leading 0 alone makes an octal one. */
const INTEGERS: readonly (readonly [RegExp, prefix: string])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, "0x"],
  [/^0[bB]([01]+)$/, "0b"],
  [/^0[oO]?([0-7]+)$/, "0o"],
  [/^(0|[1-9]\d*)$/, ""],
];

const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 64n - 1n;

/** An integer of 64 bits; undefined where it is none. */
function integer(text: string): number | bigint | undefined {
  const [, sign = "", rest = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  for (const [form, prefix] of INTEGERS) {
    const digits = form.exec(rest)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(prefix + digits) * (sign === "-" ? -1n : 1n);
    // Go reads what is beyond 63 bits without a sign alone.
    if (value < LEAST_INTEGER || value > MOST_INTEGER || (sign === "+" && value >= 2n ** 63n))
      return undefined;
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  return undefined;
}

/** A number with a fraction or an exponent; one beyond the range of a double is a text. */
function real(text: string): number | undefined {
  if (!/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const DATE =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt](\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?(Z|[-+]\d\d:\d\d))|(?: +(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d+))?))?$/;

/** A date or a time, as Go's `Time.String` writes it. */
function date(text: string): string | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [year, month, day, ...times] = found.slice(1);
  const [hour, minute, second, fraction] = times[0] === undefined ? times.slice(5) : times;
  const parts = [month, day, hour, minute, second].map((part) => (part ?? "0").padStart(2, "0"));
  const [mm = "", dd = "", h = "", m = "", s = ""] = parts;
  const moment = new Date(`${year ?? ""}-${mm}-${dd}T${h}:${m}:${s}Z`);
  if (Number.isNaN(moment.getTime()) || moment.getUTCDate() !== Number(dd)) return undefined;
  const nanoseconds = (fraction ?? "").slice(0, 9).replace(/0+$/, "");
  const zone = (times[4] ?? "Z").replace(":", "");
  const offset = zone === "Z" || zone === "+0000" ? "+0000 UTC" : `${zone} ${zone}`;
  return `${year ?? ""}-${mm}-${dd} ${h}:${m}:${s}${nanoseconds === "" ? "" : `.${nanoseconds}`} ${offset}`;
}

/** A scalar that looks like something else than a text. */
function special(
  text: string,
  mayBeDate: boolean,
): { readonly tag: string; readonly value: Scalar } | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) {
    const tag = word === null ? "null" : typeof word === "boolean" ? "bool" : "float";
    return { tag, value: word };
  }
  if (/^[-+\d]/.test(text)) {
    const when = mayBeDate ? date(text) : undefined;
    if (when !== undefined) return { tag: "timestamp", value: when };
    const plain = text.replaceAll("_", "");
    const whole = integer(plain);
    if (whole !== undefined) return { tag: "int", value: whole };
    const number = real(plain);
    return number === undefined ? undefined : { tag: "float", value: number };
  }
  const number = text.startsWith(".") ? real(text) : undefined;
  return number === undefined ? undefined : { tag: "float", value: number };
}

const STANDARD = "tag:yaml.org,2002:";

function decoded(text: string): string {
  const plain = text.replaceAll(/\s/g, "");
  if (!/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain))
    throw new TagFault("it is marked as !!binary and is no base64");
  return Buffer.from(plain, "base64").toString();
}

/**
 * Reads a scalar.
 *
 * @param quoted in quotes, or a block: a text, unless a tag says otherwise.
 * @param tag as the document has it, resolved: `tag:yaml.org,2002:int`; undefined without one.
 * @throws TagFault
 */
export function readScalar(text: string, quoted: boolean, tag: string | undefined): Scalar {
  // A `!` alone says nothing to the engine.
  const given = tag === "!" ? undefined : tag;
  if (given === undefined && quoted && tag === undefined) return text;
  if (given !== undefined && !given.startsWith(STANDARD)) return text;
  const kind = given?.slice(STANDARD.length);
  if (kind === "str") return text;
  if (kind === "binary") return decoded(text);
  const found = special(text, kind === undefined || kind === "timestamp") ?? { tag: "str", value: text };
  if (kind === undefined || kind === found.tag || (kind === "float" && found.tag === "int"))
    return found.value;
  if (["bool", "int", "float", "null", "timestamp"].includes(kind))
    throw new TagFault(`it is marked as !!${kind} and is none`);
  return text;
}
