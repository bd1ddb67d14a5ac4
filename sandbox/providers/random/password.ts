/** `random.RandomPassword`: a secret text and its bcrypt hash. */
import { randomInt } from "node:crypto";
import { compareInputs } from "../protocol/diff.ts";
import type { CheckFailure, Known, ResourceHandler, ResourceSchema } from "../protocol/handler.ts";
import { stateOnly } from "../protocol/stateOnly.ts";
import type { Value } from "../protocol/value.ts";
import { withoutNullKeepers } from "./keepers.ts";

const CLASSES = ["lower", "upper", "numeric", "special"] as const;
const CHARACTERS: Readonly<Record<(typeof CLASSES)[number], string>> = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
};
const MINIMA = {
  lower: "minLower",
  upper: "minUpper",
  numeric: "minNumeric",
  special: "minSpecial",
} as const;

const schema: ResourceSchema = {
  inputs: [...CLASSES, ...Object.values(MINIMA), "keepers", "length", "number", "overrideSpecial"],
  required: ["length"],
  replaceOn: [...CLASSES, ...Object.values(MINIMA), "keepers", "length", "number", "overrideSpecial"],
  computed: ["bcryptHash", "id", "result"],
  secretOutputs: ["bcryptHash", "result"],
  defaults: {
    lower: true,
    upper: true,
    numeric: true,
    number: true,
    special: true,
    minLower: 0,
    minUpper: 0,
    minNumeric: 0,
    minSpecial: 0,
  },
};

/** Makes passwords; a change of any input makes a new one. */
export const randomPassword: ResourceHandler = {
  ...stateOnly(
    schema,
    async (inputs) => {
      const full = withDefaults(inputs);
      const result = password(full);
      return { id: "none", outputs: { ...full, id: "none", result, bcryptHash: await bcrypt(result) } };
    },
    (id) => {
      const inputs = { length: id.length };
      return { inputs, outputs: { ...withDefaults(inputs), id: "none", result: id } };
    },
  ),
  normalise: withoutNullKeepers,
  check: (news) => ({ inputs: news, failures: [...refused(news)] }),
  diff: (change) => {
    const { overrideSpecial, ...rest } = change.oldInputs;
    // From the empty text to none is no change; every other change of it is.
    const dropped = overrideSpecial === "" && change.newInputs.overrideSpecial === undefined;
    return compareInputs(randomPassword, dropped ? { ...change, oldInputs: rest } : change);
  },
};

function withDefaults(inputs: Known): Known {
  const full: Record<string, Value> = { ...schema.defaults, ...inputs };
  // `number` is the old name of `numeric`; either one sets both.
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return { ...full, numeric, number: numeric };
}

function* refused(news: Known): Generator<CheckFailure> {
  const minima = Object.values(MINIMA).map((key) => (typeof news[key] === "number" ? news[key] : 0));
  const least = Math.max(
    1,
    minima.reduce((sum, minimum) => sum + minimum, 0),
  );
  if (typeof news.length === "number" && news.length < least) {
    yield {
      property: "length",
      reason: `Attribute length value must be at least ${least}, got: ${news.length}`,
    };
  }
}

function password(inputs: Known): string {
  const alphabet = (name: (typeof CLASSES)[number]): string =>
    name === "special" && typeof inputs.overrideSpecial === "string" && inputs.overrideSpecial !== ""
      ? inputs.overrideSpecial
      : CHARACTERS[name];
  const enabled = CLASSES.filter((name) => inputs[name] === true);
  const all = enabled.map(alphabet).join("");
  if (all === "") throw new Error("the character set specified is empty");
  const characters = CLASSES.flatMap((name) => pick(alphabet(name), Number(inputs[MINIMA[name]])));
  characters.push(...pick(all, Number(inputs.length) - characters.length));
  return shuffled(characters).join("");
}

function pick(alphabet: string, count: number): string[] {
  return Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length)));
}

/** Fisher and Yates. */
function shuffled(items: string[]): string[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other] ?? "", items[last] ?? ""];
  }
  return items;
}

/** Cost 10, over the first 72 bytes, as the real provider does. */
async function bcrypt(text: string): Promise<string> {
  const { hash } = await import("bcryptjs");
  return hash(text, 10);
}
