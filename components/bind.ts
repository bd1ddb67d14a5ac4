/**
 * Where a slot meets an Output. Nothing else in the program fills a slot.
 */
import * as pulumi from "@pulumi/pulumi";
import { fill, slotKind, type SlotName, type Template } from "../stack/values/slots.ts";

/** The late values by slot. A slot that the configuration does not use may be absent. */
export type SlotValues = Readonly<Partial<Record<SlotName, pulumi.Output<string>>>>;

/** Writes a text, asking `slot` for each late value. Asks for the same slots whatever their values are. */
export type LateText = (slot: (name: SlotName) => string) => string;

/**
 * Fills the slots of a text.
 *
 * A text without slots comes back as it is, so that it is known in the first preview. One with a secret slot
 * comes back secret, even where the value that fills it was not marked.
 *
 * @throws Error when the text names a slot that has no value: a fault of the program, not of the configuration.
 */
export function bindText(text: LateText, values: SlotValues): string | pulumi.Output<string> {
  const names = new Set<SlotName>();
  const plain = text((name) => {
    names.add(name);
    return "";
  });
  if (names.size === 0) return plain;
  const needed = [...names].map((name) => needValue(name, values).apply((value) => [name, value] as const));
  const bound = pulumi.all(needed).apply((pairs) => {
    const late = new Map<SlotName, string>(pairs);
    return text((name) => late.get(name) ?? missing(name));
  });
  return [...names].some((name) => slotKind(name).secret) ? pulumi.secret(bound) : bound;
}

/** Fills the slots of a template. @throws as {@link bindText} */
export function bind(template: Template, values: SlotValues): string | pulumi.Output<string> {
  return bindText((slot) => fill(template, slot), values);
}

function needValue(name: SlotName, values: SlotValues): pulumi.Output<string> {
  return values[name] ?? missing(name);
}

function missing(name: SlotName): never {
  throw new Error(`The plan uses the slot ${name} (${slotKind(name).meaning}), which nothing fills.`);
}
