/** Inputs of `digitalocean.DnsRecord`: which there are, which are needed, and what they may be. */
import type { CheckFailure, ResourceSchema } from "../protocol/handler.ts";
import type { Properties } from "../protocol/value.ts";

/** Numbers that the API keeps for some types, and that are 0 in the state of all others. */
export const numbers = ["priority", "port", "weight", "flags"] as const;

/** Facts about the resource. A replacement is made after the old record is gone, as its name is not made up. */
export const recordSchema: ResourceSchema = {
  inputs: ["domain", "flags", "name", "port", "priority", "tag", "ttl", "type", "value", "weight"],
  required: ["domain", "type", "value"],
  replaceOn: ["domain", "type"],
  deleteBeforeReplace: true,
  computed: ["fqdn", "id", "ttl"],
  optionalComputed: ["ttl"],
  customTimeouts: [],
  comparedWithOutput: ["name", "value", ...numbers],
  defaults: Object.fromEntries(numbers.map((key) => [key, 0])),
};

/** What a type needs beside its value. */
export const requiredByType: Readonly<Record<string, readonly string[]>> = {
  MX: ["priority"],
  SRV: ["priority", "weight"],
  CAA: ["flags", "tag"],
};

const WORDS: Readonly<Record<string, readonly string[]>> = {
  type: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"],
  tag: ["issue", "issuewild", "iodef"],
};
const MOST: Readonly<Record<string, number>> = { port: 65_535, priority: 65_535, weight: 65_535, flags: 255 };

/** What check refuses, in the real plugin's words. Values that are not known yet are left alone. */
export function* refusedInputs(inputs: Properties): Generator<CheckFailure> {
  for (const [key, words] of Object.entries(WORDS)) {
    const value = inputs[key];
    if (typeof value !== "string" || words.includes(value)) continue;
    const list = words.map((word) => `"${word}"`).join(" ");
    yield { property: key, reason: `expected ${key} to be one of [${list}], got ${value}` };
  }
  for (const [key, most] of Object.entries(MOST)) {
    const value = inputs[key];
    if (typeof value !== "number" || (value >= 0 && value <= most)) continue;
    yield { property: key, reason: `expected ${key} to be in the range (0 - ${most}), got ${value}` };
  }
  if (typeof inputs.ttl === "number" && inputs.ttl < 1) {
    yield { property: "ttl", reason: `expected ttl to be at least (1), got ${inputs.ttl}` };
  }
}
